"""The scores that a ranking can hold: one row a score, one contract for all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from keras_tl.evaluation.ranking.probes import knn_agreement, probe_accuracy
from keras_tl.evaluation.ranking.samples import Samples
from keras_tl.evaluation.ranking.transferability import h_score, leep, logme


@dataclass(frozen=True)
class Score:
    """A score of transferability; higher is better.

    Attributes:
        title: What stands above its column.
        measure: Returns the score, or None if what it looks at is not there.
        form: How it is written.
    """

    title: str
    measure: Callable[[Samples], float | None]
    form: str = ".3f"


def _probe(samples: Samples) -> float | None:
    if samples.validation is None:
        return None
    return probe_accuracy(*samples.train, *samples.validation)


def _leep(samples: Samples) -> float | None:
    return None if samples.source is None else leep(samples.source, samples.train[1])


SCORES: dict[str, Score] = {
    "knn": Score("kNN", lambda samples: knn_agreement(*samples.train), ".1%"),
    "logme": Score("LogME", lambda samples: logme(*samples.train)),
    "h_score": Score("H-score", lambda samples: h_score(*samples.train)),
    "linear_probe": Score("linear probe", _probe, ".1%"),
    "leep": Score("LEEP", _leep),
}


def measured(samples: Samples, names: Sequence[str]) -> dict[str, float]:
    """Returns the scores `names` of a candidate, without those that cannot be had."""
    found = {name: SCORES[name].measure(samples) for name in names}
    return {name: value for name, value in found.items() if value is not None}
