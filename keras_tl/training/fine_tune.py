"""Fine-tuning: the phases of a recipe, one after the other, on one model."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras

from keras_tl.data.dataset import Data
from keras_tl.foundation.checks import one_of
from keras_tl.foundation.files import digest
from keras_tl.models.card import class_names, input_size, read_model, resize_policy
from keras_tl.structure.freezing import summary
from keras_tl.structure.graph import random_states
from keras_tl.training.display import TrainingDisplay, metrics_line
from keras_tl.training.objectives import default_loss, default_metrics
from keras_tl.training.phases import PhaseResult, run_phase
from keras_tl.training.recipes import Recipe
from keras_tl.training.recipes import recipe as find_recipe
from keras_tl.training.run_directory import RunDirectory


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
    epochs: int | tuple[int, ...] | None = None,
    learning_rate: float | None = None,
    loss: Any = None,
    metrics: Sequence[Any] = (),
    label_smoothing: float = 0.0,
    run_dir: str | os.PathLike[str] | None = None,
    callbacks: Sequence[keras.callbacks.Callback] = (),
    seed: int = 0,
    verbose: str | int = "auto",
) -> Result:
    """Trains a classifier phase by phase; in each, what is frozen does not move.

    Args:
        model: Classifier from `build_classifier`; trained in place.
        data: Data with the same class names, size and resize policy.
        recipe: Name of a recipe, such as `"lp-ft"`, or a recipe.
        epochs: Epochs of each phase, instead of the recipe's.
        learning_rate: Rate of the first phase; those of later phases keep their ratio to it.
        loss: A Keras loss; by default cross-entropy as the labels need it.
        metrics: Keras metrics beside accuracy.
        label_smoothing: Share of the target that is spread over all classes.
        run_dir: Directory for configuration, history and model. If a run with the same settings
            has ended there, its result is returned and its weights are put into `model`.
        callbacks: Keras callbacks; they see the whole model.
        seed: Seed of dropout and of Keras's global generators.
        verbose: `"auto"` or 1 shows tables and a progress bar, 0 nothing.

    Returns:
        History, phases and recipe.

    Raises:
        ValueError: If model and data do not belong together, on an unknown recipe, or if
            `run_dir` holds a run with other settings.
    """
    _require_match(model, data)
    chosen = _adjust(recipe, epochs, learning_rate)
    run = None if run_dir is None else RunDirectory(run_dir)
    if run is not None:
        options = {"loss": str(loss), "label_smoothing": label_smoothing, "seed": seed}
        run.claim("fine_tune", {**chosen.to_dict(), **options, "model": fingerprint(model)})
        run.claim("data", {**data.settings, "fingerprint": data.fingerprint})
        if run.is_trained:
            return _finished(run, model, chosen)
    seed_everything(model, seed)
    display = TrainingDisplay(show=one_of("verbose", verbose, ("auto", 0, 1)) != 0)
    objective = {
        "loss": default_loss(model, label_smoothing) if loss is None else loss,
        "metrics": default_metrics(model, metrics),
    }
    phases = _run(chosen, model, data, objective, callbacks, display)
    history = tuple(row for phase in phases for row in phase.history)
    if run is not None:
        run.save_model(model)
        run.write_history({"phases": [asdict(phase) for phase in phases]})
    return Result(history, phases, chosen, run.path if run else None)


def _run(
    recipe: Recipe,
    model: keras.Model,
    data: Data,
    objective: Mapping[str, Any],
    callbacks: Sequence[keras.callbacks.Callback],
    display: TrainingDisplay,
) -> tuple[PhaseResult, ...]:
    results: list[PhaseResult] = []
    for number, phase in enumerate(recipe, 1):
        table = summary(phase.plan, model, phase.learning_rate)
        title = f"Phase {number}/{len(recipe)}: {phase.name}"
        display.say(f"{title}\n{table}")
        result = run_phase(
            phase,
            model,
            data,
            **objective,
            callbacks=[*callbacks, *display.phase(title)],
            first_epoch=sum(len(earlier.history) for earlier in results),
            table=table,
        )
        display.say(f"  kept on validation: {metrics_line(dict(result.validation))}")
        results.append(result)
    return tuple(results)


def _adjust(
    recipe: str | Recipe, epochs: int | tuple[int, ...] | None, learning_rate: float | None
) -> Recipe:
    """Returns the recipe with the epochs and the rate that were asked for."""
    chosen = find_recipe(recipe) if isinstance(recipe, str) else recipe
    counts = list(epochs) if isinstance(epochs, tuple) else [epochs] * len(chosen)
    if len(counts) != len(chosen):
        raise ValueError(
            f"`epochs` must be one number or one a phase; {chosen.name!r} has {len(chosen)}. "
            f"Received: epochs={epochs!r}"
        )
    factor = 1.0 if learning_rate is None else learning_rate / chosen.phases[0].learning_rate
    return Recipe(
        chosen.name,
        tuple(
            replace(phase, epochs=count or phase.epochs, learning_rate=phase.learning_rate * factor)
            for phase, count in zip(chosen, counts, strict=True)
        ),
    )


def _require_match(model: keras.Model, data: Data) -> None:
    """Raises `ValueError` if the model was made for other classes or other pictures."""
    pairs = {
        "class names": (class_names(model), data.class_names),
        "image size": (input_size(model), data.image_size),
        "resize policy": (resize_policy(model), data.resize),
    }
    for what, (of_model, of_data) in pairs.items():
        if of_model != of_data:
            raise ValueError(
                f"`model` and `data` must have the same {what}. Received: {of_model} in the "
                f"model, {of_data} in the data. Build the model with `build_classifier(..., data)`."
            )
    if not data.train.size:
        raise ValueError("`data` must have training images. Received: an empty training split")


def seed_everything(model: keras.Model, seed: int) -> None:
    """Sets Keras's global generators and the state of the random layers of `model`."""
    keras.utils.set_random_seed(seed)
    for number, state in enumerate(random_states(model)):
        state.assign([seed, number])


def fingerprint(model: keras.Model) -> str:
    """Returns a digest of the weights that a model starts from."""
    return digest(*(keras.ops.convert_to_numpy(w.value).tobytes() for w in model.weights))


def _finished(run: RunDirectory, model: keras.Model, recipe: Recipe) -> Result:
    """Returns the result of a run that has ended, its weights put into `model`."""
    model.set_weights(read_model(run.model_path).get_weights())
    phases = tuple(
        PhaseResult(**{**phase, "history": tuple(phase["history"])})
        for phase in run.read_history()["phases"]
    )
    history = tuple(row for phase in phases for row in phase.history)
    return Result(history, phases, recipe, run.path)
