import gc
import weakref

import keras
import numpy as np
import pytest

from keras_tl.tuning.forgetting import forgetting

IMAGES, LABELS = np.zeros((8, 4, 4, 3), "float32"), np.zeros(8, int)


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 2

    def __getitem__(self, number):
        return IMAGES[:4], LABELS[:4]


def build():
    image = keras.Input((4, 4, 3))
    output = keras.layers.Dense(2)(keras.layers.Flatten()(image))
    model = keras.Model(image, output)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def train():
    """Trains a model, and returns what lives only as long as it is held."""
    model, batches = build(), Batches(workers=1)
    model.fit(batches, verbose=0)
    return [weakref.ref(thing) for thing in (model, batches, model.trainable_weights[0].value)]


@forgetting()
def fail():
    train()
    raise RuntimeError("stop")


def traced_steps():
    gc.collect()
    return sum(type(thing).__name__ == "FuncGraph" for thing in gc.get_objects())


def test_model_data_and_traced_step_are_gone():
    before = traced_steps()
    for _ in range(2):
        with forgetting():
            held = train()
        assert [reference() for reference in held] == [None] * 3
    assert traced_steps() == before


def test_without_it_the_step_stays():
    before = traced_steps()
    with forgetting():
        train()
        keras.backend.clear_session()
        assert traced_steps() > before


def test_all_is_let_go_after_an_error():
    before = traced_steps()
    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert traced_steps() == before


def test_what_was_traced_before_can_still_be_trained():
    model = build()
    model.fit(IMAGES, LABELS, batch_size=4, verbose=0)
    with forgetting():
        train()
    start = model.get_weights()
    model.fit(IMAGES + 1, LABELS, batch_size=2, verbose=0)
    assert any((old != new).any() for old, new in zip(start, model.get_weights(), strict=True))


def test_names_begin_afresh():
    with forgetting():
        first = build().layers[-1].name
    with forgetting():
        assert build().layers[-1].name == first
