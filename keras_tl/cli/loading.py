"""The data and the classifier that settings name, or those of an earlier run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from keras_tl.cli.options import unless_none
from keras_tl.training.run_directory import RunDirectory

DIVISION = ("validation", "test", "split", "group", "seed")
DATA_SETTINGS = (
    "image_size",
    "validation",
    "test",
    "split",
    "group",
    "labels_per_class",
    "batch_size",
    "resize",
    "augment",
    "flip",
    "mix",
    "balance",
    "duplicates",
    "seed",
)


def load(settings: Mapping[str, Any]) -> Any:
    """Loads the data; those of `DATA_SETTINGS` that are missing are as `load_data` has them.

    Raises:
        ValueError: If there would be no test split.
    """
    import keras_tl as ktl

    given = {name: settings[name] for name in DATA_SETTINGS if name in settings}
    data = ktl.load_data(settings["source"], **given)
    if not data.test.size:
        raise ValueError(
            "`test` must be above 0: a run is scored, and its export proven, on the test split. "
            f"Received: test={settings['test']}"
        )
    return data


def build(settings: Mapping[str, Any], data: Any) -> Any:
    """Returns the classifier that settings of `keras-tl train` name, before it is trained."""
    import keras_tl as ktl

    names = ("boundary", "pooling", "head", "dropout")
    weights = unless_none(settings["weights"])
    options = {name: settings[name] for name in names}
    seed = settings["seed"]
    return ktl.build_classifier(settings["backbone"], data, weights=weights, seed=seed, **options)


def load_as_run(
    path: Path, classifier: Any, source: str, asked: Mapping[str, Any] | None = None
) -> Any:
    """Loads pictures as a model takes them, divided as its run did.

    Divided otherwise, pictures of the test split may have been trained on.

    Args:
        path: The directory of the run, or the file of the model in it.
        classifier: The model.
        source: As for `train`.
        asked: What is to be otherwise; None is as it was.
    """
    import keras_tl as ktl
    from keras_tl.models.card import background, input_size, resize_policy

    saved = RunDirectory(path if path.is_dir() else path.parent).data_settings
    division = {name: saved[name] for name in DIVISION if name in saved}
    changed = {name: value for name, value in (asked or {}).items() if value is not None}
    return ktl.load_data(
        source,
        image_size=input_size(classifier),
        resize=resize_policy(classifier),
        background=background(classifier),
        duplicates="allow",
        **{**division, **changed},
    )
