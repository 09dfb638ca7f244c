"""The report of a run that has ended."""

import os
from collections.abc import Callable
from pathlib import Path

import keras

from keras_tl.caching.cache_argument import CacheLike, as_cache
from keras_tl.data.dataset import Data
from keras_tl.evaluation.baselines import wanted_baselines
from keras_tl.evaluation.reporting.analysis import analyse
from keras_tl.evaluation.reporting.page import page
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.evaluation.run_data import finished_run, run_data
from keras_tl.foundation.files import write_json, write_text
from keras_tl.foundation.progress import is_shown
from keras_tl.models.card import load_classifier
from keras_tl.training.run_directory import RunDirectory


def report(
    run_dir: str | os.PathLike[str],
    *,
    data: Data | None = None,
    baselines: str = "auto",
    before: Callable[[Data], keras.Model] | None = None,
    cache: CacheLike = None,
    verbose: str | int = "auto",
) -> Path:
    """Writes what a run is worth, where it is wrong, how it was trained and on what.

    `report.html` is one page that needs no network, `report.json` the same as data. Both are in the
    directory of the run and replace those of before. Where there is nothing to say of something,
    such as without a validation split, the page says why.

    Args:
        run_dir: Directory of a run that has ended, of `keras-tl train` or `fine_tune(run_dir=)`.
        data: Data of the run, if they cannot be loaded again, as with arrays.
        baselines: `"all"`; `"none"` but those that are known; or `"auto"`: majority class and
            linear probe, and all on the built-in data.
        before: Builds the classifier that the run began with from its data, for the linear probe,
            as in `lambda data: ktl.build_classifier("ResNet50", data)`. It is called if the probe
            is not known and more than the head was trained.
        cache: Where what enters the head is kept for the next time: a directory or a
            `FeatureCache`; None forgets it.
        verbose: `"auto"` or 1 shows a progress bar, 0 nothing.

    Returns:
        The path of `report.html`.

    Raises:
        ValueError: If there is no such run, or its data cannot be loaded again or have changed.
        OSError: If the directory cannot be written.
    """
    show = is_shown(verbose)
    run = finished_run(run_dir)
    model = load_classifier(run.path)
    data = _data_of(run) if data is None else data
    subject = Subject(
        run, model, data, as_cache(cache), wanted_baselines(baselines, data), before, show
    )
    analysis = analyse(subject)
    write_json(run.report_path.with_suffix(".json"), analysis.to_dict())
    write_text(run.report_path, page(analysis))
    return run.report_path


def _data_of(run: RunDirectory) -> Data:
    try:
        return run_data(run.path)
    except ValueError as error:
        raise ValueError(f"{error} Or pass its data: `report(run_dir, data=data)`.") from error
