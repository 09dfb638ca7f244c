import io
from base64 import b64decode

import numpy as np
import pytest
from PIL import Image

from keras_tl.evaluation.reporting.picture import small_picture


@pytest.mark.parametrize(
    ("size", "expected", "is_coarse"),
    [((16, 16), (16, 16), True), ((300, 600), (192, 96), False), ((150, 100), (100, 150), False)],
)
def test_pictures_are_small_and_few_pixels_are_told(size, expected, is_coarse):
    found = small_picture(np.full((*size, 3), 120.0), "grey")
    kind, _, content = found.source.partition(";base64,")
    picture = Image.open(io.BytesIO(b64decode(content)))
    assert kind == "data:image/jpeg"
    assert picture.size == expected
    assert (found.words, found.is_coarse) == ("grey", is_coarse)
    np.testing.assert_allclose(np.asarray(picture), 120, atol=2)
