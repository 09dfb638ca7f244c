"""What stands in a report: a row a section, in the order in which it is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from keras_tl.evaluation.reporting.sections.beside_baselines import beside_baselines
from keras_tl.evaluation.reporting.sections.class_scores import class_scores
from keras_tl.evaluation.reporting.sections.confusions import confusions
from keras_tl.evaluation.reporting.sections.data_card import data_card
from keras_tl.evaluation.reporting.sections.learning_curves import learning_curves
from keras_tl.evaluation.reporting.sections.likely_label_errors import likely_label_errors
from keras_tl.evaluation.reporting.sections.missed_and_false import missed_and_false
from keras_tl.evaluation.reporting.sections.mistakes import mistakes
from keras_tl.evaluation.reporting.sections.model_card import model_card
from keras_tl.evaluation.reporting.sections.reliability import reliability
from keras_tl.evaluation.reporting.sections.selective import selective
from keras_tl.evaluation.reporting.sections.trained import trained
from keras_tl.evaluation.reporting.sections.twins import twins
from keras_tl.evaluation.reporting.sections.worth import worth
from keras_tl.evaluation.reporting.subject import Subject

MULTI_LABEL, SINGLE_LABEL = True, False


@dataclass(frozen=True)
class Content:
    """A section of a report.

    Attributes:
        part: The part of the report that it is in.
        title: What stands over it.
        look: Looks at a run: returns the section, or raises `Unavailable`.
        figures: Names of its figures: `NAME_figure` of the section draws each.
        task: Whether it is for data with several labels an image, or with one; None for both.
    """

    part: str
    title: str
    look: Callable[[Subject], Any]
    figures: tuple[str, ...] = ()
    task: bool | None = None


WORTH, WRONG, TRAINING, DATA = (
    "What it is worth",
    "Where it is wrong",
    "How it was trained",
    "What it was made of",
)

CONTENTS: dict[str, Content] = {
    "worth": Content(WORTH, "On pictures it has not seen", worth),
    "baselines": Content(WORTH, "Beside what it has to beat", beside_baselines),
    "reliability": Content(WORTH, "Do its probabilities mean what they say?", reliability,
                           ("reliability",)),
    "selective": Content(WORTH, "If doubtful answers are rejected", selective, ("coverage",)),
    "classes": Content(WRONG, "Each class", class_scores),
    "confusions": Content(WRONG, "What is taken for what", confusions, ("matrix",), SINGLE_LABEL),
    "missed": Content(WRONG, "Missed, and named in error", missed_and_false, ("errors",),
                      MULTI_LABEL),
    "mistakes": Content(WRONG, "Mistakes to look at", mistakes),
    "label_errors": Content(WRONG, "Labels that are likely wrong", likely_label_errors),
    "trained": Content(TRAINING, "What trained when", trained),
    "curves": Content(TRAINING, "Learning curves", learning_curves, ("curves",)),
    "data": Content(DATA, "Data", data_card),
    "twins": Content(DATA, "The same picture in two splits", twins),
    "model": Content(DATA, "Model and surroundings", model_card),
}  # fmt: skip
