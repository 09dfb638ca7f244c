import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_tl.data.formats.transparency import on_background, with_opacity
from keras_tl.foundation.colours import as_colour


@pytest.fixture(scope="module")
def every_level():
    """A picture of every level at every opacity."""
    levels, opacities = np.meshgrid(np.arange(256), np.arange(256))
    return np.stack([levels, 255 - levels, levels, opacities], axis=-1).astype("uint8")


@pytest.mark.parametrize("background", [(255, 255, 255), (0, 0, 0), (1, 127, 254)])
def test_every_level_at_every_opacity_is_what_pillow_gives(every_level, background):
    below = Image.new("RGBA", (256, 256), (*background, 255))
    expected = Image.alpha_composite(below, Image.fromarray(every_level)).convert("RGB")
    found = on_background(tf.constant(every_level), background)
    np.testing.assert_array_equal(found, np.asarray(expected))


def test_white_is_the_default(every_level):
    found = on_background(tf.constant(every_level)).numpy()
    assert (found[0] == 255).all()
    np.testing.assert_array_equal(found[255], every_level[255, :, :3])


@pytest.mark.parametrize("channels", [3, 4])
def test_what_is_opaque_stays_as_it_is(every_level, channels):
    image = np.dstack([every_level[..., :3], np.full((256, 256), 255, "uint8")])[..., :channels]
    found = on_background(tf.constant(image), (9, 9, 9))
    np.testing.assert_array_equal(found, every_level[..., :3])


def test_opacity_is_added_where_there_is_none(every_level):
    np.testing.assert_array_equal(with_opacity(tf.constant(every_level)), every_level)
    found = with_opacity(tf.constant(every_level[..., :3])).numpy()
    np.testing.assert_array_equal(found[..., :3], every_level[..., :3])
    assert found.shape[-1] == 4
    assert (found[..., 3] == 255).all()


@pytest.mark.parametrize(
    "background", ["white", 255, (255, 255), (255,) * 4, (0, 0, 256), (0, 0, -1), (0.5, 0, 0), None]
)
def test_what_is_no_colour_is_refused(background):
    with pytest.raises(
        ValueError, match=r"`background` must be three whole levels.*Received: back"
    ):
        as_colour(background)


def test_a_list_is_a_colour_as_well():
    assert as_colour([1, 2, 3]) == (1, 2, 3)
