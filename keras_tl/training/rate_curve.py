"""The loss at rising learning rates: where it falls most steeply, and where it diverges.

Source: Smith, 2015, arXiv:1506.01186; smoothing and stopping rule are those of fastai.
"""

import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.signal import lfilter

from keras_tl.foundation.figures import BLUE, GREY, VERMILION, new_figure, save_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOMENTUM = 0.98
DIVERGED = 4.0
FEWEST_STEPS = 10
DROPPED = (0.10, 0.05)


@dataclass(frozen=True)
class RateCurve:
    """The loss at each learning rate that was tried.

    Attributes:
        rates: Learning rates, rising; those after the loss diverged are left out.
        losses: Loss on the batch that was trained at each rate, before its step.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]

    @property
    def smoothed(self) -> tuple[float, ...]:
        """Exponential mean of the losses with momentum 0.98, corrected for having begun at zero."""
        mean = lfilter([1 - MOMENTUM], [1, -MOMENTUM], self.losses)
        return tuple((mean / (1 - MOMENTUM ** np.arange(1, len(self.losses) + 1))).tolist())

    @property
    def suggestion(self) -> float:
        """The rate at which the smoothed loss falls most steeply, per factor of the rate.

        The first 10 % of the curve, where the mean is one of few batches, and the last 5 %, where
        the loss diverges, are left out. The mean lags behind the loss, so that this is the upper
        end of the useful rates. If the loss falls nowhere it is where it rises least.
        """
        first, last = (round(share * len(self.rates)) for share in DROPPED)
        kept = slice(first, len(self.rates) - last)
        slope = np.gradient(self.smoothed[kept], np.log(self.rates[kept]))
        return self.rates[kept][int(np.argmin(slope))]

    def picture(self, path: str | os.PathLike[str] | None = None) -> "Figure":
        """Draws the curve and marks the suggestion.

        Args:
            path: Picture to write; its suffix says in which format. None writes none.

        Returns:
            A matplotlib figure.
        """
        figure = new_figure(7, 4.5)
        axes = figure.add_subplot(xscale="log", xlabel="learning rate", ylabel="training loss")
        axes.plot(self.rates, self.losses, ".", color=GREY, label="batch")
        axes.plot(self.rates, self.smoothed, color=BLUE, linewidth=2, label="smoothed")
        mark = f"suggestion: {self.suggestion:.2g}"
        axes.axvline(self.suggestion, color=VERMILION, linestyle="--", label=mark)
        low, high = min(self.losses), max(self.smoothed)
        room = 0.05 * (high - low) or 1.0
        axes.set_ylim(low - room, high + room)
        axes.legend()
        if path is not None:
            save_figure(figure, path)
        return figure


def sweep(step: Callable[[float], float], tried: Iterable[float]) -> RateCurve:
    """Takes a step at each rate until the loss diverges.

    Args:
        step: Called with a rate; takes a step at it and returns the loss before the step.
        tried: Rates, rising.

    Returns:
        The curve; a loss that is not finite ends it and is left out.

    Raises:
        ValueError: If fewer than ten steps were taken.
    """
    curve = RateCurve((), ())
    for rate in tried:
        loss = step(rate)
        if not math.isfinite(loss):
            break
        curve = RateCurve((*curve.rates, rate), (*curve.losses, loss))
        if curve.smoothed[-1] > DIVERGED * min(curve.smoothed):
            break
    if len(curve.rates) < FEWEST_STEPS:
        raise ValueError(
            f"`lowest` must be a rate at which the loss does not diverge in {FEWEST_STEPS} steps. "
            f"Received: rates {curve.rates} with losses {curve.losses} before it did"
        )
    return curve
