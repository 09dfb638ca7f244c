import io

import numpy as np
import pytest
from PIL import Image

from keras_tl.data.sources.gathering import Gathering


def images(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (*shape, 3), dtype="uint8")


def gathered(*batches):
    gathering = Gathering()
    for batch in batches:
        gathering.add(batch)
    return gathering.images()


def decoded(encoded):
    return np.asarray(Image.open(io.BytesIO(encoded)))


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_batches_of_one_size_are_one_array(dtype):
    batches = [images(3, 4, 5).astype(dtype), images(1, 4, 5, seed=1).astype(dtype)]
    found = gathered(*batches)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, np.concatenate(batches))


def test_from_another_size_on_all_are_png_of_the_same_pixels():
    batches = [images(2, 4, 5), images(1, 4, 5, seed=1), images(2, 6, 5, seed=2), images(1, 4, 5)]
    found = gathered(*batches)
    assert all(encoded.startswith(b"\x89PNG") for encoded in found)
    for encoded, image in zip(found, [one for batch in batches for one in batch], strict=True):
        np.testing.assert_array_equal(decoded(encoded), image)


def test_png_rounds_to_whole_levels():
    found = gathered(np.full((1, 2, 2, 3), 7.6), np.full((1, 3, 3, 3), 200.4))
    assert [decoded(one)[0, 0, 0] for one in found] == [8, 200]


@pytest.mark.parametrize("encoded_first", [True, False])
def test_encoded_pictures_stay_as_they_are(encoded_first):
    batches = [[b"one", b"two"], images(1, 4, 5)]
    found = gathered(*batches[:: 1 if encoded_first else -1])
    assert found[slice(0, 2) if encoded_first else slice(1, 3)] == [b"one", b"two"]
    assert len(found) == 3
