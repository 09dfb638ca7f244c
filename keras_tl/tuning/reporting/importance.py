"""How much each setting of a search matters for the score, as a random forest sees it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from keras_tl.foundation.checks import one_of
from keras_tl.foundation.shown import one_line
from keras_tl.tuning.records import TrialRecord
from keras_tl.tuning.reporting.ranking import DIRECTIONS, scored, varying

FEWEST = 30
TREES = 300
REPEATS = 10
LOW = 0.1
DECADE = 10


@dataclass(frozen=True)
class Importance:
    """What each setting means for the score.

    Attributes:
        trials: Completed trials with a score.
        drops: By how much the out-of-bag R² falls when the values of a setting are shuffled
            among the trials, by setting, the largest first. Empty if there are no numbers.
        spreads: Standard deviation of each drop over the shuffles.
        oob_score: Out-of-bag R² of the forest: 1 if it foretells the score of trials that it has
            not seen, 0 or less if it does no better than the mean. None if there are no numbers.
        reason: Why there are no numbers; else empty.
    """

    trials: int
    drops: Mapping[str, float] = field(default_factory=dict)
    spreads: Mapping[str, float] = field(default_factory=dict)
    oob_score: float | None = None
    reason: str = ""

    @property
    def is_meaningful(self) -> bool:
        """Whether the forest foretells scores at all; if not, the ranking means nothing."""
        return self.oob_score is not None and self.oob_score > LOW

    def to_dict(self) -> dict[str, Any]:
        """Returns the numbers as plain data."""
        return {**vars(self), "is_meaningful": self.is_meaningful}

    def __str__(self) -> str:
        if self.oob_score is None:
            return f"importance of settings: {self.reason}"
        title = (
            f"importance of settings, from {self.trials} trials "
            f"(out-of-bag R² {_decimals(self.oob_score)})"
        )
        lines = [f"  {_decimals(drop):>5}  {one_line(name)}" for name, drop in self.drops.items()]
        return "\n".join([title, *lines, HOW_TO_READ if self.is_meaningful else WARNING])


HOW_TO_READ = (
    "Each number is how far the out-of-bag R² falls when the values of that setting are shuffled."
)
WARNING = (
    "The out-of-bag R² is low: the settings do not foretell the score of a trial that the forest "
    "has not seen, and this ranking means nothing."
)


def importance(records: Sequence[TrialRecord], *, direction: str) -> Importance:
    """Measures how much each setting matters for the score.

    A random forest learns the score from the settings. Then the values of one setting are
    shuffled among the trials, and what the forest foretells for the trials that a tree was not
    grown on is scored again. A setting that is several columns of the forest is shuffled as one.
    A setting that acts in some trials only has a column that says where. Settings that have one
    value wherever they act are left out.

    With an out-of-bag R² of zero or less the forest has learned nothing, and the ranking means
    nothing. Settings that go together, such as a depth and a rate that acts from some depth on,
    share what they mean. The search has tried more of what is good, which is not corrected for.
    Where trials were trained for different numbers of epochs, these count as one more setting.

    Source: Breiman, 2001, doi:10.1023/A:1010933404324, for the forest, the out-of-bag score and
    the shuffling; the idea for settings is that of Hutter et al., 2014, PMLR 32(1):754-762.

    Args:
        records: Trials; those that did not complete, or have no finite score, are passed over.
        direction: `"max"` if more is better, else `"min"`. The numbers are the same for either.

    Returns:
        The numbers, or the reason why there are none: fewer than 30 trials, for one.

    Raises:
        ValueError: If the direction is another.
    """
    one_of("direction", direction, DIRECTIONS)
    known = sorted(map(_with_epochs, scored(records)), key=lambda record: record.number)
    names = sorted(varying(known))
    scores = np.array([record.score for record in known], dtype="float64")
    if reason := _reason(scores, names):
        return Importance(len(known), reason=reason)
    blocks = [encode([record.settings.get(name) for record in known]) for name in names]
    oob_score, drops, spreads = _measure(blocks, scores)
    order = np.argsort(-drops, kind="stable")
    return Importance(
        trials=len(known),
        drops={names[i]: float(drops[i]) for i in order},
        spreads={names[i]: float(spreads[i]) for i in order},
        oob_score=oob_score,
    )


def _with_epochs(record: TrialRecord) -> TrialRecord:
    return replace(record, settings={"epochs": record.epochs, **record.settings})


def _reason(scores: np.ndarray, names: Sequence[str]) -> str:
    if len(scores) < FEWEST:
        return f"too few trials: {len(scores)} of {FEWEST}"
    if not names:
        return "no setting varies"
    return "all scores are alike" if np.ptp(scores) == 0 else ""


def encode(values: Sequence[Any]) -> np.ndarray:
    """Returns the columns that stand for a setting, `(trials, columns)`.

    Numbers are one column, in their logarithm if they are positive and span a decade; anything
    else is a column for each value. None and numbers that are not finite stand for a missing
    value; if there is one, a last column says where, and numbers have the mean of the others there.
    """
    values = [None if _is_missing(value) else value for value in values]
    present = [value for value in values if value is not None]
    is_number = bool(present) and all(map(_is_number, present))
    columns = (_number(values, present) if is_number else _choices(values, present)).T
    is_missing = [value is None for value in values]
    return np.column_stack([*columns, is_missing] if any(is_missing) else [*columns])


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_missing(value: Any) -> bool:
    return value is None or (_is_number(value) and not math.isfinite(value))


def _number(values: Sequence[Any], present: Sequence[float]) -> np.ndarray:
    is_wide = min(present) > 0 and max(present) >= DECADE * min(present)
    scale = np.log10 if is_wide else np.asarray
    middle = float(np.mean(scale(np.array(present, dtype="float64"))))
    filled = [middle if value is None else float(scale(float(value))) for value in values]
    return np.array(filled)[:, None]


def _choices(values: Sequence[Any], present: Sequence[Any]) -> np.ndarray:
    rows = {repr(value): None for value in present}
    return np.array([[repr(value) == row for row in rows] for value in values], dtype="float64")


def _measure(
    blocks: Sequence[np.ndarray], scores: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """Returns the out-of-bag R², and mean and deviation of its drop for each block of columns."""
    from sklearn.ensemble import RandomForestRegressor
    from sklearn.inspection import permutation_importance
    from sklearn.metrics import r2_score

    forest = RandomForestRegressor(TREES, oob_score=True, random_state=0)
    forest.fit(np.hstack(blocks), scores)
    unseen = _unseen(forest, len(scores))

    def score(model: Any, rows: np.ndarray, truth: np.ndarray) -> float:
        taken = [block[numbers] for block, numbers in zip(blocks, rows.T, strict=True)]
        return r2_score(truth, foretell(model, np.hstack(taken), unseen))

    rows = np.tile(np.arange(len(scores))[:, None], len(blocks))
    found = permutation_importance(
        forest, rows, scores, scoring=score, n_repeats=REPEATS, random_state=0
    )
    return float(forest.oob_score_), found.importances_mean, found.importances_std


def _unseen(forest: Any, trials: int) -> np.ndarray:
    """Returns for each tree which trials it was not grown on, `(trees, trials)`."""
    return np.array([~np.isin(np.arange(trials), drawn) for drawn in forest.estimators_samples_])


def foretell(forest: Any, columns: np.ndarray, unseen: np.ndarray) -> np.ndarray:
    """Returns the mean of what the trees say, each of the trials that it was not grown on."""
    exact = columns.astype("float32")
    said = np.array([tree.predict(exact, check_input=False) for tree in forest.estimators_])
    return (said * unseen).sum(axis=0) / unseen.sum(axis=0)


def _decimals(number: float) -> str:
    """Returns a number with two decimals; never `-0.00`."""
    return f"{number:z.2f}"
