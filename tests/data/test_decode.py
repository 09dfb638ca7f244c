import io

import numpy as np
import pytest
import tensorflow as tf
from PIL import ExifTags, Image

import keras_tl as ktl
from keras_tl.data.decode import decode, decode_and_resize, resize
from keras_tl.data.pictures import EncodedPictures

FORMATS = [
    ("JPEG", ("RGB", "L", "1", "CMYK")),
    ("PNG", ("RGB", "L", "1", "P", "RGBA", "LA")),
    ("BMP", ("RGB", "L", "P", "RGBA")),
    ("GIF", ("RGB", "L", "1", "P", "RGBA", "LA")),
    ("WEBP", ("RGB", "L", "RGBA", "LA")),
]


def by_pillow(encoded, background="white"):
    """The picture on a background, by Pillow."""
    image = Image.open(io.BytesIO(encoded))
    if image.has_transparency_data:
        ground = Image.new("RGBA", image.size, background)
        image = Image.alpha_composite(ground, image.convert("RGBA"))
    return np.asarray(image.convert("RGB"))


def pixels(encoded, **options):
    return decode(tf.constant(encoded), **options).numpy()


@pytest.mark.parametrize(("kind", "mode"), [(kind, m) for kind, modes in FORMATS for m in modes])
def test_every_format_and_mode_gives_the_pixels_of_pillow(picture, encode, kind, mode):
    encoded = encode(picture(mode=mode), kind)
    found = pixels(encoded)
    assert found.dtype == np.float32
    assert found.std() > 5
    np.testing.assert_array_equal(found, by_pillow(encoded))


@pytest.mark.parametrize("quality", [20, 75, 95])
@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_pixels_are_pillows_exactly(picture, encode, quality, subsampling, progressive):
    encoded = encode(
        picture(), "JPEG", quality=quality, subsampling=subsampling, progressive=progressive
    )
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


def test_tensorflows_own_default_would_not_be(picture, encode):
    encoded = encode(picture(), "JPEG", quality=75)
    assert (tf.io.decode_image(encoded, channels=3).numpy() != by_pillow(encoded)).any()


def test_lossy_webp_gives_the_pixels_of_pillow(picture, encode):
    encoded = encode(picture(), "WEBP", quality=60)
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


