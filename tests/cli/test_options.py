import inspect

import pytest

import keras_tl as ktl
from keras_tl.cli import check_transfer, recommend, search, train
from keras_tl.cli.options import unless_none

PAIRS = {
    "search": (search.run, ktl.search),
    "check-transfer": (check_transfer.run, ktl.check_transfer),
    "recommend": (recommend.run, ktl.recommend),
    "train": (train.run, ktl.fine_tune),
}
FILLED_IN = ("weights", "pooling", "backbone")


@pytest.mark.parametrize(
    ("said", "meant"), [("none", None), (None, None), ("imagenet", "imagenet")]
)
def test_none_as_a_word(said, meant):
    assert unless_none(said) == meant


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_left_out_is_as_in_python(name):
    """Options that `completed` fills in depend on the data, and have no default of their own."""
    command, function = (inspect.signature(one).parameters for one in PAIRS[name])
    shared = [name for name in command if name in function and name not in FILLED_IN]
    assert shared
    assert {n: command[n].default for n in shared} == {n: function[n].default for n in shared}
