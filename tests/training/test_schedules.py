import keras
import numpy as np
import pytest

from keras_tl.training.schedules import SCHEDULES

STEPS, PEAK = 200, 0.5


def rate(name, step):
    schedule = SCHEDULES[name](PEAK, STEPS)
    return float(schedule(step)) if callable(schedule) else schedule


def slanted(step, cut_frac=0.1, ratio=32):
    """Howard and Ruder's formula, word for word."""
    cut = int(STEPS * cut_frac)
    p = step / cut if step < cut else 1 - (step - cut) / (cut * (1 / cut_frac - 1))
    return PEAK * (1 + p * (ratio - 1)) / ratio


def one_cycle(step, rise=0.25, div=25.0, div_final=1e5):
    """fastai's combined_cos, word for word."""

    def cos(start, end, pos):
        return start + (1 + np.cos(np.pi * (1 - pos))) * (end - start) / 2

    done = step / STEPS
    if done < rise:
        return cos(PEAK / div, PEAK, done / rise)
    return cos(PEAK, PEAK / div_final, (done - rise) / (1 - rise))


FORMULAS = {
    "constant": lambda step: PEAK,
    "plateau": lambda step: PEAK,
    "cosine": lambda step: PEAK * (1 + np.cos(np.pi * step / STEPS)) / 2,
    "warmup-cosine": lambda step: (
        PEAK * step / 20 if step < 20 else PEAK * (1 + np.cos(np.pi * (step - 20) / 180)) / 2
    ),
    "step": lambda step: PEAK * 10.0 ** -sum(step > border for border in (120, 160, 180)),
    "one-cycle": one_cycle,
    "slanted-triangular": slanted,
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("step", [0, 7, 19, 20, 50, 121, 161, 181, 199, 200])
def test_schedule_is_its_formula(name, step):
    assert rate(name, step) == pytest.approx(FORMULAS[name](step), rel=1e-4, abs=1e-7)


@pytest.mark.parametrize("name", ["one-cycle", "slanted-triangular"])
def test_schedule_is_serializable(name):
    schedule = SCHEDULES[name](PEAK, STEPS)
    data = keras.optimizers.schedules.serialize(schedule)
    again = keras.optimizers.schedules.deserialize(data)
    assert again.get_config() == schedule.get_config()
