import keras
import numpy as np
import pytest

from keras_tl.data.augmenting.mixing import MIXINGS, Mixing
from keras_tl.data.augmenting.strengths import Augmentation
from keras_tl.data.pictures import ArrayPictures
from keras_tl.data.split import Split


@pytest.fixture
def make_split():
    def make(seed=None, batch_size=4, labels=None, **options):
        images = np.repeat(np.arange(10, dtype="float32"), 192).reshape(10, 8, 8, 3)
        labels = np.arange(10) % 3 if labels is None else labels
        pictures = ArrayPictures(images, (8, 8), "crop")
        return Split(
            pictures,
            np.arange(10),
            labels,
            ["a", "b", "c"],
            batch_size=batch_size,
            seed=seed,
            **options,
        )

    return make


def seen(split):
    """The first level of each image, in the order of the batches; the fixture numbers them so."""
    return np.concatenate([split[i][0][:, 0, 0, 0] for i in range(len(split))]).tolist()


def test_batches_hold_every_image_once_with_its_own_label(make_split):
    split = make_split(seed=3)
    assert len(split) == 3
    assert [len(split[i][0]) for i in range(3)] == [4, 4, 2]
    assert sorted(seen(split)) == list(range(10))
    for images, labels in (split[i] for i in range(3)):
        np.testing.assert_array_equal(images[:, 0, 0, 0] % 3, labels)


def test_the_order_is_a_function_of_seed_and_epoch_alone(make_split):
    split = make_split(seed=3)
    first = seen(split)
    split.on_epoch_end()
    second = seen(split)
    assert first != second
    split.epoch = 0
    assert seen(split) == first == seen(make_split(seed=3))
    assert seen(make_split(seed=4)) != first


def test_without_a_seed_nothing_is_shuffled(make_split):
    split = make_split()
    split.on_epoch_end()
    assert seen(split) == list(range(10))
    assert seen(make_split(seed=3).in_order()) == list(range(10))


def test_fit_sees_another_order_each_epoch(make_split):
    split, seen_by_fit = make_split(seed=3, batch_size=10), []

    class Recorder(keras.layers.Layer):
        def call(self, images):
            seen_by_fit.append(keras.ops.convert_to_numpy(images)[:, 0, 0, 0].tolist())
            return keras.ops.mean(images, axis=(1, 2, 3))[:, None]

    model = keras.Sequential([Recorder(), keras.layers.Dense(1)])
    model.compile("sgd", "mse", run_eagerly=True)
    model.build((None, 8, 8, 3))
    seen_by_fit.clear()
    model.fit(split, epochs=3, shuffle=False, verbose=0)
    last = split.epoch
    expected = []
    for split.epoch in range(last - 3, last):
        expected.append(seen(split))
    assert seen_by_fit[-3:] == expected
    assert len({tuple(order) for order in expected}) == 3


def test_counts_are_of_each_class(make_split):
    assert make_split().counts().tolist() == [4, 3, 3]
    several = np.eye(3)[np.arange(10) % 3]
    several[:, 1] = 1
    assert make_split(labels=several).counts().tolist() == [4, 10, 3]


def epoch_of(split, epoch):
    """All images of an epoch, by number."""
    split.epoch = epoch
    found = np.concatenate([split[i][0] for i in range(len(split))])
    return found[np.argsort(split.order())]


def test_each_epoch_is_another_view_and_the_same_epoch_the_same(make_split):
    augment = Augmentation("light", seed=3)
    split = make_split(seed=3, augment=augment)
    epochs = [epoch_of(split, epoch).tobytes() for epoch in range(4)]
    assert len({*epochs, split.images().tobytes()}) == 5
    again = make_split(seed=8, batch_size=3, augment=augment)
    assert [epoch_of(again, epoch).tobytes() for epoch in (3, 1)] == [epochs[3], epochs[1]]


def test_augmentation_leaves_the_order_and_the_labels(make_split):
    plain, varied = make_split(seed=3), make_split(seed=3, augment=Augmentation("strong"))
    for _ in range(2):
        np.testing.assert_array_equal(plain.order(), varied.order())
        for i in range(3):
            np.testing.assert_array_equal(plain[i][1], varied[i][1])
        plain.on_epoch_end()
        varied.on_epoch_end()


def test_views_cycle_and_the_first_is_plain(make_split):
    split = make_split(seed=3, augment=Augmentation("light")).with_views(3)
    epochs = [epoch_of(split, epoch).tobytes() for epoch in range(7)]
    assert epochs[0] == split.images().tobytes()
    assert len(set(epochs[:3])) == 3
    assert epochs[3:] == [*epochs[:3], epochs[0]]


def test_with_views_is_the_same_split_and_leaves_the_other(make_split):
    split = make_split(seed=3, augment=Augmentation("light"), digests=list("abcdefghij"))
    split.epoch = 5
    cycling = split.with_views(2)
    assert (split.views, split.view) == (None, 6)
    assert (cycling.views, cycling.view) == (2, 1)
    assert cycling.digests == split.digests == tuple("abcdefghij")
    np.testing.assert_array_equal(cycling.order(), split.order())
    assert make_split(augment=Augmentation("light"), views=2).view == 0


