import numpy as np
import pytest
from PIL import Image

from keras_tl.data.decode import resize
from keras_tl.evaluation.given_pictures import as_split


def test_a_split_is_taken_as_it_is(make_model, data):
    split, aside = as_split(make_model(), data.train, "images")
    assert split is data.train
    assert aside == ()


@pytest.mark.parametrize("policy", ["crop", "pad", "stretch"])
def test_arrays_are_read_as_the_model_takes_them(make_model, policy):
    images = np.random.default_rng(0).integers(0, 256, (3, 20, 40, 3), dtype="uint8")
    split, _ = as_split(make_model(resize=policy), images, "images")
    expected = resize(images.astype("float32"), (16, 16), policy)
    np.testing.assert_allclose(split.images(), expected, atol=1e-4)
    assert split.names() == ["#0", "#1", "#2"]


def test_files_show_the_background_of_the_model(make_model, tmp_path):
    Image.new("RGBA", (16, 16), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    split, _ = as_split(make_model(background=(10, 20, 30)), tmp_path / "clear.png", "images")
    np.testing.assert_array_equal(split.images()[0, 0, 0], [10, 20, 30])


def test_errors_name_the_argument_of_the_caller(make_model):
    with pytest.raises(ValueError, match="`pictures` must name at least one picture"):
        as_split(make_model(), [], "pictures")
