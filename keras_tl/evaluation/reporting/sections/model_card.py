"""The model and its surroundings: what it is, how it was asked for, which versions made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.foundation.environment import environment
from keras_tl.models.card import input_size
from keras_tl.structure.chain import chain


@dataclass(frozen=True)
class ModelCard:
    """What a model is.

    Attributes:
        model: Path of its file.
        stages: Parameters of each stage.
        parameters: All of them.
        image_size: Height and width of what it takes, in pixels.
        asked: The options of `keras-tl train`; empty for a run from Python.
        environment: The versions that it was trained with.
        other_now: Those that are others now.
    """

    model: str
    stages: Mapping[str, int]
    parameters: int
    image_size: tuple[int, int]
    asked: Mapping[str, Any]
    environment: Mapping[str, str]
    other_now: Mapping[str, str]


def model_card(subject: Subject) -> ModelCard:
    """Returns what the model of a run is."""
    config = subject.run.read_config()
    then = config.get("environment", {})
    now = environment()
    asked = {name: value for name, value in config.get("train", {}).items() if value is not None}
    return ModelCard(
        model=str(subject.run.model_path),
        stages={stage.name: stage.parameters for stage in chain(subject.model)},
        parameters=subject.model.count_params(),
        image_size=input_size(subject.model),
        asked=asked,
        environment=then,
        other_now={name: now[name] for name in now if name in then and then[name] != now[name]},
    )