def test_reading_rows_in_a_view_gives_what_the_batches_hold(make_split):
    split = make_split(seed=3, augment=Augmentation("strong")).with_views(4)
    split.epoch = 2
    rows = split.order()
    np.testing.assert_array_equal(split.read(rows[4:8], view=2), split[1][0])
    np.testing.assert_array_equal(split.read(rows), split.images()[rows])


def test_only_batches_are_augmented(make_split):
    plain, varied = make_split(seed=3), make_split(seed=3, augment=Augmentation("strong"))
    varied.epoch = 2
    assert (varied[0][0] != plain.images()[varied.order()[:4]]).any()
    np.testing.assert_array_equal(varied.images(), plain.images())
    np.testing.assert_array_equal(varied.in_order()[0][0], plain.in_order()[0][0])
    assert varied.encoded() == plain.encoded()
    assert varied.in_order().augment is None


@pytest.mark.parametrize("views", [0, -1, 1.5, True])
def test_views_that_cannot_be_are_named(make_split, views):
    with pytest.raises(ValueError, match="`views` must be an integer >= 1"):
        make_split(augment=Augmentation("light")).with_views(views)


def test_views_without_augmentation_say_what_is_missing(make_split):
    for ask in (
        lambda: make_split().with_views(2),
        lambda: make_split(views=2),
        lambda: make_split().read([0], view=1),
    ):
        with pytest.raises(ValueError, match=r"Views need an augmentation.*`augment='light'`"):
            ask()


def test_digests_are_of_the_pixels_where_nobody_gave_them(make_split):
    split = make_split(seed=3)
    assert len(set(split.digests)) == 10
    assert split.digests == make_split(batch_size=3).digests == split.in_order().digests
    changed = make_split(seed=3)
    changed.pictures.images[4, 0, 0, 0] += 1
    different = [a != b for a, b in zip(split.digests, changed.digests, strict=True)]
    assert different == [number == 4 for number in range(10)]


def test_some_images_of_another_split_keep_their_digests(make_split):
    split, rows = make_split(seed=3), np.array([7, 2])
    expected = tuple(split.digests[row] for row in rows)
    for one in (split, make_split(seed=3)):
        few = make_split().with_images_of(one, rows)
        assert few.digests == expected
        assert seen(few) == [7, 2]


@pytest.mark.parametrize("kind", MIXINGS)
def test_mixed_batches_hold_shares_of_classes(make_split, kind):
    split = make_split(seed=3, batch_size=3, mixing=Mixing(kind, 1.0))
    assert split.has_soft_labels
    batches = [split[i] for i in range(4)]
    assert [images.shape for images, _ in batches] == [(3, 8, 8, 3)] * 3 + [(1, 8, 8, 3)]
    for _, labels in batches:
        assert labels.dtype == np.float32
        assert labels.shape[1] == 3
        np.testing.assert_allclose(labels.sum(axis=1), 1, atol=1e-6)
    assert (batches[0][0] != make_split(seed=3, batch_size=3)[0][0]).any()
    np.testing.assert_array_equal(batches[3][1], np.eye(3)[split.labels[split.order()[9:]]])


def test_mixing_is_a_function_of_the_epoch_and_comes_after_augmentation(make_split):
    mixing = Mixing("cutmix", seed=4)
    split = make_split(seed=3, augment=Augmentation("light"), mixing=mixing)
    split.epoch = 2
    rows = split.order()[4:8]
    expected = mixing(split.read(rows, view=3), np.eye(3)[split.labels[rows]], rows, epoch=2)
    for found, array in zip(split[1], expected, strict=True):
        np.testing.assert_array_equal(found, array)
    split.epoch = 3
    assert (split[1][1] != expected[1]).any()


def test_several_labels_are_mixed_as_they_are(make_split):
    several = np.eye(3, dtype="float32")[np.arange(10) % 3]
    several[:, 1] = 1
    split = make_split(labels=several, mixing=Mixing("mixup", 1.0))
    found = np.concatenate([split[i][1] for i in range(3)])
    assert ((found[:, [0, 2]] > 0) & (found[:, [0, 2]] < 1)).any()
    np.testing.assert_allclose(found[:, 1], 1, atol=1e-6)


def test_only_batches_are_mixed(make_split):
    plain, mixed = make_split(seed=3), make_split(seed=3, mixing=Mixing("mixup"))
    np.testing.assert_array_equal(mixed.labels, plain.labels)
    np.testing.assert_array_equal(mixed.images(), plain.images())
    np.testing.assert_array_equal(mixed.counts(), plain.counts())
    assert not mixed.in_order().has_soft_labels
    assert seen(mixed.in_order()) == list(range(10))
    assert mixed.with_seed(4).with_batch_size(2).has_soft_labels
