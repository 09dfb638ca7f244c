import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.data.stand_ins import stand_ins


class Fragile:
    """Pictures of their own number, some of which cannot be read."""

    def __init__(self, *lost):
        self.lost = set(lost)

    def read(self, numbers):
        if self.lost & set(numbers):
            raise OSError(5, "broken")
        return np.asarray(numbers, "float32")

    def names(self, numbers):
        return [f"{number}.jpg" for number in numbers]


def test_the_next_one_with_the_same_label_stands_in():
    numbers, labels = np.array([7, 8, 9, 5]), np.array([0, 1, 1, 0])
    with pytest.warns(UserWarning, match=r"2 of 4 .* First: 8\.jpg: broken"):
        chosen = stand_ins(Fragile(8, 5), numbers, labels)
    assert chosen.tolist() == [0, 2, 2, 0]


def test_any_other_stands_in_where_none_has_the_label():
    labels = np.array([[1, 0], [0, 1], [1, 0]])
    with pytest.warns(UserWarning, match="1 of 3"):
        chosen = stand_ins(Fragile(1), np.arange(3), labels)
    assert chosen.tolist() == [0, 2, 2]


def test_what_can_be_read_is_left_alone():
    assert stand_ins(Fragile(), np.arange(3), np.zeros(3)).tolist() == [0, 1, 2]


def test_a_batch_without_a_readable_picture_is_an_error_that_names_one():
    with pytest.raises(OSError, match=r"No picture of a batch.*3\.jpg: broken"):
        stand_ins(Fragile(3, 4), np.array([3, 4]), np.zeros(2))


@pytest.mark.parametrize("harm", ["vanishes", "breaks"])
@pytest.mark.filterwarnings("default")
def test_a_file_that_is_lost_during_training_ends_no_run(harm, make_folder, recwarn):
    from pathlib import Path

    import keras

    data = ktl.load_data(make_folder({"cat": 12, "dog": 12}), image_size=32, batch_size=8)
    lost = Path(data.train.names()[0])

    class Harm(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            lost.unlink(missing_ok=True) if harm == "vanishes" else lost.write_bytes(b"no more")

    model = ktl.build_classifier("MobileNetV2", data, weights=None, boundary="stage1")
    recipe = ktl.Recipe("full", (ktl.Phase("full", ktl.Plan(), 2, restore_best=False),))
    result = ktl.fine_tune(model, data, recipe, callbacks=[Harm()], cache=False, verbose=0)
    assert len(result.history) == 2
    said = [str(warning.message) for warning in recwarn if "stand in" in str(warning.message)]
    assert any(lost.name in text for text in said)
