"""The data of a run that has ended, loaded again as its configuration names them."""

import inspect
import os
from collections.abc import Mapping
from typing import Any

from keras_tl.data.dataset import Data
from keras_tl.data.load import load_data
from keras_tl.training.run_directory import RunDirectory


def finished_run(run_dir: str | os.PathLike[str]) -> RunDirectory:
    """Returns the directory of a run whose training has ended.

    Raises:
        ValueError: If it is another directory, or training has not ended there.
    """
    run = RunDirectory(run_dir)
    if run.is_trained and run.data_settings:
        return run
    is_begun = run.config_path.is_file()
    raise ValueError(
        "`run_dir` must be the directory of a run that has ended, with config.yaml, history.json "
        f"and model.keras. Received: run_dir={str(run_dir)!r}, "
        + ("whose training has not ended. " if is_begun else "which is none. ")
        + "Run `keras-tl train`, or `fine_tune(..., run_dir=)`, to its end."
    )


def run_data(run_dir: str | os.PathLike[str]) -> Data:
    """Loads the data of a run again, divided as they were.

    Args:
        run_dir: Directory of a run that has ended.

    Raises:
        ValueError: If there is no such run, its data had no name (arrays, datasets), cannot be
            loaded any more, or are other pictures than they were: some that the model has learned
            from could then be in the test split.
    """
    run = finished_run(run_dir)
    settings = run.data_settings
    data = _loaded(str(run_dir), settings)
    if data.fingerprint != run.data_fingerprint:
        raise ValueError(
            f"`run_dir` must be a run whose data are as they were. Received: {str(run_dir)!r}; "
            f"the pictures, labels or parts of {settings['source']!r} have changed since, so that "
            "some of its test split may have been trained on. Put the data back, or train anew."
        )
    return data


def _loaded(run_dir: str, settings: Mapping[str, Any]) -> Data:
    known = inspect.signature(load_data).parameters
    given = {name: value for name, value in settings.items() if name in known}
    try:
        return load_data(**given, duplicates="allow")
    except (ValueError, OSError) as error:
        raise ValueError(
            f"`run_dir` must be a run whose data can be loaded again. Received: {run_dir!r}, whose "
            f"source is {settings['source']!r}: {error}"
        ) from error
