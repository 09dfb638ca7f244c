"""How loss and accuracy went, epoch by epoch, and at which rates the stages were trained."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras_tl.evaluation.reporting.figures.curves import curves
from keras_tl.evaluation.reporting.history import PhaseCurve, phases_of, stage_rates_of
from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.training.history import CURVES

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class LearningCurves:
    """The epochs of all phases."""

    phases: tuple[PhaseCurve, ...]

    def curves_figure(self) -> "Figure":
        """Draws loss, accuracy and rates over the epochs."""
        return curves(self.phases, self.words)

    @property
    def words(self) -> str:
        """The curves in words."""
        epochs = sum(len(phase.epochs) for phase in self.phases)
        each = " ".join(_in_words(phase) for phase in self.phases)
        return f"Learning curves over {epochs} epochs in {len(self.phases)} phases. {each}"


def learning_curves(subject: Subject) -> LearningCurves:
    """Returns the epochs of a run.

    Raises:
        Unavailable: If there is none to draw.
    """
    rates = iter(stage_rates_of(subject.run))
    found = []
    for phase in phases_of(subject.run):
        rows = phase["history"]
        of_phase = [dict(next(rates, {})) for _ in rows]
        if rows:
            found.append(_curve(phase["name"], rows, of_phase))
    if not any("loss" in phase.metrics for phase in found):
        raise Unavailable(
            "There are no epochs to draw: none are recorded, or the head was solved for."
        )
    return LearningCurves(tuple(found))


def _curve(name: str, rows: list[Mapping[str, float]], rates: list[dict[str, float]]) -> PhaseCurve:
    known = {
        prefix + metric: prefix + called
        for metric, names in CURVES.items()
        for prefix in ("", "val_")
        for called in names
        if all(prefix + called in row for row in rows)
    }
    return PhaseCurve(
        name,
        tuple(int(row["epoch"]) + 1 for row in rows),
        {metric: tuple(float(row[called]) for row in rows) for metric, called in known.items()},
        {stage: tuple(row.get(stage, 0.0) for row in rates) for stage in rates[0]},
    )


def _in_words(phase: PhaseCurve) -> str:
    changes = [
        f"{metric.replace('val_', 'validation ')} from {values[0]:.3g} to {values[-1]:.3g}"
        for metric, values in phase.metrics.items()
    ]
    rates = [f"{stage} at most {max(rate):.2g}" for stage, rate in phase.rates.items() if any(rate)]
    first, last = phase.epochs[0], phase.epochs[-1]
    told = ", ".join(changes) or "no metrics"
    return (
        f"{phase.name}, epochs {first} to {last}: {told}. Rates: {', '.join(rates) or 'unknown'}."
    )
