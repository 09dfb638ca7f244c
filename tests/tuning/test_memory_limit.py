from dataclasses import replace

import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.tuning.memory_limit import is_out_of_memory, within_memory

RECIPE = ktl.Recipe("r", (ktl.Phase("a"), ktl.Phase("b", optimizer="sgd")))


class ResourceExhaustedError(Exception):
    """Stands for TensorFlow's."""


FULL = ResourceExhaustedError("OOM when allocating tensor")


def fits(size, error=FULL):
    """Returns a training that fails above a batch size, and the batches that it was given."""
    tried = []

    def train(data, recipe):
        tried.append(
            (
                data.train.batch_size,
                data.validation.batch_size,
                [p.optimizer_options.get("gradient_accumulation_steps", 1) for p in recipe],
            )
        )
        if data.train.batch_size > size:
            raise error
        return "trained"

    return train, tried


def test_what_fits_is_left_alone(data):
    train, tried = fits(8)
    assert within_memory(train, data, RECIPE) == ("trained", ())
    assert tried == [(8, 8, [1, 1])]


def test_half_the_batch_twice_the_accumulation(data):
    train, tried = fits(2)
    found, notes = within_memory(train, data, RECIPE)
    assert found == "trained"
    assert tried == [(8, 8, [1, 1]), (4, 4, [2, 2]), (2, 2, [4, 4])]
    assert notes[-1] == "out of memory: batches of 2, gradients of 4 make an update"
    assert len(notes) == 2
    assert data.train.batch_size == 8


def test_one_image_that_does_not_fit_is_an_error(data):
    train, tried = fits(0)
    with pytest.raises(ResourceExhaustedError):
        within_memory(train, data, RECIPE)
    assert [sizes[0] for sizes in tried] == [8, 4, 2, 1]


def test_other_errors_are_not_of_memory(data):
    train, tried = fits(0, ValueError("shapes"))
    with pytest.raises(ValueError, match="shapes"):
        within_memory(train, data, RECIPE)
    assert len(tried) == 1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError(), True),
        (RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 10 bytes"), True),
        (RuntimeError("shapes do not match"), False),
    ],
)
def test_signs_of_every_backend(error, expected):
    assert is_out_of_memory(error) == expected


def test_the_error_of_tensorflow_itself():
    import tensorflow as tf

    assert is_out_of_memory(tf.errors.ResourceExhaustedError(None, None, "no room"))


def test_accumulated_halves_make_the_update_of_the_whole_batch(data, make_backbone):
    """With SGD and batches without remainder the weights are those of the whole batch."""
    phase = ktl.Phase("all", ktl.Plan.freeze_to(0), 1, 0.05, optimizer="sgd", restore_best=False)
    recipe = ktl.Recipe("sgd", (phase,))
    train = data.train
    divisible = type(train)(
        train.pictures,
        train.numbers[:40],
        train.labels[:40],
        train.class_names,
        batch_size=8,
        seed=0,
    )
    whole = replace(data, train=divisible)
    found = []
    for limit in (8, 4):
        model = ktl.build_classifier(make_backbone(), data)
        start = model.get_weights()

        def train_within(data, recipe, limit=limit, model=model):
            if data.train.batch_size > limit:
                raise MemoryError
            ktl.fine_tune(model, data, recipe, cache=False, verbose=0)

        dropless = [layer for layer in model.layers if hasattr(layer, "rate")]
        for layer in dropless:
            layer.rate = 0.0
        within_memory(train_within, whole, recipe)
        found.append(model.get_weights())
        assert any((a != b).any() for a, b in zip(start, found[-1], strict=True))
    for one, other in zip(*found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_half_of_an_odd_batch_makes_an_update_of_no_fewer_images(data):
    train, tried = fits(1)
    odd = replace(data, train=data.train.with_batch_size(12))
    within_memory(train, odd, RECIPE)
    sizes = [(size, steps[0]) for size, _, steps in tried]
    assert sizes == [(12, 1), (6, 2), (3, 4), (1, 12)]
