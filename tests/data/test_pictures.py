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


def test_files_are_what_they_hold_and_not_what_they_are_called(tmp_path, picture, encode):
    """TIFF under the name of a JPEG: Pillow reads it, without loss, in place of TensorFlow."""
    (tmp_path / "a.jpg").write_bytes(encode(picture(), "TIFF"))
    pictures = EncodedPictures([tmp_path / "a.jpg", encode(picture(), "PNG")], (9, 9), "crop")
    found = pictures.read([0, 1])
    np.testing.assert_array_equal(found[0], found[1])
    assert pictures.encoded([0])[0].startswith(b"\x89PNG")


def test_avif_is_read_through_pillow(picture, encode):
    encoded = encode(picture(), "AVIF", speed=10)
    expected = np.asarray(Image.open(io.BytesIO(encoded)).convert("RGB"))
    found = EncodedPictures([encoded], expected.shape[:2], "stretch").read([0])
    np.testing.assert_array_equal(found[0], expected)


def test_a_damaged_file_that_only_pillow_reads_is_an_error(picture, encode):
    with pytest.raises(OSError, match=r"^TIFF: "):
        EncodedPictures([encode(picture(), "TIFF")[:200]], (9, 9), "crop").read([0])


def test_transparent_pictures_lie_on_the_background_that_is_chosen():
    sink = io.BytesIO()
    Image.new("RGBA", (8, 8), (9, 9, 9, 0)).save(sink, "PNG")
    white = EncodedPictures([sink.getvalue()], (8, 8), "crop")
    red = EncodedPictures([sink.getvalue()], (8, 8), "crop", background=(255, 0, 0))
    assert (white.read([0]) == 255).all()
    assert (red.read([0]) == (255, 0, 0)).all()


def test_a_background_that_is_no_colour_is_refused():
    with pytest.raises(ValueError, match=r"`background` must be three whole levels"):
        EncodedPictures([], (8, 8), "crop", background=(1, 2))


def test_no_pictures_are_no_rows():
    none = np.array([], dtype=int)
    images = np.zeros((2, 8, 8, 3), "uint8")
    assert ArrayPictures(images, (8, 8), "crop").read(none).shape == (0, 8, 8, 3)
    encoded = [encode_png(image) for image in images]
    assert EncodedPictures(encoded, (4, 4), "crop").read(none).shape == (0, 4, 4, 3)
