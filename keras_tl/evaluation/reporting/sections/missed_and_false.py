"""What is missed and what is named in error, where several classes may hold at once."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from keras_tl.evaluation.reporting.figures.errors_by_class import errors_by_class
from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.subject import Subject

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_DRAWN = 20


@dataclass(frozen=True)
class ClassErrors:
    """The wrong decisions on one class.

    Attributes:
        name: Name of the class.
        missed: Images that have it, and of which it was not said.
        false: Images that do not have it, and of which it was said.
        support: Images that have it.
    """

    name: str
    missed: int
    false: int
    support: int


@dataclass(frozen=True)
class MissedAndFalse:
    """The wrong decisions on every class, most first."""

    classes: tuple[ClassErrors, ...]
    examples: int

    def errors_figure(self) -> "Figure":
        """Draws the classes with the most wrong decisions."""
        drawn = self.classes[:MOST_DRAWN]
        return errors_by_class(
            [one.name for one in drawn],
            [one.missed for one in drawn],
            [one.false for one in drawn],
            self.words,
        )

    @property
    def words(self) -> str:
        """The classes that are drawn, in words."""
        each = "; ".join(
            f"{one.name}: {one.missed} missed of {one.support}, {one.false} named in error"
            for one in self.classes[:MOST_DRAWN]
        )
        return f"Wrong decisions by class on {self.examples:,} images. {each}."


def missed_and_false(subject: Subject) -> MissedAndFalse:
    """Returns the wrong decisions on every class.

    Raises:
        Unavailable: If each image has one label.
    """
    if not subject.scored.multi_label:
        raise Unavailable("Each image has one label: see which classes are taken for which.")
    scores = subject.scored.scores
    found = [
        ClassErrors(name, int(counts[1, 0]), int(counts[0, 1]), int(counts[1].sum()))
        for name, counts in zip(scores.class_names, scores.confusion, strict=True)
    ]
    order = sorted(found, key=lambda one: -(one.missed + one.false))
    return MissedAndFalse(tuple(order), scores.examples)
