"""The learning rate range test: which rate to train at, found by a short trial that leaves nothing.

The rate rises exponentially from batch to batch until the loss diverges (Smith, 2015,
arXiv:1506.01186, with the exponential rise, the smoothing and the stopping rule of fastai).
"""

import contextlib
import itertools
import random
from collections.abc import Callable, Iterator

import keras
import numpy as np

from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.foundation.checks import at_least, in_range, one_of
from keras_tl.foundation.progress import is_shown, track
from keras_tl.structure.freezing import apply
from keras_tl.structure.graph import parts, random_states
from keras_tl.structure.plan import Plan
from keras_tl.training.matching import require_match
from keras_tl.training.objectives import default_loss
from keras_tl.training.optimizers import OPTIMIZERS, make_optimizer
from keras_tl.training.rate_curve import FEWEST_STEPS, RateCurve, sweep
from keras_tl.training.seeding import seed_layers
from keras_tl.training.variables import assign, values

Batch = tuple[np.ndarray, np.ndarray]


def find_learning_rate(
    model: keras.Model,
    data: Data,
    plan: Plan | None = None,
    *,
    lowest: float = 1e-7,
    highest: float = 10.0,
    steps: int = 100,
    optimizer: str = "adam",
    label_smoothing: float = 0.0,
    seed: int = 0,
    verbose: str | int = "auto",
) -> RateCurve:
    """Trains for a few batches at rising learning rates, and puts everything back.

    Weights, BatchNorm moments, flags, random states and the epoch of `data.train` are afterwards
    bit for bit what they were, also if training fails midway.

    Args:
        model: Classifier from `build_classifier`.
        data: Data with the same class names, size and resize policy.
        plan: What is to be trained; everything by default. A head alone takes higher rates.
        lowest: Rate of the first batch.
        highest: Rate of the last batch; the trial ends before if the smoothed loss exceeds four
            times its best.
        steps: Batches from `lowest` to `highest`; if the training split has fewer, it is read
            again in the order of its next epoch.
        optimizer: `"adam"`, `"adamw"`, `"lion"`, `"rmsprop"` or `"sgd"`.
        label_smoothing: Share of the target that is spread over all classes.
        seed: Seed of dropout and of what draws from Python's or NumPy's generators.
        verbose: `"auto"` or 1 shows a progress bar, 0 nothing.

    Returns:
        Rates, losses and a suggestion.

    Raises:
        ValueError: If model and data do not belong together, on an argument out of range, or if
            the loss diverges within ten batches.
    """
    in_range("highest", highest, 1e-12, 1e6)
    in_range("lowest", lowest, 1e-12, highest / 10)
    at_least("steps", steps, 2 * FEWEST_STEPS)
    at_least("seed", seed, 0)
    one_of("optimizer", optimizer, OPTIMIZERS)
    show = is_shown(verbose)
    require_match(model, data)
    loss = default_loss(model, data, label_smoothing)
    with _put_back(model, data.train):
        _seed(model, seed)
        fitted = _compiled(model, plan or Plan(), optimizer, lowest, loss)
        tried = track(_rising(lowest, highest, steps), "Learning rates", steps, show=show)
        return sweep(one_step(fitted, _batches(data.train)), tried)


def one_step(model: keras.Model, batches: Iterator[Batch]) -> Callable[[float], float]:
    """Returns the function that trains a compiled model on the next batch, at a given rate."""

    def step(rate: float) -> float:
        model.optimizer.learning_rate = rate
        return float(model.train_on_batch(*next(batches), return_dict=True)["loss"])

    return step


def _rising(lowest: float, highest: float, steps: int) -> list[float]:
    return np.geomspace(lowest, highest, steps).tolist()


def _batches(split: Split) -> Iterator[Batch]:
    """Yields the batches of epoch 0, then those of epoch 1, and so on."""
    for epoch in itertools.count():
        split.epoch = epoch
        yield from (split[i] for i in range(len(split)))


def _compiled(
    model: keras.Model, plan: Plan, optimizer: str, rate: float, loss: keras.losses.Loss
) -> keras.Model:
    """Returns the model that `plan` trains, with an optimizer at the rates it asks for."""
    fitted = apply(plan, model)
    fitted.compile(make_optimizer(optimizer, rate, plan.assign(model).rates(fitted), ()), loss)
    return fitted


def _seed(model: keras.Model, seed: int) -> None:
    """Seeds the generators that `_put_back` restores; TensorFlow's own could not be read back."""
    random.seed(seed)
    np.random.seed(seed)
    seed_layers(model, seed)


@contextlib.contextmanager
def _put_back(model: keras.Model, split: Split) -> Iterator[None]:
    """Leaves weights, flags, random states and the epoch of `split` as they were."""
    variables = [*model.weights, *random_states(model)]
    before, epoch = values(variables), split.epoch
    flags = [(part, part.trainable) for part in (*parts(model), *model.weights)]
    states = random.getstate(), np.random.get_state()
    try:
        yield
    finally:
        assign(variables, before)
        for part, flag in flags:  # outermost first: a flag that is set reaches inwards
            part.trainable = flag
        random.setstate(states[0])
        np.random.set_state(states[1])
        split.epoch = epoch
