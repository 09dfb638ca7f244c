"""Searching: many fine-tunings, what they have in common done once."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any

import keras_tuner as kt

from keras_tl.caching.cache_argument import CacheLike, as_cache
from keras_tl.data.dataset import Data
from keras_tl.foundation.checks import at_least, one_of
from keras_tl.foundation.files import discard
from keras_tl.foundation.progress import is_shown
from keras_tl.models.backbone_arguments import BackbonesLike
from keras_tl.training.run_directory import RunDirectory
from keras_tl.tuning.conclusion import conclude, interim
from keras_tl.tuning.keeping import last_error, read_records
from keras_tl.tuning.occupancy import clear, occupied
from keras_tl.tuning.oracles.safe_oracle import SafeOracle
from keras_tl.tuning.oracles.table import make_oracle
from keras_tl.tuning.outcome import OBJECTIVES, direction_of
from keras_tl.tuning.parallel import is_chief, is_parallel, is_worker, silenced, watching
from keras_tl.tuning.reporting.trial_table import TrialTable
from keras_tl.tuning.result import SearchResult
from keras_tl.tuning.space import SearchSpace
from keras_tl.tuning.study import study_of_backbones, study_of_models
from keras_tl.tuning.tuner import TransferTuner

VIEWS = 5


def search(
    data: Data,
    *,
    backbones: BackbonesLike = "EfficientNetV2B0",
    recipe: str | Sequence[str] | None = None,
    space: SearchSpace | Mapping[str, Any] | None = None,
    hypermodel: Any = None,
    oracle: str | kt.Oracle = "halving",
    max_trials: int = 20,
    max_minutes: float | None = None,
    epochs: int = 10,
    objective: str = "val_accuracy",
    weights: str | os.PathLike[str] | None = "imagenet",
    pooling: str = "avg",
    backbone_options: Mapping[str, Any] | None = None,
    granularity: str = "stage",
    depth_curve: bool = False,
    keep: int = 3,
    run_dir: str | os.PathLike[str] | None = None,
    cache: CacheLike = None,
    views: int | None = VIEWS,
    flip: bool | None = None,
    seed: int = 0,
    overwrite: bool = False,
    verbose: str | int = "auto",
) -> SearchResult:
    """Searches for the settings that fine-tune best, with KerasTuner.

    Every trial begins with the converged linear probe of its backbone, boundary and head, which is
    trained once; so searched rates, smoothing, dropout and augmentation act from phase two. What
    comes before the first trained layer is computed once for all trials. The score of a trial is
    that of the model in its file, read again; the test split is scored once, at the end, with the
    best model.

    Under KerasTuner's own chief and workers (`KERASTUNER_TUNER_ID`, `KERASTUNER_ORACLE_IP`,
    `KERASTUNER_ORACLE_PORT`) the same call works in each of the processes; they share `run_dir`.

    Args:
        data: Data with a validation split.
        backbones: One or more: names in `keras.applications`, `.keras` files or functional models;
            a mapping names them.
        recipe: One or more ways to unfreeze, instead of those of the space: `"lp-ft"`,
            `"gradual-unfreezing"`, `"norm-only"`.
        space: Changes to `SearchSpace`, such as `{"dropout": [0.0, 0.5]}`, or one.
        hypermodel: Instead of all these, KerasTuner's `HyperModel` or a function `build(hp)` that
            returns a compiled model. Its frozen layers are computed once as well.
        oracle: `"halving"` scores the probe of each backbone, boundary and head first, and gives
            more epochs to what promises more; or `"bayesian"`, `"hyperband"`, `"random"`,
            `"grid"`. An oracle of KerasTuner brings its own objective, seed and number of trials,
            which count instead of those given here; `max_minutes` does not act on it.
        max_trials: How many trials at most.
        max_minutes: After so long no trial is begun, those of earlier sessions counted.
        epochs: Of each trial, after the probe.
        objective: `"val_accuracy"`, `"val_macro_f1"` or `"val_loss"`; of models of your own a
            metric that they were compiled with.
        weights: As in `build_classifier`, for all backbones by name.
        pooling: As there.
        backbone_options: As there.
        granularity: What `trainable_stages` counts: `"stage"` or `"block"`.
        depth_curve: Whether to train every freeze depth at the best settings, three seeds each.
        keep: How many models are kept on disk.
        run_dir: Directory of the search; a new temporary one by default. A search that was
            interrupted there goes on.
        cache: Where features are kept. By default within `run_dir`, until the search is over.
        views: With augmentation: how many views of each image epochs cycle through, which can be
            stored; None has new ones in every epoch, which cannot.
        flip: As in `load_data`.
        seed: Seed of the search and of all trainings.
        overwrite: Whether a search in `run_dir` is removed first; not under chief and workers,
            which begin at different times.
        verbose: `"auto"` or 1 shows a live table, 0 nothing.

    Returns:
        The trials, the best model, its recipe and its score on test.

    Raises:
        ValueError: If there is no validation split, the data are augmented already, an argument is
            unknown, or `run_dir` holds another search.
        RuntimeError: If another process searches in `run_dir`, three trials in a row fail, or none
            succeeds; it gives the cause.
    """
    _check(data, keep=keep, epochs=epochs, max_trials=max_trials)
    show = is_shown(verbose)
    run = RunDirectory(run_dir or tempfile.mkdtemp(prefix="keras_tl_search_"))
    if overwrite:
        _require_alone()
        clear(run)
    store = as_cache(run.cache_path if cache is None else cache)
    if hypermodel is not None:
        study = study_of_models(hypermodel, data, store, epochs=epochs, seed=seed)
    else:
        _require_plain(data)
        one_of("objective", objective, OBJECTIVES)
        study = study_of_backbones(
            data,
            backbones,
            SearchSpace.of(space, recipe),
            run.path,
            store,
            build={"weights": weights, "pooling": pooling, "backbone_options": backbone_options},
            granularity=granularity,
            trials=max_trials,
            views=views,
            flip=flip,
            epochs=epochs,
            seed=seed,
        )
    found = make_oracle(
        oracle,
        study.space,
        max_trials=max_trials,
        max_seconds=None if max_minutes is None else 60 * max_minutes,
        epochs=epochs,
        seed=seed,
        objective=objective,
        direction=direction_of(objective),
    )
    asked = {"oracle": _name(oracle), "max_trials": max_trials, "objective": objective}
    with occupied(run.path):
        run.claim("search", {**asked, **study.described})
        run.claim_data(data)
        tuner = TransferTuner(
            study.trainer, found, run.path, keep=keep, hypermodel=study.hypermodel
        )
        _run(tuner, max_trials, max_minutes, show=show)
        if is_worker():
            return interim(tuner, run.path)
        result = conclude(study, tuner, data, run.path, sweep=depth_curve, show=show)
        discard(run.cache_path)
    return result


def _run(tuner: TransferTuner, trials: int, minutes: float | None, *, show: bool) -> None:
    """Runs the trials that are left, shown as they come and go."""
    table = TrialTable(
        direction=tuner.oracle.objective.direction,
        objective=tuner.oracle.objective.name,
        max_trials=trials,
        max_minutes=minutes,
        earlier=read_records(tuner.project),
        show=show and not is_worker(),
    )

    def look() -> None:
        table.update(read_records(tuner.project))

    with table, watching(look, active=is_chief()), silenced():
        tuner.after_trial = table.update
        try:
            tuner.search(verbose=0)
        except RuntimeError as error:
            raise RuntimeError(_said(error, last_error(tuner.project))) from error
        if is_chief():
            tuner.on_search_end()  # KerasTuner's chief does not call it
    _raise_if_it_gave_up(tuner)


def _said(error: RuntimeError, cause: str) -> str:
    """Returns what ended a search: the first line of KerasTuner, and the cause if it is known."""
    first = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"The search stopped: {first}" + (f" The last: {cause}" if cause else "")


def _raise_if_it_gave_up(tuner: TransferTuner) -> None:
    """Raises `RuntimeError` with the cause if so many trials failed that the search gave up."""
    oracle = tuner.oracle
    if isinstance(oracle, SafeOracle) and oracle.has_failed_too_often:
        raise RuntimeError(
            f"The search stopped: {oracle.max_consecutive_failed_trials} trials in a row failed. "
            f"The last: {last_error(tuner.project)}. Mend the cause; the same call then goes on"
        )


def _check(data: Data, **counts: int) -> None:
    for name, count in counts.items():
        at_least(name, count, 1)
    if not data.validation.size:
        raise ValueError(
            "`data` must have a validation split to choose by. Load it with `validation=0.15`."
        )


def _require_plain(data: Data) -> None:
    """Refuses data that are augmented already, which the trials of our space would undo."""
    if data.train.augment is not None or data.train.mixing is not None:
        raise ValueError(
            "`data` must be loaded without `augment`, which a search chooses itself: give "
            "`space={'augment': 'light'}`, or a list of strengths. Received: "
            f"augment={data.settings['augment']!r}"
        )


def _require_alone() -> None:
    if is_parallel():
        raise ValueError(
            "`overwrite` must not be given to chief and workers: one would remove what another has "
            "begun. Remove the directory first. Received: overwrite=True"
        )


def _name(given: Any) -> str:
    return given if isinstance(given, str) else type(given).__name__
