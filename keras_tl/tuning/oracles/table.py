"""Oracles by name: which settings a search tries next."""

import random
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import keras_tuner as kt
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from keras_tl.foundation.checks import one_of
from keras_tl.tuning.oracles.draws import HEAD_SETTINGS, Values, combinations, draw_new, position
from keras_tl.tuning.oracles.halving import HalvingOracle
from keras_tl.tuning.oracles.safe_oracle import SafeOracle, running

CACHED_BY = (*HEAD_SETTINGS, "trainable_stages")


class RandomOracle(SafeOracle):
    """Random settings, drawn ahead and tried in an order in which caches are used again.

    Trials of one backbone follow each other, within them those of one boundary, and so on. In a
    space that has fewer settings than `max_trials`, each is tried once.
    """

    def propose(self, trial_id: str) -> dict[str, Any]:
        """Returns the first of the drawn settings that was not tried."""
        tried = self.tried()
        return running(next((values for values in self._drawn() if values not in tried), None))

    def _drawn(self) -> list[Values]:
        space = self.hyperparameters.space
        found = draw_new(space, random.Random(str(self.seed)), self.max_trials)
        return sorted(found, key=lambda values: position(space, values, CACHED_BY))


class GridOracle(SafeOracle):
    """All combinations, in the order of their declaration: the backbone changes slowest.

    KerasTuner's own stops, or fails, when it is resumed. As there, a range without a `step` gives
    its default and ten values, and each hyperparameter begins with its default.
    """

    is_endless_without_max_trials = False

    def propose(self, trial_id: str) -> dict[str, Any]:
        """Returns the first combination that was not tried."""
        tried, all_values = self.tried(), combinations(self.hyperparameters.space)
        return running(next((values for values in all_values if values not in tried), None))


class BayesianOracle(SafeOracle, kt.oracles.BayesianOptimizationOracle):
    """Bayesian optimization with a Gaussian process.

    The first third of the trials is random (KerasTuner's own takes three for each hyperparameter,
    in many searches all). Where it would try the same settings again, random ones are tried.
    """

    def propose(self, trial_id: str) -> dict[str, Any]:
        """Returns the most promising settings."""
        dimensions = max(1, len(self.hyperparameters.space))
        self.num_initial_points = min(3 * dimensions, max(3, self.max_trials // 3))
        # KerasTuner does not store where this generator stands.
        self._random_state = np.random.RandomState([self.seed, len(self.trials)])
        # Its matrices are tiny: with more threads it is several times slower.
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            values = _plain(super().propose(trial_id)["values"])
        return running(self._random_values() if values in [None, *self.tried()] else values)


def _plain(values: Values | None) -> Values | None:
    """Returns values as they are after a resume: numbers of Python, not of NumPy."""
    if values is None:
        return None
    return {k: v.item() if isinstance(v, np.generic) else v for k, v in values.items()}


class HyperbandOracle(SafeOracle, kt.oracles.HyperbandOracle):
    """Hyperband: many short trainings of which the best go on, in several mixtures.

    Args:
        epochs: What the longest trials train.
        **options: As for `SafeOracle`; `factor`, 3 by default, is what the number of trials is
            divided by, and their epochs multiplied by, from round to round.
    """

    is_endless_without_max_trials = False

    def __init__(self, *, epochs: int, **options: Any) -> None:
        super().__init__(epochs=epochs, max_epochs=epochs, **options)

    def places_after(self, values: Mapping[str, Any]) -> int:
        """Returns how many trials the next round of a bracket has."""
        bracket, after = values["tuner/bracket"], values["tuner/round"] + 1
        return self._get_size(bracket, after) if after < self._get_num_rounds(bracket) else 0


ORACLES: dict[str, Callable[..., SafeOracle]] = {
    "random": RandomOracle,
    "bayesian": BayesianOracle,
    "hyperband": HyperbandOracle,
    "grid": GridOracle,
    "halving": HalvingOracle,
}


def make_oracle(
    oracle: str | kt.Oracle,
    hyperparameters: kt.HyperParameters | None,
    *,
    max_trials: int | None,
    max_seconds: float | None = None,
    epochs: int,
    seed: int,
    objective: str = "val_accuracy",
    direction: str = "max",
) -> kt.Oracle:
    """Returns the oracle of a name; one that is ready is returned as it is.

    Args:
        oracle: A name in `ORACLES`, or an oracle. If it has no space yet, it gets this one;
            the other arguments do not act on it.
        hyperparameters: The space, complete; None if a hypermodel declares it.
        max_trials: How many trials there are at most. Only `"grid"` and `"hyperband"`, which come
            to an end of their own, take None.
        max_seconds: After that many seconds no new trial begins; None for no limit.
        epochs: What one trial trains at most.
        seed: Decides all that is drawn.
        objective: The name of what is reported for a trial.
        direction: `"max"` or `"min"`.

    Raises:
        ValueError: If there is no such oracle or direction, or a number is out of its range.
    """
    if isinstance(oracle, kt.Oracle):
        if hyperparameters is not None and not oracle.hyperparameters.space:
            oracle.hyperparameters.merge(hyperparameters)
        return oracle
    constructor = ORACLES[one_of("oracle", oracle, ORACLES)]
    return constructor(
        objective=kt.Objective(objective, one_of("direction", direction, ["max", "min"])),
        hyperparameters=hyperparameters,
        max_trials=max_trials,
        max_seconds=max_seconds,
        epochs=epochs,
        seed=seed,
    )
