"""The data that settings of the command line name."""

from collections.abc import Mapping
from typing import Any

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