def test_the_first_frame_of_a_moving_gif_is_taken(picture, encode):
    first, second = picture(1), picture(2)
    encoded = encode(first, "GIF", save_all=True, append_images=[second])
    found = pixels(encoded)
    np.testing.assert_array_equal(found, by_pillow(encoded))
    assert np.abs(found - np.asarray(second)).mean() > 20


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_first_frame_of_a_moving_webp_is_taken(picture, encode, mode):
    frames = [picture(seed, mode=mode) for seed in range(3)]
    encoded = encode(frames[0], "WEBP", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(pixels(encoded), by_pillow(encoded))


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_picture_lies_on_the_background_that_is_chosen(picture, encode, kind):
    encoded = encode(picture(mode="RGBA"), kind)
    for background in ((0, 0, 0), (200, 10, 99)):
        found = pixels(encoded, background=background)
        np.testing.assert_array_equal(found, by_pillow(encoded, background))
    batch = decode_and_resize(tf.constant([encoded]), (43, 61), "stretch", background=background)
    np.testing.assert_array_equal(batch[0], found)


def test_a_background_that_is_no_colour_is_refused(picture, encode):
    encoded = encode(picture(), "JPEG")
    with pytest.raises(ValueError, match=r"`background` must be three.*Received: background='red'"):
        pixels(encoded, background="red")


def test_a_picture_taken_sideways_is_turned_upright(picture, encode):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    image = picture()
    encoded = encode(image, "PNG", exif=exif)
    expected = np.asarray(image.transpose(Image.Transpose.ROTATE_270))
    np.testing.assert_array_equal(pixels(encoded), expected)


def test_sixteen_bits_become_eight():
    levels = np.arange(0, 65536, 257, dtype="uint16").reshape(16, 16)
    sink = io.BytesIO()
    Image.fromarray(levels).save(sink, format="PNG")
    np.testing.assert_array_equal(pixels(sink.getvalue())[..., 0], levels // 257)


@pytest.mark.parametrize("encoded", [b"x", b"not an image at all", b"BM" + bytes(60), b"\xff\xd8"])
def test_what_is_no_image_is_an_error(encoded):
    with pytest.raises(tf.errors.InvalidArgumentError):
        pixels(encoded)


def cropped(image, height, width):
    """The largest middle part of the wanted aspect ratio, by Pillow."""
    scale = min(image.width / width, image.height / height)
    box_width, box_height = int(width * scale), int(height * scale)
    left, top = (image.width - box_width) // 2, (image.height - box_height) // 2
    return image.crop((left, top, left + box_width, top + box_height))


def padded(image, height, width):
    """The picture on the smallest black ground of the wanted aspect ratio, by Pillow."""
    scale = max(image.width / width, image.height / height)
    ground = Image.new("RGB", (int(width * scale), int(height * scale)))
    ground.paste(image, ((ground.width - image.width) // 2, (ground.height - image.height) // 2))
    return ground


POLICIES = {"crop": cropped, "pad": padded, "stretch": lambda image, *_: image}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("shape", [(48, 96), (96, 48), (64, 64)])
@pytest.mark.parametrize("size", [(32, 32), (16, 32), (128, 128)])
def test_resizing_is_pillows_bilinear_with_antialias(picture, shape, size, policy):
    image = picture(height=shape[0], width=shape[1])
    expected = POLICIES[policy](image, *size).resize(size[::-1], Image.Resampling.BILINEAR)
    found = np.asarray(resize(np.asarray(image, "float32"), size, policy))
    assert found.shape == (*size, 3)
    assert np.abs(found - np.asarray(expected, "float32")).max() <= 1.01


def test_noise_is_averaged_and_not_sampled():
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3)).astype("uint8")
    expected = Image.fromarray(noise).resize((32, 32), Image.Resampling.BILINEAR)
    found = np.asarray(resize(noise.astype("float32"), (32, 32), "stretch"))
    assert np.abs(found - np.asarray(expected, "float32")).max() <= 1.01


@pytest.mark.parametrize("shape", [(1, 1), (1, 100), (100, 1), (3, 2)])
@pytest.mark.parametrize("policy", POLICIES)
def test_extreme_shapes_are_brought_to_size(shape, policy):
    image = np.full((*shape, 3), 200.0, "float32")
    found = np.asarray(resize(image, (24, 48), policy))
    assert found.shape == (24, 48, 3)
    assert found.max() == pytest.approx(200, abs=0.01) or policy == "pad"
    assert found.max() > 20


@pytest.mark.parametrize("policy", POLICIES)
def test_one_at_a_time_and_in_a_batch_are_the_same_pixels(picture, encode, policy):
    items = [
        encode(picture(seed, width=20 + 9 * seed), kind)
        for seed, kind in enumerate(("JPEG", "PNG", "WEBP", "GIF", "BMP"))
    ]
    pictures = EncodedPictures(items, (24, 24), policy)
    batch = pictures.read(range(len(items)))
    assert batch.shape == (5, 24, 24, 3)
    assert batch.dtype == np.float32
    for number, encoded in enumerate(items):
        np.testing.assert_array_equal(pictures.read([number])[0], batch[number])
        eager = decode_and_resize(tf.constant([encoded]), (24, 24), policy)
        np.testing.assert_array_equal(eager[0], batch[number])


def test_training_prediction_and_a_traced_function_see_the_same_pixels(make_folder):
    data = ktl.load_data(make_folder({"a": 6, "b": 6}), image_size=24, batch_size=3)
    served = tf.function(
        lambda encoded: decode_and_resize(encoded, (24, 24), "crop"),
        input_signature=[tf.TensorSpec((None,), tf.string)],
    )
    for split in data.splits.values():
        expected = served(tf.constant(split.encoded())).numpy()
        np.testing.assert_array_equal(split.images(), expected)
        batches = [images for images, _ in (split[i] for i in range(len(split)))]
        np.testing.assert_array_equal(np.concatenate(batches), expected[split.order()])
