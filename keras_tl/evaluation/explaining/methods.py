"""The methods of explaining by name: one row each."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from keras_tl.evaluation.explaining.grad_cam import GradCAM
from keras_tl.evaluation.explaining.grad_cam_plus_plus import GradCAMPlusPlus
from keras_tl.evaluation.explaining.hires_cam import HiResCAM
from keras_tl.evaluation.explaining.integrated_gradients import IntegratedGradients
from keras_tl.evaluation.explaining.method import Method
from keras_tl.evaluation.explaining.occlusion import Occlusion
from keras_tl.evaluation.explaining.score_cam import ScoreCAM
from keras_tl.foundation.checks import known_keys, one_of

METHODS: dict[str, type] = {
    "grad-cam": GradCAM,
    "grad-cam++": GradCAMPlusPlus,
    "hires-cam": HiResCAM,
    "score-cam": ScoreCAM,
    "integrated-gradients": IntegratedGradients,
    "occlusion": Occlusion,
}


def make_method(name: str, options: Mapping[str, Any]) -> Method:
    """Returns a method with its options.

    Raises:
        ValueError: If there is no such method, or it has no such option.
    """
    row = METHODS[one_of("method", name, METHODS)]
    known_keys(f"options of {name}", options, [field.name for field in fields(row)])
    return row(**options)
