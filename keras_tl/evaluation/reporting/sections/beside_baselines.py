"""What the model has to beat, beside it, on the same test images."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import keras
import numpy as np

from keras_tl.evaluation.analysing.pairing import Paired, paired
from keras_tl.evaluation.baselines import decided_by
from keras_tl.evaluation.metrics import interval, is_right
from keras_tl.evaluation.reporting.history import phases_of
from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.subject import Subject
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.foundation.progress import track
from keras_tl.structure.chain import HEAD

SURE = 0.05
SENTENCES = {
    "worse": "It is worse than {}.",
    "cannot tell": "On this many test images it cannot be told from {}.",
    "better": "It is better than {}.",
}
LOOKS_AT_THE_MODEL = "linear probe"


@dataclass(frozen=True)
class Beside:
    """A baseline, and how the model stands to it.

    Attributes:
        name: Name of the baseline.
        accuracy: Its share of right images.
        accuracy_interval: The 95 % bootstrap interval of that.
        paired: The model less the baseline, image by image.
        verdict: `"better"` or `"worse"` if the model is, with p below 0.05; else `"cannot tell"`.
    """

    name: str
    accuracy: float
    accuracy_interval: tuple[float, float]
    paired: Paired
    verdict: str


@dataclass(frozen=True)
class BesideBaselines:
    """The model and its baselines, the best of these first.

    Attributes:
        accuracy: Of the model.
        accuracy_interval: Its 95 % bootstrap interval.
        baselines: What it stands beside.
        left_out: Why a baseline that was asked for is not there, by its name.
    """

    accuracy: float
    accuracy_interval: tuple[float, float]
    baselines: tuple[Beside, ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def verdicts(self) -> list[tuple[str, str]]:
        """Each verdict that there is, the worst first, with a sentence of whom it is about."""
        names = {
            verdict: ", ".join(one.name for one in self.baselines if one.verdict == verdict)
            for verdict in SENTENCES
        }
        return [
            (verdict, SENTENCES[verdict].format(told)) for verdict, told in names.items() if told
        ]


def beside_baselines(subject: Subject) -> BesideBaselines:
    """Scores the baselines that were asked for and are not known, and sets all beside the model.

    Raises:
        Unavailable: If there is no baseline.
    """
    scored = subject.scored
    found, left_out = _decided_now(subject)
    known = {**scored.baseline_decisions, **found}
    if not known and not left_out:
        raise Unavailable("No baselines were asked for.")
    if found and subject.has_data_of_run:
        replace(scored, baseline_decisions=known).to_file(subject.run.predictions_path)
    beside = [_beside(name, decided, scored) for name, decided in known.items()]
    return BesideBaselines(
        accuracy=scored.scores.accuracy,
        accuracy_interval=scored.scores.accuracy_interval,
        baselines=tuple(sorted(beside, key=lambda one: -one.accuracy)),
        left_out=left_out,
    )


def _decided_now(subject: Subject) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Returns what baselines decide that were asked for and not known, and why others cannot."""
    asked = [name for name in subject.baselines if name not in subject.scored.baseline_decisions]
    found, left_out = {}, {}
    for name in track(asked, "Baselines", len(asked), show=subject.show and bool(asked)):
        try:
            found[name] = decided_by(name, _looked_at(name, subject), subject.data)
        except Unavailable as reason:
            left_out[name] = str(reason)
    return found, left_out


def _looked_at(name: str, subject: Subject) -> keras.Model:
    """Returns the model whose frozen features a baseline may look at."""
    if name != LOOKS_AT_THE_MODEL or _only_head_trained(subject):
        return subject.model
    return subject.untrained


def _only_head_trained(subject: Subject) -> bool:
    return all(set(phase["stages"]) <= {HEAD} for phase in phases_of(subject.run))


def _beside(name: str, decided: np.ndarray, scored: ScoredSplit) -> Beside:
    right = is_right(scored.labels, decided)
    pair = paired(scored.right, right)
    return Beside(name, float(right.mean()), interval(right), pair, _verdict(pair))


def _verdict(pair: Paired) -> str:
    if pair.p_value >= SURE:
        return "cannot tell"
    return "better" if pair.difference > 0 else "worse"
