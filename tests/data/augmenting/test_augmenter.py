"""The contract of all augmentations: one row a kind."""

import json
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from keras_tl.data.augmenting.choice import NAMED, find_augmentation


def layers():
    return [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomRotation(0.05),
        keras.layers.RandomColorJitter(
            brightness_factor=0.2, contrast_factor=0.2, saturation_factor=0.2, hue_factor=0.1
        ),
        keras.layers.RandomErasing(1.0, scale=(0.1, 0.2)),
    ]


KINDS = {
    **{name: lambda name=name: name for name in NAMED if name != "none"},
    "layers": layers,
}


@pytest.fixture(scope="module", params=KINDS)
def kind(request):
    return KINDS[request.param]


@pytest.fixture(scope="module")
def made(kind):
    """Augmentations of a kind by their seeds."""
    return {}


@pytest.fixture(scope="module")
def make(kind, made):
    """Makes an augmentation of a kind with a seed; one that was made before is given again."""

    def make(seed=0):
        if seed not in made:
            made[seed] = find_augmentation(kind(), seed=seed)
        return made[seed]

    return make


@pytest.fixture(scope="module")
def photographs():
    coarse = np.random.default_rng(0).uniform(0, 255, (24, 6, 5, 3))
    return coarse.repeat(4, axis=1).repeat(4, axis=2).astype("float32")


def test_view_0_is_the_plain_picture(make, photographs):
    assert make()(photographs, range(24), 0).tobytes() == photographs.tobytes()


def test_other_views_are_pictures_and_leave_those_given_alone(make, photographs):
    before = photographs.copy()
    for view in (1, 1 << 20):
        found = make()(photographs, range(24), view)
        assert (found.dtype, found.shape) == (np.float32, photographs.shape)
        assert found.min() >= 0
        assert found.max() <= 255
        assert (found != photographs).any(axis=(1, 2, 3)).mean() > 0.8
    np.testing.assert_array_equal(photographs, before)


def test_a_picture_does_not_depend_on_the_batch_it_is_in(make, photographs):
    together = make()(photographs, np.arange(24), 3)
    shuffled = np.random.default_rng(1).permutation(24)
    for size in (1, 7):
        for start in range(0, 24, size):
            rows = shuffled[start : start + size]
            assert make()(photographs[rows], rows, 3).tobytes() == together[rows].tobytes()


def test_threads_and_their_order_change_nothing(make, made, photographs):
    """The first four threads come to an augmentation that has not run yet."""
    batches = np.array_split(np.random.default_rng(2).permutation(24), 6)

    def by(workers, work):
        with ThreadPoolExecutor(workers) as pool:
            return list(pool.map(lambda rows: make()(photographs[rows], rows, 5).tobytes(), work))

    alone = by(1, batches)
    made.pop(0)
    assert by(4, batches) == alone
    assert by(4, batches[::-1]) == alone[::-1]


def test_what_was_made_anew_gives_the_same(make, kind, photographs):
    again = find_augmentation(kind(), seed=0)
    found = again(photographs[:3], [5, 6, 7], 2)
    assert found.tobytes() == make()(photographs[:3], [5, 6, 7], 2).tobytes()
    assert again.to_dict() == make().to_dict()


def test_seed_view_and_number_each_give_another_picture(make, photographs):
    same = np.repeat(photographs[:1], 24, axis=0)
    found = [
        *make(0)(same, range(24), 1),
        *make(0)(same, range(24), 2),
        *make(1)(same, range(24), 1),
    ]
    assert len({image.tobytes() for image in found}) > 65


def test_no_pictures_are_no_views(make, photographs):
    assert make()(photographs[:0], [], 1).shape == photographs[:0].shape


def test_as_plain_data_the_seed_tells_one_from_another(make):
    plain = make().to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["flip"] is make().flip is True
    assert make(1).to_dict() == {**plain, "seed": 1}


def test_a_view_that_cannot_be_is_named(make, photographs):
    with pytest.raises(ValueError, match="`view` must be an integer >= 0"):
        make()(photographs, range(24), -1)
