"""How the rate goes over a phase: one function a schedule, each giving what Keras takes."""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

Rate = Any  # a number, or a Keras schedule


def constant(peak: float, steps: int) -> Rate:
    """The same rate all along."""
    return peak


def plateau(peak: float, steps: int) -> Rate:
    """The same rate until validation stalls; the phase then lowers it, epoch by epoch."""
    return peak


def cosine(peak: float, steps: int) -> Rate:
    """Half a cosine down to zero (Loshchilov and Hutter, 2017, arXiv:1608.03983)."""
    return keras.optimizers.schedules.CosineDecay(peak, steps)


def warmup_cosine(peak: float, steps: int) -> Rate:
    """Up in a line over a tenth of the steps, then half a cosine down to zero."""
    rise = max(1, steps // 10)
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - rise), warmup_target=peak, warmup_steps=rise
    )


def step(peak: float, steps: int) -> Rate:
    """A tenth after 60 %, a hundredth after 80 % and a thousandth after 90 % of the steps."""
    borders = [round(steps * share) for share in (0.6, 0.8, 0.9)]
    rates = [peak * 0.1**i for i in range(4)]
    return keras.optimizers.schedules.PiecewiseConstantDecay(borders, rates)


def one_cycle(peak: float, steps: int) -> Rate:
    """Up from a 25th and down to a 100,000th, in cosines (Smith, 2018, arXiv:1803.09820)."""
    return OneCycle(peak, steps)


def slanted_triangular(peak: float, steps: int) -> Rate:
    """A short line up, a long line down (Howard and Ruder, 2018, arXiv:1801.06146)."""
    return SlantedTriangular(peak, steps)


SCHEDULES: dict[str, Callable[[float, int], Rate]] = {
    "constant": constant,
    "cosine": cosine,
    "warmup-cosine": warmup_cosine,
    "one-cycle": one_cycle,
    "slanted-triangular": slanted_triangular,
    "step": step,
    "plateau": plateau,
}


@keras.saving.register_keras_serializable("keras_tl")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """fastai's one-cycle: cosine up from `peak / div`, cosine down to `peak / div_final`.

    Args:
        peak: Highest rate.
        steps: Steps of the cycle.
        rise: Share of the steps that go up.
        div: Peak over first rate.
        div_final: Peak over last rate.
    """

    def __init__(
        self,
        peak: float,
        steps: int,
        rise: float = 0.25,
        div: float = 25.0,
        div_final: float = 1e5,
    ) -> None:
        self.peak = peak
        self.steps = steps
        self.rise = rise
        self.div = div
        self.div_final = div_final

    def __call__(self, step: Any) -> Any:
        """Returns the rate at a step."""
        done = ops.minimum(ops.cast(step, "float32") / self.steps, 1.0)
        up = _cosine(self.peak / self.div, self.peak, done / self.rise)
        down = _cosine(self.peak, self.peak / self.div_final, (done - self.rise) / (1 - self.rise))
        return ops.where(done < self.rise, up, down)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        names = ("peak", "steps", "rise", "div", "div_final")
        return {name: getattr(self, name) for name in names}


@keras.saving.register_keras_serializable("keras_tl")
class SlantedTriangular(keras.optimizers.schedules.LearningRateSchedule):
    r"""ULMFiT's schedule: `\eta_{max} (1 + p (ratio - 1)) / ratio`, `p` up and then down in lines.

    Args:
        peak: `\eta_{max}`, the highest rate.
        steps: Steps of the phase.
        cut: Share of the steps that go up.
        ratio: Peak over lowest rate.
    """

    def __init__(self, peak: float, steps: int, cut: float = 0.1, ratio: float = 32.0) -> None:
        self.peak = peak
        self.steps = steps
        self.cut = cut
        self.ratio = ratio

    def __call__(self, step: Any) -> Any:
        """Returns the rate at a step."""
        done = ops.minimum(ops.cast(step, "float32") / self.steps, 1.0)
        share = ops.where(done < self.cut, done / self.cut, (1.0 - done) / (1.0 - self.cut))
        return self.peak * (1.0 + share * (self.ratio - 1.0)) / self.ratio

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {name: getattr(self, name) for name in ("peak", "steps", "cut", "ratio")}


def _cosine(start: float, end: float, share: Any) -> Any:
    """Goes from `start` to `end` along half a cosine while `share` goes from 0 to 1."""
    return start + (end - start) * (1.0 - ops.cos(share * 3.141592653589793)) / 2.0
