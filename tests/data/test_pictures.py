import io

import numpy as np
import pytest
from PIL import Image

from keras_tl.data.pictures import ArrayPictures, EncodedPictures, encode_png


def test_png_of_an_array_is_the_array():
    image = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype("float32")
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(encode_png(image)))), image)


def test_png_rounds_and_keeps_within_the_levels():
    image = np.array([[[-3.0, 254.6, 300.0], [0.4, 0.6, 1.5]]], "float32")
    found = np.asarray(Image.open(io.BytesIO(encode_png(image))))
    np.testing.assert_array_equal(found, [[[0, 255, 255], [0, 1, 2]]])


def test_arrays_of_the_right_size_are_taken_as_they_are():
    images = np.random.default_rng(0).integers(0, 256, (4, 8, 8, 3), dtype="uint8")
    pictures = ArrayPictures(images, (8, 8), "crop")
    found = pictures.read([3, 1])
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, images[[3, 1]])
    assert pictures.names([3, 1]) == ["#3", "#1"]
    assert len(pictures) == 4


def test_an_encoded_array_reads_back_as_the_array():
    images = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype="uint8")
    encoded = ArrayPictures(images, (8, 8), "crop").encoded([0, 2])
    found = EncodedPictures(encoded, (8, 8), "crop").read([0, 1])
    np.testing.assert_array_equal(found, images[[0, 2]])


@pytest.mark.parametrize("policy", ["crop", "pad", "stretch"])
def test_an_array_and_its_png_are_resized_alike(picture, encode, policy):
    image = picture()
    array = ArrayPictures(np.asarray(image)[None], (20, 20), policy).read([0])
    png = EncodedPictures([encode(image, "PNG")], (20, 20), policy).read([0])
    np.testing.assert_array_equal(array, png)


def test_files_and_bytes_are_the_same_pictures(tmp_path, picture, encode):
    encoded = encode(picture(), "PNG")
    (tmp_path / "a.png").write_bytes(encoded)
    pictures = EncodedPictures([tmp_path / "a.png", encoded], (9, 9), "crop")
    found = pictures.read([0, 1])
    np.testing.assert_array_equal(found[0], found[1])
    assert pictures.names([0, 1]) == [str(tmp_path / "a.png"), "#1"]
    assert pictures.encoded([0]) == [encoded]


def test_no_pictures_are_no_rows():
    none = np.array([], dtype=int)
    images = np.zeros((2, 8, 8, 3), "uint8")
    assert ArrayPictures(images, (8, 8), "crop").read(none).shape == (0, 8, 8, 3)
    encoded = [encode_png(image) for image in images]
    assert EncodedPictures(encoded, (4, 4), "crop").read(none).shape == (0, 4, 4, 3)
