import keras_tuner as kt
import pytest

from keras_tl.tuning.settings import plain
from keras_tl.tuning.space import SearchSpace

PIECES = {"A": {"stage3": 2, None: 4}, "B": {None: 1}}


def declared(pieces=PIECES, **changes):
    return SearchSpace.of(changes).declare(pieces)


def drawn(hp, **fixed):
    """All the settings that KerasTuner draws for a hundred seeds, by plain names."""
    oracle = kt.oracles.RandomSearchOracle(
        objective=kt.Objective("val_accuracy", "max"), max_trials=100, hyperparameters=hp, seed=1
    )
    found = (oracle._random_values() for _ in range(100))
    return [values for values in map(plain, found) if fixed.items() <= values.items()]


def test_depth_depends_on_backbone_and_boundary():
    hp = declared(boundary=["stage3", None], trainable_stages=(0, 3))
    depths = {(v["backbone"], v["boundary"]): set() for v in drawn(hp)}
    for values in drawn(hp):
        depths[values["backbone"], values["boundary"]].add(values["trainable_stages"])
    assert depths == {("A", "stage3"): {0, 1, 2}, ("A", "end"): {0, 1, 2, 3}, ("B", "end"): {0, 1}}


def test_what_a_depth_does_not_have_is_not_declared():
    found = drawn(declared())
    for values in found:
        stages = values["trainable_stages"]
        assert ("backbone_rate" in values) == ("recipe" in values) == (stages > 0)
        assert ("layer_decay" in values) == (stages > 1)
    assert {values["trainable_stages"] for values in found} == {0, 1, 2, 3}


def test_a_list_is_a_choice_a_pair_a_range_and_anything_else_fixed():
    hp = declared({"A": {None: 4}}, dropout=[0.0, 0.5], label_smoothing=(0.0, 0.3), head="mlp")
    found = drawn(hp)
    assert {values["dropout"] for values in found} == {0.0, 0.5}
    assert all(0 <= values["label_smoothing"] <= 0.3 for values in found)
    assert len({values["label_smoothing"] for values in found}) > 50
    assert {values["head"] for values in found} == {"mlp"}


def test_rates_are_drawn_in_their_logarithm():
    rates = sorted(values["head_rate"] for values in drawn(declared(head_rate=(1e-4, 1e-2))))
    assert 4e-4 < rates[50] < 2.5e-3
    shares = sorted(values["dropout"] for values in drawn(declared(dropout=(0.1, 0.5))))
    assert 0.25 < shares[50] < 0.35


def test_one_backbone_has_plain_names():
    assert {p.name for p in declared({"A": {None: 4}}).space} == {
        "backbone", "boundary", "trainable_stages", "recipe", "backbone_rate", "layer_decay",
        "head", "head_rate", "dropout", "label_smoothing", "augment",
    }  # fmt: skip


def test_a_recipe_beside_the_space():
    assert SearchSpace.of({"dropout": 0.1}, "lp-ft") == SearchSpace(dropout=0.1, recipe="lp-ft")
    assert SearchSpace.of(SearchSpace(head="mlp"), None) == SearchSpace(head="mlp")


def test_depths_are_cut_to_what_there_is():
    assert SearchSpace(trainable_stages=(1, 3)).depths(2) == [1, 2]
    assert SearchSpace(trainable_stages=[0, 2, 9]).depths(5) == [0, 2]
    assert SearchSpace(trainable_stages=3).depths(5) == [3]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dropuot": 0.1}, "Unknown key in `space`: 'dropuot'.*Did you mean 'dropout'"),
        ({"head": "lnear"}, "`head` must be one of .*Did you mean 'linear'"),
        ({"recipe": ["lp-ft", "lpft"]}, "`recipe` must be one of .*Did you mean 'lp-ft'"),
        ({"augment": "mediun"}, "`augment` must be one of .*Did you mean 'medium'"),
        ({"trainable_stages": (-1, 2)}, "`trainable_stages` must be between 0 .*stages=-1"),
        ({"head_rate": (0, 1e-2)}, "`head_rate` must be between"),
        ({"backbone_rate": "fast"}, "`backbone_rate` must be between .*rate='fast'"),
        ({"layer_decay": 1.5}, "`layer_decay` must be between"),
        ({"dropout": (0.5, 0.1)}, r"`dropout` must begin with the lower end .*\(0.5, 0.1\)"),
        ({"dropout": []}, r"`dropout` must have a value"),
    ],
)
def test_a_mistake_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        SearchSpace.of(changes)


def test_a_depth_that_no_backbone_has_is_named():
    with pytest.raises(ValueError, match=r"`trainable_stages` must be at most 1.*stages=7"):
        SearchSpace(trainable_stages=7).declare({"B": {None: 1}})


def test_a_tuple_that_is_no_range_is_a_choice():
    space = SearchSpace(trainable_stages=(0, 1, 3), boundary=("stage3", None))
    assert space.depths(4) == [0, 1, 3]
    assert space.boundaries("A") == ["stage3", None]
    found = drawn(space.declare({"A": {"stage3": 2, None: 4}}))
    assert {values["trainable_stages"] for values in found} == {0, 1, 3}


def test_whole_numbers_among_fractions_are_fractions():
    """KerasTuner refuses choices of several types."""
    found = drawn(declared(dropout=[0, 0.5]))
    assert {values["dropout"] for values in found} == {0.0, 0.5}


def test_each_backbone_may_have_boundaries_of_its_own():
    space = SearchSpace(boundary={"A": ["stage3", None]})
    assert space.boundaries("A") == ["stage3", None]
    assert space.boundaries("B") == [None]


def test_the_default_is_what_is_usual_where_it_may_be_chosen():
    changes = {"head_rate": (1e-4, 1e-2), "backbone_rate": (1e-6, 1e-5), "dropout": [0.5, 0.0]}
    hp = declared({"A": {None: 4}}, **changes, trainable_stages=[1, 2])
    defaults = {parameter.name: parameter.default for parameter in hp.space}
    assert defaults["head_rate"] == 1e-3
    assert defaults["backbone_rate"] == 1e-6
    assert defaults["dropout"] == 0.0
    assert defaults["trainable_stages"] == 1
