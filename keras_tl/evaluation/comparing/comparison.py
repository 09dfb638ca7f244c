"""Runs side by side: what each is worth, and whether the differences are more than chance."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_tl.evaluation.analysing.pairing import Paired
from keras_tl.evaluation.comparing.overlaid_curves import overlaid_curves
from keras_tl.foundation.figures import save_figure
from keras_tl.foundation.files import write_csv, write_json
from keras_tl.foundation.tables import as_text, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = ("run", "recipe", "images#", "accuracy#", "95 % interval", "macro F1#", "log loss#",
           "ECE#", "difference#", "95 % interval", "p#")  # fmt: skip
FOOTNOTE = (
    "Difference: accuracy less that of {reference!r} on the same pictures, in points, with its "
    "paired bootstrap interval;\np: McNemar's exact test. The p of several runs are not corrected "
    "for their number."
)


@dataclass(frozen=True)
class ComparedRun:
    """A run, and how it stands to the reference.

    Attributes:
        name: What it is called in the comparison.
        path: Its directory.
        recipe: Name of its recipe.
        examples: Images of its test split.
        accuracy: On the test split.
        accuracy_interval: Its 95 % bootstrap interval.
        macro_f1: Mean F1 of the classes.
        log_loss: Mean cross-entropy, in nats.
        ece: Expected calibration error in 15 bins.
        paired: The run less the reference, picture by picture; None for the reference itself, and
            where there is none.
        unpaired: Why there is none; empty if there is, and for the reference.
        history: A row an epoch, as `Result.history`.
    """

    name: str
    path: Path
    recipe: str
    examples: int
    accuracy: float
    accuracy_interval: tuple[float, float]
    macro_f1: float
    log_loss: float
    ece: float
    paired: Paired | None
    unpaired: str
    history: Sequence[Mapping[str, Any]]

    def to_dict(self) -> dict[str, Any]:
        """Returns the run as plain data, without its epochs."""
        facts = {name: value for name, value in vars(self).items() if name != "history"}
        pair = vars(self.paired) if self.paired else None
        return {**facts, "path": str(self.path), "paired": pair}


@dataclass(frozen=True)
class Comparison:
    """Runs in the order in which they were asked for, each tested against the reference.

    Attributes:
        runs: The runs.
        reference: Name of the run that the others are compared with.
    """

    runs: tuple[ComparedRun, ...]
    reference: str

    @property
    def table(self) -> str:
        """The comparison as a table."""
        return as_text(table(COLUMNS, map(_cells, self.runs)), width=140)

    def __str__(self) -> str:
        reasons = [
            f"{run.name}: no paired test, {run.unpaired}." for run in self.runs if run.unpaired
        ]
        return "\n".join([self.table, FOOTNOTE.format(reference=self.reference), *reasons])

    def picture(self, path: str | os.PathLike[str] | None = None) -> "Figure":
        """Draws loss and accuracy of all runs over their epochs, on validation where there is one.

        Args:
            path: Picture to write; its suffix says in which format. None writes none.

        Returns:
            A matplotlib figure. What it shows, in words, is its label (`figure.get_label()`).
        """
        figure = overlaid_curves({run.name: run.history for run in self.runs})
        if path is not None:
            save_figure(figure, path)
        return figure

    def to_dict(self) -> dict[str, Any]:
        """Returns the comparison as plain data, without epochs."""
        return {"reference": self.reference, "runs": [run.to_dict() for run in self.runs]}

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Writes the comparison as JSON."""
        write_json(path, self.to_dict())

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes a row a run as CSV; what a run has not is left empty."""
        rows = [dict(_flat(run.to_dict())) for run in self.runs]
        columns = list(dict.fromkeys(column for row in rows for column in row))
        write_csv(path, columns, rows)


def _cells(run: ComparedRun) -> tuple[object, ...]:
    pair = run.paired
    tested = (
        (f"{100 * pair.difference:+.1f}", _between(pair.interval, "{:+.1f}"), f"{pair.p_value:.2g}")
        if pair
        else ("-", "-", "-")
    )
    scores = (
        f"{run.accuracy:.1%}",
        _between(run.accuracy_interval, "{:.1f}"),
        f"{run.macro_f1:.3f}",
    )
    return (run.name, run.recipe, run.examples, *scores, f"{run.log_loss:.3f}", f"{run.ece:.3f}",
            *tested)  # fmt: skip


def _between(ends: tuple[float, float], form: str) -> str:
    low, high = (form.format(100 * end) for end in ends)
    return f"{low} to {high}"


def _flat(facts: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yields the columns of a row: mappings as `outer.inner`, intervals as their two ends."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, tuple):
            yield from zip((f"{prefix}{name}.low", f"{prefix}{name}.high"), value, strict=True)
        elif value is not None:
            yield prefix + name, value
