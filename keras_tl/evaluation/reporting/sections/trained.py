"""What trained when: the phases of the recipe, and in each the rate of each stage."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_tl.evaluation.reporting.history import phases_of, stage_rates_of
from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.subject import Subject


@dataclass(frozen=True)
class TrainedPhase:
    """What a phase trained, and what it reached.

    Attributes:
        name: Name of the phase.
        epochs: How many it took.
        rates: The highest rate of each stage in it, 0 where it was frozen; None where it trained
            at no rate that is known, as a head that was solved for.
        validation: Metrics of the weights that were kept, on the validation split.
        table: Stage by stage, as training showed it: parameters, rates, BatchNorm policy.
    """

    name: str
    epochs: int
    rates: Mapping[str, float | None]
    validation: Mapping[str, float]
    table: str


@dataclass(frozen=True)
class Trained:
    """The phases of a run.

    Attributes:
        recipe: Name of the recipe.
        stages: Names of the stages, from the input on.
        phases: The phases, in order.
    """

    recipe: str
    stages: tuple[str, ...]
    phases: tuple[TrainedPhase, ...]


def trained(subject: Subject) -> Trained:
    """Returns what the phases of a run trained.

    Raises:
        Unavailable: If no phase is recorded.
    """
    recorded = phases_of(subject.run)
    if not recorded:
        raise Unavailable("No phase is recorded.")
    rates = iter(stage_rates_of(subject.run))
    phases = [_phase(one, [next(rates, {}) for _ in one["history"]]) for one in recorded]
    stages = dict.fromkeys(stage for phase in phases for stage in phase.rates)
    return Trained(subject.run.recipe_name, tuple(stages), tuple(phases))


def _phase(recorded: Mapping[str, Any], rates: list[dict[str, float]]) -> TrainedPhase:
    named: dict[str, float | None] = dict.fromkeys(recorded["stages"])
    highest = {stage: max(row.get(stage, 0.0) for row in rates) for row in rates for stage in row}
    return TrainedPhase(
        name=recorded["name"],
        epochs=len(recorded["history"]),
        rates={stage: rate or named.get(stage, 0.0) for stage, rate in highest.items()} or named,
        validation=recorded["validation"],
        table=recorded["table"],
    )
