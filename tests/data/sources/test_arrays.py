import numpy as np
import pytest

from keras_tl.data.sources.arrays import from_arrays

LABELS = ["a", "b", "a", "b"]


def images(*shape, dtype="uint8"):
    return np.random.default_rng(0).integers(0, 256, shape).astype(dtype)


@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32", "float64"])
def test_colour_images_stay_as_they_are(dtype):
    pictures = images(4, 5, 6, 3, dtype=dtype)
    found = from_arrays(pictures, LABELS)
    np.testing.assert_array_equal(found.pictures, pictures)
    assert found.class_names == ["a", "b"]
    assert found.labels.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize("shape", [(4, 5, 6), (4, 5, 6, 1)])
def test_grey_images_get_three_equal_channels(shape):
    pictures = images(*shape)
    found = from_arrays(pictures, LABELS).pictures
    assert found.shape == (4, 5, 6, 3)
    for channel in range(3):
        np.testing.assert_array_equal(found[..., channel], pictures.reshape(4, 5, 6))


def test_dark_whole_number_images_are_no_mistake():
    dark = np.zeros((4, 5, 6, 3), "uint8")
    assert from_arrays(dark, LABELS).pictures.max() == 0


@pytest.mark.parametrize(
    ("pictures", "message"),
    [
        (images(4, 5, 6, 3) / 255.0, r"must be in 0\.\.255.*from 0 to 1.*images \* 255"),
        (images(4, 5, 6, 3) - 128.0, r"must be in 0\.\.255.*from -128 to 127"),
        (images(4, 5, 6, 3) * 300.0, r"must be in 0\.\.255"),
        (np.full((4, 5, 6, 3), np.nan), "must be finite"),
        (np.full((4, 5, 6, 3), np.inf), "must be finite"),
        (images(4, 5, 6, 4), r"`images` must have the shape .* Received: images\.shape=\(4, 5, 6"),
        (images(4, 5), r"`images` must have the shape"),
        (images(4, 6, 3), r"one image is `image\[None\]`"),
        (images(3, 5, 6, 3), "equally many. Received: 3 images, 4 labels"),
    ],
)
def test_images_that_cannot_be_meant_are_refused(pictures, message):
    with pytest.raises(ValueError, match=message):
        from_arrays(pictures, LABELS)


def test_one_hot_labels_are_what_the_caller_says():
    rows = np.eye(2)[[1, 0, 1, 1]]
    found = from_arrays(images(4, 5, 6, 3), rows, ["a", "b"], multi_label=False)
    assert found.labels.tolist() == [1, 0, 1, 1]
    with pytest.raises(ValueError, match="`multi_label` must say"):
        from_arrays(images(4, 5, 6, 3), rows)
