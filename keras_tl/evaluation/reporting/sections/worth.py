"""The headline: how often the model is right, and how sure that is."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from keras_tl.evaluation.analysing.ranked_scores import RankedScores
from keras_tl.evaluation.metrics import Evaluation
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.evaluation.scored_split import ScoredSplit

WIDE = 0.10


@dataclass(frozen=True)
class Worth:
    """What the model is worth on test images, none of which it has seen.

    Attributes:
        accuracy: Share of images whose label is right; of several labels, all of them.
        accuracy_interval: Its 95 % bootstrap interval.
        right: Number of images that are right.
        examples: Number of images.
        macro_f1: Mean F1 of the classes.
        log_loss: Mean cross-entropy, in nats.
        roc_auc: Mean over the classes that have one; None if none has.
        average_precision: Likewise.
        multi_label: Whether several classes may hold at once.
        notes: What to be careful about, each a sentence.
    """

    accuracy: float
    accuracy_interval: tuple[float, float]
    right: int
    examples: int
    macro_f1: float
    log_loss: float
    roc_auc: float | None
    average_precision: float | None
    multi_label: bool
    notes: tuple[str, ...]


def worth(subject: Subject) -> Worth:
    """Returns the headline of a run."""
    scores, scored = subject.scored.scores, subject.scored
    ranked = subject.ranked
    return Worth(
        accuracy=scores.accuracy,
        accuracy_interval=scores.accuracy_interval,
        right=int(scored.right.sum()),
        examples=scores.examples,
        macro_f1=scores.macro_f1,
        log_loss=scores.log_loss,
        roc_auc=ranked.macro_roc_auc,
        average_precision=ranked.macro_average_precision,
        multi_label=scored.multi_label,
        notes=tuple(_notes(scores, scored, ranked)),
    )


def _notes(scores: Evaluation, scored: ScoredSplit, ranked: RankedScores) -> Iterator[str]:
    low, high = scores.accuracy_interval
    if high - low > WIDE:
        yield (
            f"{scores.examples:,} test images are few: the accuracy may as well be {low:.1%} or "
            f"{high:.1%}."
        )
    if not scored.multi_label and len(said := np.unique(scored.decided)) == 1:
        yield f"The model answers {scored.class_names[said[0]]} whatever it is shown."
    if absent := [name for name in scored.class_names if name in ranked.reasons]:
        yield f"{_classes(absent)} cannot be ranked: {ranked.reasons[absent[0]]}."


def _classes(names: list[str], most: int = 3) -> str:
    """Returns the names of a few classes, or how many there are."""
    return ", ".join(names) if len(names) <= most else f"{len(names)} classes"
