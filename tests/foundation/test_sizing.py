import pytest

from keras_tl.foundation.sizing import as_size


def test_one_number_is_a_square():
    assert as_size(32) == (32, 32)
    assert as_size((20, 30)) == as_size([20, 30]) == (20, 30)


@pytest.mark.parametrize("size", [0, -1, (32, 0), (32,), (1, 2, 3), (32.0, 32)])
def test_other_sizes_are_named(size):
    with pytest.raises(ValueError, match=r"`image_size` must be .* Received: image_size="):
        as_size(size)
