"""What came of checking a transfer: accuracies, differences, a verdict, and what to do then."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_tl.evaluation.advising.contestants import SCRATCH, TRANSFER, Answers
from keras_tl.evaluation.advising.crossed import CrossedMean, crossed_mean
from keras_tl.foundation.files import write_json
from keras_tl.foundation.tables import as_text, table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HELPS, HARMS, CANNOT_TELL = "helps", "harms", "cannot tell with this much data"
LEARNED = 0.9


@dataclass(frozen=True, eq=False)
class TransferCheck:
    """Transfer against the same network without it, over seeds.

    Attributes:
        answers: For each contestant what it gave with each seed, in order.
        what: What was transferred, and by which recipe.
        budget: What each contestant was given to learn, in words.
        train_images: Pictures that all learned from.
    """

    answers: Mapping[str, tuple[Answers, ...]]
    what: str
    budget: Mapping[str, str]
    train_images: int

    @cached_property
    def right(self) -> dict[str, np.ndarray]:
        """For each contestant `(seeds, pictures)` booleans: which test pictures it has right."""
        return {
            name: np.array([one.right for one in answers]) for name, answers in self.answers.items()
        }

    @cached_property
    def gains(self) -> dict[str, CrossedMean]:
        """The accuracy of transfer less that of each other contestant, with 95 % intervals.

        The negative transfer gap of Wang et al., 2018, arXiv:1811.09751, is the first of them with
        the other sign.
        """
        mine = self.right[TRANSFER].astype("float64")
        return {
            name: crossed_mean(mine - right)
            for name, right in self.right.items()
            if name != TRANSFER
        }

    @property
    def verdict(self) -> str:
        """`"helps"` if it beats both others beyond the intervals, `"harms"` if one beats it so."""
        limits = [gain.interval for gain in self.gains.values()]
        if any(high < 0.0 for _, high in limits):
            return HARMS
        return HELPS if all(low > 0.0 for low, _ in limits) else CANNOT_TELL

    @property
    def scratch_has_learned(self) -> bool:
        """Whether the network from scratch has at least 90 % of its training pictures right."""
        learned = [one.learned for one in self.answers[SCRATCH] if one.learned is not None]
        return float(np.mean(learned)) >= LEARNED

    @property
    def advice(self) -> list[str]:
        """What to do now, in sentences."""
        return [*_ADVICE[self.verdict](self), *_unlearned(self)]

    def __str__(self) -> str:
        rows = [
            (name, self.budget[name], f"{right.mean():.1%}", _gain(self.gains.get(name)))
            for name, right in self.right.items()
        ]
        columns = ("", "learned by", "accuracy#", "transfer is better by")
        seeds, pictures = self.right[TRANSFER].shape
        return (
            f"{self.what}: transfer {self.verdict}.\n{as_text(table(columns, rows))}\n"
            f"  {seeds} seeds, {self.train_images} training and {pictures} test images; 95 % "
            "intervals over seeds and test images.\n"
            + "\n".join(f"- {sentence}" for sentence in self.advice)
        )

    def to_dict(self) -> dict[str, Any]:
        """Returns verdict, accuracies of each seed, and differences, as plain data."""
        return {
            "what": self.what,
            "verdict": self.verdict,
            "advice": self.advice,
            "budget": dict(self.budget),
            "accuracy": {name: right.mean(axis=1).tolist() for name, right in self.right.items()},
            "learned": {name: [one.learned for one in a] for name, a in self.answers.items()},
            "gain": {name: vars(gain) for name, gain in self.gains.items()},
            "train_images": self.train_images,
            "test_images": self.right[TRANSFER].shape[1],
        }

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Writes the check as JSON."""
        write_json(path, self.to_dict())

    def picture(self, path: str | os.PathLike[str] | None = None) -> "Figure":
        """Draws the accuracy of each seed, and the differences with their intervals.

        Args:
            path: Picture to write; its suffix says in which format. None writes none.

        Returns:
            A matplotlib figure.
        """
        from keras_tl.evaluation.advising.transfer_picture import draw

        return draw(self, path)


def _gain(gain: CrossedMean | None) -> str:
    if gain is None:
        return ""
    low, high = (f"{100 * limit:+.1f}" for limit in gain.interval)
    return f"{100 * gain.mean:+.1f} points ({low} to {high})"


def _helps(check: TransferCheck) -> list[str]:
    return ["Keep the transfer: both ways to do without it are worse beyond the interval."]


def _harms(check: TransferCheck) -> list[str]:
    better = [name for name, gain in check.gains.items() if gain.interval[1] < 0.0]
    return [
        f"Do not use it like this: {' and '.join(better)} did better.",
        "Look for a nearer source (`rank_backbones`), end the backbone earlier (`boundary=`), "
        "train more of it (recipe 'full'), or do without.",
    ]


def _cannot_tell(check: TransferCheck) -> list[str]:
    open_gains = {name: g for name, g in check.gains.items() if g.interval[0] <= 0 <= g.interval[1]}
    name, gain = max(open_gains.items(), key=lambda item: item[1].interval[1] - item[1].interval[0])
    reach = 50 * (gain.interval[1] - gain.interval[0])
    more = "test images" if gain.picture_error >= gain.seed_error else "seeds"
    return [
        f"Against {name} the difference is only known to ±{reach:.1f} points, and most of that "
        f"comes from too few {more}: add {more}, or choose what is cheaper to serve."
    ]


_ADVICE = {HELPS: _helps, HARMS: _harms, CANNOT_TELL: _cannot_tell}


def _unlearned(check: TransferCheck) -> list[str]:
    if check.scratch_has_learned:
        return []
    learned = np.mean([one.learned for one in check.answers[SCRATCH]])
    return [
        f"From scratch has only {learned:.0%} of its own training images right: it may need a "
        "larger budget (`epochs=`). The verdict is about this one."
    ]
