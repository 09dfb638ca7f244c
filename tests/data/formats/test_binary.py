import numpy as np
import pytest
import tensorflow as tf

from keras_tl.data.formats.binary import (
    MOST_PIECES,
    contains,
    number_at,
    numbers_at,
    opened,
    piece_at,
    require,
    starts,
    step,
    walk,
)

CONTENT = bytes(range(200, 240))


@pytest.fixture
def file():
    return opened(tf.constant(CONTENT))


@pytest.mark.parametrize("width", [1, 2, 4])
@pytest.mark.parametrize("little", [True, False])
def test_numbers_are_those_of_numpy(file, width, little):
    stored = np.frombuffer(CONTENT, f"{'<' if little else '>'}{'ui'[width == 4]}{width}", 3, 5)
    np.testing.assert_array_equal(numbers_at(file, 5, 3, width, little=little), stored)
    assert number_at(file, 5, width, little=little) == stored[0]


def test_beyond_the_end_there_are_zeros(file):
    assert number_at(file, 38, 4) == 238 + 256 * 239
    assert number_at(file, 40, 4) == 0


def test_pieces_end_with_the_file(file):
    found = [piece_at(file, *place).numpy() for place in ((1, 2), (38, 9), (41, 1), (3, -1))]
    assert found == [CONTENT[1:3], CONTENT[38:], b"", b""]


def test_a_beginning_is_found_in_its_place_only(file):
    assert starts(file, CONTENT[7:9], 7)
    assert not starts(file, CONTENT[7:9], 6)
    assert not starts(file, b"x", 40)


@pytest.mark.parametrize(
    ("what", "is_in"), [(CONTENT[:2], True), (CONTENT[-2:], True), (b"\xc8\xca", False)]
)
def test_what_occurs_is_found_wherever_it_is(what, is_in):
    assert bool(contains(tf.constant(CONTENT), what)) is is_in
    assert not contains(tf.constant(b""), what)


def test_steps_lead_ahead_and_stay_within_the_file(file):
    found = [int(step(file, 30, length)) for length in (-5, 0, 1, 4, 10, 11, 2**31 - 1)]
    assert found == [31, 31, 31, 34, 40, 40, 40]


def test_a_walk_ends_at_what_is_wanted_at_the_end_or_when_it_is_long(file):
    def arrive(wanted, length):
        return int(walk(file, 0, lambda _: length, lambda position: position == wanted))

    assert [arrive(*one) for one in ((12, 3), (13, 3), (0, 3), (39, 0))] == [12, 40, 0, 39]
    long = opened(tf.constant(bytes(MOST_PIECES + 100)))
    assert walk(long, 7, lambda _: 1, lambda _: tf.constant(False)) == 7 + MOST_PIECES


@pytest.mark.parametrize("graph", [False, True])
def test_what_is_required_and_does_not_hold_is_named(graph):
    def checked(condition):
        return require(condition, "a file with a fault", tf.constant(3))

    run = tf.function(checked) if graph else checked
    assert run(tf.constant(True)) == 3
    with pytest.raises(tf.errors.InvalidArgumentError, match="a file with a fault"):
        run(tf.constant(False))
