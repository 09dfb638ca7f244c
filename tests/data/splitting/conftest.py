"""What hypothesis draws: populations of a few dozen examples, with copies, and shares."""

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from keras_tl.data.splitting.population import Population, Shares
from keras_tl.foundation.files import digest

settings.register_profile(
    "keras_tl",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("keras_tl")


@st.composite
def populations(draw):
    """A quarter of them without copies."""
    count = draw(st.integers(1, 80))
    generator = np.random.default_rng(draw(st.integers(0, 10_000)))
    labels = generator.integers(0, draw(st.integers(1, 6)), count)
    contents = np.arange(count)
    if draw(st.integers(0, 3)):
        contents = generator.integers(0, draw(st.integers(1, 2 * count)), count)
    return Population(labels, [digest(str(content)) for content in contents])


@st.composite
def shares(draw):
    validation = draw(st.sampled_from([0.0, 0.05, 0.15, 0.33, 0.5]))
    return Shares(validation, draw(st.sampled_from([0.0, 0.1, 0.15, 0.4])))


st.register_type_strategy(Population, populations())
st.register_type_strategy(Shares, shares())
