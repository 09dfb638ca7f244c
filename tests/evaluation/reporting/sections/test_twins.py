from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageEnhance

import keras_tl as ktl
from keras_tl.evaluation.reporting.sections.twins import twins


@pytest.fixture
def divided(tmp_path):
    """A folder with a test picture that is a brighter copy of a training picture."""
    generator = np.random.default_rng(0)
    for part, images in (("train", 6), ("test", 4)):
        for label in ("a", "b"):
            (tmp_path / part / label).mkdir(parents=True)
            for number in range(images):
                coarse = generator.integers(0, 256, (6, 6, 3)).astype("uint8")
                image = Image.fromarray(coarse).resize((48, 48), Image.Resampling.BICUBIC)
                image.save(tmp_path / part / label / f"{number}.png")
    first = Image.open(tmp_path / "train" / "a" / "0.png")
    ImageEnhance.Brightness(first).enhance(1.1).save(tmp_path / "test" / "a" / "0.png")
    return ktl.load_data(tmp_path, image_size=16, validation=0.0, audit_cache=None)


def test_a_near_copy_in_another_split_is_shown(divided):
    found = twins(SimpleNamespace(data=divided))
    (pair,) = found.pairs
    names = {one.split: one.name for one in (pair.first, pair.second)}
    assert names["train"].endswith("train/a/0.png")
    assert names["test"].endswith("test/a/0.png")
    assert pair.bits is not None
    assert pair.first.picture is not None
    assert (found.same_only, found.images) == (False, 20)


def test_pictures_in_arrays_are_compared_for_the_same_content(data):
    found = twins(SimpleNamespace(data=data))
    assert (found.pairs, found.same_only, found.images) == ((), True, 60)
