"""How well each class is found, the worst first."""

from dataclasses import dataclass

from keras_tl.evaluation.reporting.subject import Subject


@dataclass(frozen=True)
class ClassScore:
    """The scores of one class.

    Attributes:
        name: Name of the class.
        precision: Share of the images said to be of it that are.
        recall: Share of its images that are found.
        f1: Harmonic mean of the two.
        support: Number of its images.
        roc_auc: Probability that an image of it is ranked above one of another class; None if
            it has none.
        average_precision: Area under its precision-recall curve; None if it has none.
    """

    name: str
    precision: float
    recall: float
    f1: float
    support: int
    roc_auc: float | None
    average_precision: float | None


@dataclass(frozen=True)
class ClassScores:
    """The scores of all classes, by rising F1."""

    classes: tuple[ClassScore, ...]


def class_scores(subject: Subject) -> ClassScores:
    """Returns the scores of each class on the test split."""
    ranked = subject.ranked
    classes = [
        ClassScore(
            name=name,
            precision=scores["precision"],
            recall=scores["recall"],
            f1=scores["f1"],
            support=int(scores["support"]),
            roc_auc=ranked.roc_auc[name],
            average_precision=ranked.average_precision[name],
        )
        for name, scores in subject.scored.scores.per_class.items()
    ]
    return ClassScores(tuple(sorted(classes, key=lambda score: score.f1)))
