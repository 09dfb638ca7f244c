import numpy as np
import pytest
from PIL import Image

from keras_tl.evaluation.explaining.overlay import coloured, overlay

IMAGE = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype="uint8")
MAP = np.linspace(0, 1, 48, dtype="float32").reshape(6, 8)


def test_lightness_rises_with_the_value():
    """Told apart in grey too: Rec. 709 luma of the colours."""
    luma = coloured(np.linspace(0, 1, 256)[None])[0] @ [0.2126, 0.7152, 0.0722]
    assert (np.diff(luma) > -1.0).all()
    assert luma[0] < 5
    assert luma[-1] > 200
    assert np.corrcoef(luma, np.arange(256))[0, 1] > 0.98


@pytest.mark.parametrize("alpha", [0.0, 0.3, 1.0])
def test_alpha_is_the_share_of_the_map(alpha):
    expected = (1 - alpha) * IMAGE.astype(float) + alpha * coloured(MAP)
    np.testing.assert_allclose(overlay(IMAGE, MAP, alpha=alpha), expected, atol=1)


def test_it_can_be_enlarged_as_pillow_does():
    found = overlay(IMAGE, MAP, alpha=0.5, size=(30, 20))
    small = Image.fromarray(overlay(IMAGE, MAP, alpha=0.5))
    np.testing.assert_array_equal(found, small.resize((20, 30), Image.Resampling.BICUBIC))
