"""Fine-tuning: a recipe on a model and data, from a run directory if there is one."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras

from keras_tl.caching.cache_argument import as_training_cache
from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.dataset import Data
from keras_tl.foundation.progress import is_shown
from keras_tl.models.card import read_model
from keras_tl.models.temperature import set_temperature, temperature
from keras_tl.structure.digests import digest_of_weights
from keras_tl.training.display import TrainingDisplay
from keras_tl.training.history import write_history_csv
from keras_tl.training.matching import require_match
from keras_tl.training.objectives import Objective, default_loss, default_metrics
from keras_tl.training.phase_features import PhaseFeatures
from keras_tl.training.phases import PhaseResult
from keras_tl.training.recipe import Recipe
from keras_tl.training.recipes import as_recipe
from keras_tl.training.run_directory import RunDirectory
from keras_tl.training.seeding import seed_everything
from keras_tl.training.state import Checkpoints
from keras_tl.training.training_run import TrainingRun


@dataclass(frozen=True)
class Result:
    """What fine-tuning did.

    Attributes:
        history: One row an epoch: phase, epoch, metrics on training and validation.
        phases: What each phase trained and reached.
        recipe: The recipe that was followed.
        run_dir: Where model, history and configuration lie; None if they were not written.
    """

    history: tuple[Mapping[str, Any], ...]
    phases: tuple[PhaseResult, ...]
    recipe: Recipe
    run_dir: Path | None = None


def fine_tune(
    model: keras.Model,
    data: Data,
    recipe: str | Recipe = "lp-ft",
    *,
    epochs: int | Sequence[int] | None = None,
    learning_rate: float | None = None,
    loss: Any = None,
    metrics: Sequence[Any] = (),
    label_smoothing: float = 0.0,
    run_dir: str | os.PathLike[str] | None = None,
    cache: bool | str | os.PathLike[str] | FeatureCache = "auto",
    views: int | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    seed: int = 0,
    verbose: str | int = "auto",
) -> Result:
    """Trains a classifier phase by phase; in each, what is frozen does not move.

    Args:
        model: Classifier from `build_classifier`; trained in place.
        data: Data with the same class names, size and resize policy.
        recipe: Name of a recipe, such as `"lp-ft"`, or a recipe.
        epochs: Epochs of each phase, instead of the recipe's: one number, or one a phase.
        learning_rate: Rate of the first phase; those of later phases keep their ratio to it.
        loss: A Keras loss; by default cross-entropy as the labels and `balance` of the data need
            it.
        metrics: Keras metrics beside accuracy.
        label_smoothing: Share of the target that is spread over all classes.
        run_dir: Directory for configuration, history, checkpoints and model. A run that was
            interrupted there goes on, and ends in the same weights; if one has ended there, its
            result is returned and its weights are put into `model`.
        cache: What comes before the first trained layer is computed once and stored, which changes
            no weight that training ends in. `"auto"` does so where it pays and there is room, in
            memory or in `run_dir`; True also where it does not pay; False never. A directory,
            which other runs may share, or a `FeatureCache` keeps the features for the next run.
        views: With augmentation: how many views of each image epochs cycle through, the plain one
            first; these can be stored. By default every epoch has new ones, and none is stored.
        callbacks: Keras callbacks; they see the whole model.
        seed: Seed of dropout and of Keras's global generators.
        verbose: `"auto"` or 1 shows tables and a progress bar, 0 nothing.

    Returns:
        History, phases and recipe.

    Raises:
        ValueError: If model and data do not belong together, on an unknown recipe, or if
            `run_dir` holds a run with other settings.
    """
    require_match(model, data)
    if views is not None:
        data = replace(data, train=data.train.with_views(views))
    chosen = as_recipe(recipe).adjusted(epochs=epochs, learning_rate=learning_rate)
    run = None if run_dir is None else RunDirectory(run_dir)
    if run is not None:
        options: dict[str, Any] = {"views": views} if views is not None else {}
        options |= {"label_smoothing": label_smoothing, "seed": seed, "loss": _described(loss)}
        options["model"] = digest_of_weights(model.weights)
        run.claim("fine_tune", {**chosen.to_dict(), **options})
        run.claim_data(data)
        if run.is_trained:
            return _finished(run, model, chosen)
    seed_everything(model, seed)
    display = TrainingDisplay(show=is_shown(verbose))
    store = as_training_cache(cache, run.cache_path if run else None)
    phases = TrainingRun(
        phases=chosen.phases,
        model=model,
        data=data,
        objective=Objective(
            default_loss(model, data, label_smoothing) if loss is None else _own(loss, data),
            lambda: default_metrics(model, data, metrics),
        ),
        callbacks=callbacks,
        display=display,
        checkpoints=Checkpoints(run.checkpoints_path if run else None),
        features=PhaseFeatures(chosen.phases, model, data, store, display, always=cache is True),
        logs=run.logs_path if run else None,
    ).run()
    if run is not None:
        _keep(run, chosen, phases, model)
        run.tidy()
    return _result(phases, chosen, run)


def _own(loss: Any, data: Data) -> Any:
    """Returns the user's loss, unless the data are to be balanced by another one."""
    if data.balance not in (None, "oversample"):
        raise ValueError(
            "`loss` must be left out with data that are balanced by a loss of their own. "
            f"Received: loss={loss!r} with balance={data.balance!r}. Load the data without "
            "`balance`, or with `balance='oversample'`."
        )
    return loss


def _described(loss: Any) -> Any:
    """Returns what tells a loss from another one in any process."""
    if isinstance(loss, keras.losses.Loss):
        return {"class": type(loss).__name__, **loss.get_config()}
    return loss if loss is None or isinstance(loss, str) else getattr(loss, "__name__", "own")


def _keep(
    run: RunDirectory, recipe: Recipe, phases: tuple[PhaseResult, ...], model: keras.Model
) -> None:
    """Writes what a run leaves; `history.json` last, since it says that training is over."""
    run.save_model(model)
    write_history_csv(run.epochs_csv_path, recipe.phases, phases, model)
    run.write_history({"phases": [asdict(phase) for phase in phases]})


def _finished(run: RunDirectory, model: keras.Model, recipe: Recipe) -> Result:
    """Returns the result of a run that has ended, its weights put into `model`."""
    run.tidy()
    saved = read_model(run.model_path)
    model.set_weights(saved.get_weights())
    set_temperature(model, temperature(saved))
    phases = tuple(
        PhaseResult(
            **{**phase, "history": tuple(phase["history"]), "stages": tuple(phase["stages"])}
        )
        for phase in run.read_history()["phases"]
    )
    return _result(phases, recipe, run)


def _result(phases: tuple[PhaseResult, ...], recipe: Recipe, run: RunDirectory | None) -> Result:
    history = tuple(row for phase in phases for row in phase.history)
    return Result(history, phases, recipe, run.path if run else None)
