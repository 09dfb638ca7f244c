"""The head alone as a SavedModel, for servers that keep the features of pictures."""

import os
from pathlib import Path

import keras

from keras_tl.serving.card_file import card_of
from keras_tl.serving.exporting import export_proven
from keras_tl.serving.formats import FORMATS
from keras_tl.serving.graphs.answer import around_head, of_features
from keras_tl.serving.graphs.archive import write_archive
from keras_tl.serving.graphs.exportable import require_exportable
from keras_tl.serving.proving.allowance import allowance_for
from keras_tl.serving.proving.proof_images import VerifyOn


def export_head(
    model: keras.Model,
    path: str | os.PathLike[str],
    *,
    verify_on: VerifyOn | None,
    measure: bool = False,
) -> Path:
    """Exports the head of a classifier, and proves it.

    One backbone can then serve many heads. `serving_default` takes `features`, float32
    `(batch, features)`, what enters the head (`keras_tl.features` gives them), and answers as
    `export_saved_model` does.

    Args:
        model: Classifier from `build_classifier`.
        path: Directory to write, such as `"head/1"`; it must not exist.
        verify_on: A split, or paths of pictures, whose features the export must answer as the
            whole model answers the pictures. None exports unproven, with a warning.
        measure: Whether to measure size and speed for the card, some seconds more.

    Returns:
        The directory.

    Raises:
        ValueError: If `path` exists, or the model is not a classifier of this package with a
            fixed image size.
        ExportError: If the export does not do what the model does; nothing is left at `path`.
        OSError: If it cannot be written; nothing is left at `path`.
    """
    path = Path(path)
    require_exportable("head", model, path)
    head = around_head(model)[1]
    return export_proven(
        model,
        path,
        lambda temporary: write_archive(head, {"serving_default": of_features(model)}, temporary),
        {**card_of(model), "format": "head", "features": head.inputs[0].shape[1]},
        allowance_for(FORMATS["head"], model),
        verify_on=verify_on,
        measure=measure,
    )
