import random

import keras_tuner as kt
import pytest

from keras_tl.tuning.oracles.draws import (
    active_values,
    combinations,
    draw,
    draw_new,
    options,
    position,
)


def space():
    hp = kt.HyperParameters()
    hp.Choice("backbone", ["A", "B"])
    for backbone in ["A", "B"]:
        with hp.conditional_scope("backbone", [backbone]):
            hp.Choice("boundary", [f"{backbone}1", f"{backbone}2"])
    hp.Int("trainable_stages", 0, 2)
    with hp.conditional_scope("trainable_stages", [1, 2]):
        hp.Choice("recipe", ["lp-ft", "gradual-unfreezing"], default="gradual-unfreezing")
    return hp.space


@pytest.mark.parametrize(
    ("declare", "expected"),
    [
        (lambda hp: hp.Choice("x", ["a", "b", "c"], default="b"), ["b", "a", "c"]),
        (lambda hp: hp.Boolean("x"), [False, True]),
        (lambda hp: hp.Fixed("x", 3), [3]),
        (lambda hp: hp.Int("x", 1, 4, default=3), [3, 1, 2, 4]),
        (lambda hp: hp.Int("x", 2, 16, step=2, sampling="log"), [2, 4, 8, 16]),
        (lambda hp: hp.Float("x", 0.1, 0.7, step=0.1, default=0.3), [0.3, 0.1, 0.2, 0.4, 0.5, 0.6]),
    ],
)
def test_options_begin_with_the_default_and_hold_each_value_once(declare, expected):
    hp = kt.HyperParameters()
    declare(hp)
    found = options(hp.space[0])
    assert found == pytest.approx(expected) if isinstance(found[0], float) else found == expected
    assert [type(value) for value in found] == [type(found[0])] * len(expected)


def test_a_range_without_a_step_gives_its_default_and_ten_values_that_rise():
    hp = kt.HyperParameters()
    hp.Float("x", 1e-4, 1e-1, sampling="log")
    first, *others = options(hp.space[0])
    assert first == 1e-4
    assert others == sorted(others)
    assert len(others) == 10


def test_combinations_are_all_there_is_and_what_was_declared_first_changes_slowest():
    found = list(combinations(space()))
    assert len(found) == 2 * 2 * (1 + 2 * 2)
    assert found[0] == {"backbone": "A", "boundary": "A1", "trainable_stages": 0}
    assert found[1] == {
        "backbone": "A",
        "boundary": "A1",
        "trainable_stages": 1,
        "recipe": "gradual-unfreezing",
    }
    assert [values["backbone"] for values in found] == ["A"] * 10 + ["B"] * 10
    assert [values["boundary"] for values in found[:10]] == ["A1"] * 5 + ["A2"] * 5
    assert all(values not in found[:index] for index, values in enumerate(found))


def test_what_is_drawn_is_a_combination_and_keeps_what_is_fixed():
    allowed = list(combinations(space()))
    for seed in range(20):
        values = draw(space(), random.Random(seed), {"boundary": "B2", "backbone": "B"})
        assert values in allowed
        assert (values["backbone"], values["boundary"]) == ("B", "B2")


def test_new_draws_differ_until_none_is_left():
    allowed = list(combinations(space()))
    found = draw_new(space(), random.Random(0), 100, taken=allowed[:3])
    assert len(found) == 17
    assert sorted(map(str, found)) == sorted(map(str, allowed[3:]))


def test_fewer_draws_are_the_first_of_more():
    assert draw_new(space(), random.Random(5), 3) == draw_new(space(), random.Random(5), 9)[:3]


def test_what_is_not_active_is_removed_and_what_is_not_declared_stays():
    for values in combinations(space()):
        assert active_values(space(), values) == values
    frozen = {"backbone": "B", "boundary": "B1", "trainable_stages": 0, "tuner/epochs": 3}
    assert active_values(space(), {**frozen, "recipe": "lp-ft"}) == frozen


def test_positions_sort_in_the_order_of_declaration_whatever_a_setting_is_called_in_its_scope():
    hp = kt.HyperParameters()
    hp.Choice("backbone", ["z", "a"])
    for backbone in ["z", "a"]:
        with hp.conditional_scope("backbone", [backbone]):
            hp.Int(f"trainable_stages ({backbone})", 0, 12)
    found = list(combinations(hp.space))
    mixed = random.Random(0).sample(found, len(found))
    names = ("backbone", "boundary", "trainable_stages")
    assert sorted(mixed, key=lambda values: position(hp.space, values, names)) == found
