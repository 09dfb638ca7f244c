import keras
import numpy as np
import pytest

from keras_tl.training.variables import assign, assign_at, values, values_at


@pytest.fixture
def variables():
    return [keras.Variable(np.full(2, number, "float32")) for number in range(3)]


def test_values_are_copies_and_can_be_put_back(variables):
    kept = values(variables)
    for variable in variables:
        variable.assign_add([1.0, 1.0])
    assert [value[0] for value in kept] == [0, 1, 2]
    assign(variables, kept)
    assert [value[0] for value in values(variables)] == [0, 1, 2]


def test_some_are_known_by_their_position(variables):
    kept = values_at(variables, [2, 0])
    assert {position: value[0] for position, value in kept.items()} == {2: 2, 0: 0}
    for variable in variables:
        variable.assign([9.0, 9.0])
    assign_at(variables, kept)
    assert [value[0] for value in values(variables)] == [0, 9, 2]


def test_values_for_other_variables_are_refused(variables):
    with pytest.raises(ValueError, match="zip"):
        assign(variables, values(variables)[:-1])
