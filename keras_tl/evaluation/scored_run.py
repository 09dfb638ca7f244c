"""What the model of a run says of its test split: read if it is there, asked for if not."""

import contextlib
import os
from collections.abc import Mapping

import keras
import numpy as np

from keras_tl.data.dataset import Data
from keras_tl.evaluation.predict import predict_split
from keras_tl.evaluation.run_data import finished_run, run_data
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.foundation.files import digest_of_file
from keras_tl.models.card import load_classifier
from keras_tl.training.run_directory import RunDirectory


def scored(
    run_dir: str | os.PathLike[str],
    *,
    data: Data | None = None,
    model: keras.Model | None = None,
    show: bool = True,
) -> ScoredSplit:
    """Returns what the model of a run says of its test split, and what baselines said.

    It is read from the directory if it is there, and of the model that is there. If not, as with
    runs of `fine_tune`, the data that the run names are loaded, the model is asked, and its answers
    are kept for the next time. Baselines, which look at the model before it is trained, are then
    missing.

    Args:
        run_dir: Directory of a run that has ended.
        data: Data whose test split is meant; None for those that the run names.
        model: The model of the run, if it has been loaded.
        show: Whether to show a progress bar where the model is asked.

    Raises:
        ValueError: If there is no such run, its data cannot be loaded again, have changed since it
            was trained, or have no test split.
    """
    run = finished_run(run_dir)
    kept = ScoredSplit.from_file(run.predictions_path) if run.predictions_path.is_file() else None
    if kept and kept.model == digest_of_file(run.model_path) and _is_of(kept, data):
        return kept
    data = run_data(run.path) if data is None else data
    model = load_classifier(run.model_path) if model is None else model
    decisions = kept.baseline_decisions if kept and _is_of(kept, data) else None
    found = score_test(run, model, data, decisions, show=show)
    if data.fingerprint == run.data_fingerprint:
        with contextlib.suppress(OSError):
            found.to_file(run.predictions_path)
    return found


def _is_of(found: ScoredSplit, data: Data | None) -> bool:
    return data is None or found.fingerprint == data.fingerprint


def score_test(
    run: RunDirectory,
    model: keras.Model,
    data: Data,
    baseline_decisions: Mapping[str, np.ndarray] | None = None,
    *,
    show: bool = True,
) -> ScoredSplit:
    """Returns what a model says of the test split of the data that it was trained on.

    Args:
        run: Where the model has been written.
        model: That model.
        data: Its data.
        baseline_decisions: What baselines decided on the test split, by name.
        show: Whether to show a progress bar.

    Raises:
        ValueError: If there is no test split.
    """
    if not data.test.size:
        raise ValueError(
            "`data` must have a test split, on which nothing has been trained. Received: "
            f"{data.train.size} training, {data.validation.size} validation and no test images. "
            "Train on data that are loaded with `test=` above 0."
        )
    return ScoredSplit(
        names=data.test.names(),
        labels=data.test.labels,
        probabilities=predict_split(model, data.test, show=show),
        class_names=data.class_names,
        multi_label=data.multi_label,
        baseline_decisions=baseline_decisions or {},
        digests=data.test.digests,
        fingerprint=data.fingerprint,
        model=digest_of_file(run.model_path),
    )
