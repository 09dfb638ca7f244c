"""The difference hash on real photographs, those that come with scikit-learn."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image, ImageDraw
from sklearn.datasets import load_sample_images

from keras_tl.data.auditing.inspection import inspect
from keras_tl.data.auditing.near_duplicates import MOST_BITS
from keras_tl.data.auditing.pixels import decoder_for

CHANGES = {
    "compressed": lambda image: image,
    "half the size": lambda image: image.resize((image.width // 2, image.height // 2)),
    "twice the size": lambda image: image.resize((2 * image.width, 2 * image.height)),
    "another shape": lambda image: image.resize((500, 500)),
    "darker": lambda image: image.point(lambda level: level * 3 // 4),
    "less contrast": lambda image: image.point(lambda level: 64 + level // 2),
    "grey": lambda image: image.convert("L"),
}


@pytest.fixture(scope="module", params=[0, 1], ids=["china", "flower"])
def photograph(request):
    return Image.fromarray(load_sample_images().images[request.param])


def hash_of(image, quality=90):
    sink = io.BytesIO()
    image.save(sink, "JPEG", quality=quality)
    return inspect(sink.getvalue(), decoder_for(1)).difference_hash


def differing(one, other):
    return (one ^ other).bit_count()


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_person_takes_for_the_same_is_near(photograph, change):
    changed = CHANGES[change](photograph)
    assert differing(hash_of(photograph), hash_of(changed, quality=50)) <= MOST_BITS


def test_a_stamp_in_the_corner_changes_little(photograph):
    stamped = photograph.copy()
    ImageDraw.Draw(stamped).rectangle((600, 400, 635, 420), fill="white")
    assert differing(hash_of(photograph), hash_of(stamped)) <= MOST_BITS


def test_what_is_another_picture_is_far():
    images = [Image.fromarray(image) for image in load_sample_images().images]
    halves = [image.crop((left, 0, left + 320, 427)) for image in images for left in (0, 320)]
    hashes = [hash_of(image) for image in (*images, *halves)]
    distances = [differing(one, other) for n, one in enumerate(hashes) for other in hashes[:n]]
    assert min(distances) > 2 * MOST_BITS


def test_each_bit_says_whether_a_field_is_brighter_than_the_one_before():
    """A picture of 8 rows of 9 fields, each 10 pixels, and the bits by hand."""
    fields = np.random.default_rng(0).integers(0, 256, (8, 9), dtype="uint8")
    sink = io.BytesIO()
    Image.fromarray(fields.repeat(10, axis=0).repeat(10, axis=1)).save(sink, "PNG")
    found = inspect(sink.getvalue(), decoder_for(1)).difference_hash
    steps = [step for row in fields.tolist() for step in itertools.pairwise(row)]
    expected = "".join("1" if after > before else "0" for before, after in steps)
    assert f"{found:064b}" == expected
