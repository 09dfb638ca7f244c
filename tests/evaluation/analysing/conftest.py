"""Labels and probabilities as they come, ties and absent classes among them."""

import numpy as np
import pytest
from hypothesis import strategies as st

from keras_tl.evaluation.scored_split import ScoredSplit


def made(labels, probabilities, *, multi_label=False, **more):
    labels, found = np.asarray(labels), np.asarray(probabilities, dtype="float32")
    names = [f"picture {number}" for number in range(len(labels))]
    classes = [f"class {number}" for number in range(found.shape[1])]
    return ScoredSplit(names, labels, found, classes, multi_label, **more)


@st.composite
def splits(draw, multi_label=False):
    """Few classes, coarse probabilities: many ties, empty bins, classes without images."""
    images, classes = draw(st.integers(1, 30)), draw(st.integers(2, 4))
    coarse = draw(st.sampled_from([1, 4, 1000]))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    drawn = generator.integers(0, coarse + 1, (images, classes))
    if multi_label:
        return made(generator.integers(0, 2, (images, classes)), drawn / coarse, multi_label=True)
    labels = generator.integers(0, draw(st.integers(1, classes)), images)
    return made(labels, (drawn + 0.5) / (drawn + 0.5).sum(axis=1, keepdims=True))


@pytest.fixture(scope="session", name="made")
def _made():
    """Returns a function that makes a scored split of labels and probabilities."""
    return made


@pytest.fixture(scope="session", name="splits")
def _splits():
    """Returns the strategy, for tests that draw."""
    return splits
