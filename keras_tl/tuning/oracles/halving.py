"""Successive halving from the head alone to fine-tuning."""

import random
from collections.abc import Mapping
from itertools import chain, zip_longest
from typing import Any, NamedTuple

from keras_tuner.engine.hyperparameters import HyperParameter
from keras_tuner.engine.trial import Trial, TrialStatus

from keras_tl.foundation.checks import at_least
from keras_tl.tuning.oracles.draws import (
    Values,
    combinations,
    draw_new,
    is_depth,
    is_of_head,
    options,
)
from keras_tl.tuning.oracles.safe_oracle import ENDED, IDLE, STOPPED, SafeOracle, running


class Rung(NamedTuple):
    """One round of a successive halving.

    Attributes:
        trials: How many there are in it.
        epochs: How far each is trained, the epochs of earlier rungs included.
    """

    trials: int
    epochs: int


def split_into_rungs(
    max_trials: int, heads: int, *, epochs: int, factor: int = 3
) -> tuple[Rung, ...]:
    """Splits a number of trials over rungs.

    Rung 0, the probes, has at most half of the trials and no more than there are heads. There are
    as many rungs of fine-tuning as differ in epochs and leave a trial for the last; each has one
    `factor`-th of the trials of the one before. What does not divide goes to the first of them,
    which is the cheapest.

    Args:
        max_trials: All trials together.
        heads: How many combinations of head settings there are.
        epochs: What the last rung trains.
        factor: What trials are divided by, and epochs multiplied by, from rung to rung.

    Returns:
        Rung 0, which may be empty, and the others; their trials add up to `max_trials`.
    """
    probes = min(heads, max_trials // 2)
    left = max_trials - probes
    lengths, weights = [epochs], [1]
    while sum(weights) + weights[0] * factor <= left:
        shorter = -(-epochs // factor ** len(lengths))
        if shorter == lengths[0]:
            break
        lengths, weights = [shorter, *lengths], [weights[0] * factor, *weights]
    sizes = [left * weight // sum(weights) for weight in weights]
    sizes[0] += left - sum(sizes)
    return (Rung(probes, 0), *map(Rung, sizes, lengths))


class HalvingOracle(SafeOracle):
    """Successive halving whose cheapest rung is the head alone, on cached features.

    Rung 0 scores combinations of backbone, boundary and head, all else at its default, with
    `"tuner/epochs"` 0. The best of them, one in `factor`, go on: rung 1 trains them briefly, the
    best one first at several freeze depths with all else at its default, in at most half of its
    share of the trials, then all with settings that are drawn. From there on the best of each rung
    are trained further; `"tuner/trial_id"` names the trial that goes on, `"tuner/initial_epoch"`
    where. A space without any setting of the head begins with rung 1.

    A rung ends before the next begins, so that what is promoted does not depend on how many trials
    run at once; meanwhile a tuner that asks is told to wait. A failed trial is not promoted, and
    nothing takes its place. Of equal scores the one with the lower validation loss counts as
    better, and then the earlier.

    The sources are Jamieson and Talwalkar, 2016, arXiv:1502.07943, and Li et al., 2018,
    arXiv:1603.06560, whose Hyperband runs several of these side by side.

    Args:
        factor: What trials are divided by, and epochs multiplied by, from rung to rung.
        **options: As for `SafeOracle`.
    """

    def __init__(self, *, factor: int = 3, **options: Any) -> None:
        super().__init__(**options)
        self.factor = at_least("factor", factor, 2)

    @property
    def rungs(self) -> tuple[Rung, ...]:
        """The rungs of this search."""
        heads = len(self._heads())
        return split_into_rungs(self.max_trials, heads, epochs=self.epochs, factor=self.factor)

    def places_after(self, values: Mapping[str, Any]) -> int:
        """Returns how many trials the next rung has; from rung 0 settings go on, not models."""
        after = values.get("tuner/rung", 0) + 1
        return self.rungs[after].trials if 1 < after < len(self.rungs) else 0

    def propose(self, trial_id: str) -> dict[str, Any]:
        """Returns the next trial of the first rung that is not over."""
        for number, rung in enumerate(self.rungs):
            begun = self._trials_of(number)
            if len(begun) < rung.trials:
                tried = [trial.hyperparameters.values for trial in begun]
                new = [values for values in self._members(number) if values not in tried]
                if new:
                    return running(new[0])
            if any(trial.status not in ENDED for trial in begun):
                return IDLE
        return STOPPED

    def _members(self, number: int) -> list[Values]:
        """Returns what a rung tries, in order; the rungs before it are over."""
        rung = self.rungs[number]
        budget = {"tuner/epochs": rung.epochs, "tuner/initial_epoch": 0, "tuner/rung": number}
        if number > 1:
            return [values | budget | begun for values, begun in self._promoted(number)]
        found = self._drawn(rung.trials) if number else self._some_heads(rung.trials)
        return [values | budget for values in found]

    def _heads(self) -> list[Values]:
        """Returns all combinations of head settings, with all else at its default."""

        def options_of(hyperparameter: HyperParameter) -> list[Any]:
            of_head = is_of_head(hyperparameter)
            return options(hyperparameter) if of_head else [hyperparameter.default]

        space = self.hyperparameters.space
        return list(combinations(space, options_of)) if any(map(is_of_head, space)) else []

    def _some_heads(self, count: int) -> list[Values]:
        """Returns combinations of head settings drawn at random, in their order."""
        heads = self._heads()
        numbers = list(range(len(heads)))
        random.Random(f"{self.seed}/heads").shuffle(numbers)
        return [heads[number] for number in sorted(numbers[:count])]

    def _best_heads(self) -> list[Values]:
        """Returns the head settings of the best probes; without probes, none that are fixed."""
        if not self.rungs[0].trials:
            return [{}]
        names = {hp.name for hp in self.hyperparameters.space if is_of_head(hp)}
        probes = self._best_of(0)
        best = [probe.hyperparameters.values for probe in probes[: -(-len(probes) // self.factor)]]
        return [{name: values[name] for name in names & values.keys()} for values in best]

    def _drawn(self, count: int) -> list[Values]:
        """Returns settings in turn for each of the best heads, those of the best first."""
        heads = self._best_heads()
        usual = self._usual(heads[0], count // (2 * len(heads))) if heads else []
        columns = [
            self._drawn_for(head, f"{self.seed}/{rank}", count, [] if rank else usual)
            for rank, head in enumerate(heads)
        ]
        in_turn = [values for row in zip_longest(*columns) for values in row if values is not None]
        return [values for values in chain(*columns) if values in in_turn[:count]]

    def _drawn_for(
        self, head: Mapping[str, Any], seed: str, count: int, first: list[Values]
    ) -> list[Values]:
        space, left = self.hyperparameters.space, count - len(first)
        return [*first, *draw_new(space, random.Random(seed), left, taken=first, fixed=head)]

    def _usual(self, head: Mapping[str, Any], most: int) -> list[Values]:
        """Returns freeze depths of a head with all else at its default; if not all, every n-th."""

        def options_of(hyperparameter: HyperParameter) -> list[Any]:
            default = head.get(hyperparameter.name, hyperparameter.default)
            return options(hyperparameter) if is_depth(hyperparameter) else [default]

        depths = list(combinations(self.hyperparameters.space, options_of))
        return depths[:: -(-len(depths) // most)] if most else []

    def _promoted(self, number: int) -> list[tuple[Values, Values]]:
        """Returns the settings of the trials of the rung before, the best first, with the place."""
        before = self.rungs[number - 1]
        return [
            (
                trial.hyperparameters.values,
                {"tuner/trial_id": trial.trial_id, "tuner/initial_epoch": before.epochs},
            )
            for trial in self._best_of(number - 1)
        ]

    def _best_of(self, number: int) -> list[Trial]:
        """Returns the completed trials of a rung, the best first."""
        sign = -1 if self.objective.direction == "max" else 1
        done = [t for t in self._trials_of(number) if t.status == TrialStatus.COMPLETED]
        return sorted(done, key=lambda trial: (sign * trial.score, _loss(trial)))

    def _trials_of(self, number: int) -> list[Trial]:
        """Returns the trials of a rung in the order in which they began."""
        values = self.trials.values()
        return [t for t in values if t.hyperparameters.values.get("tuner/rung") == number]


def _loss(trial: Trial) -> float:
    """Returns the validation loss of a trial, 0 if it reports none."""
    known = trial.metrics.exists("val_loss")
    return float(trial.metrics.get_best_value("val_loss")) if known else 0.0
