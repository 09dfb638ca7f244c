import inspect

import pytest

import keras_tl as ktl
from keras_tl.training.recipes import RECIPES, as_recipe


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_survives_a_file(name, tmp_path):
    recipe = ktl.recipe(name)
    recipe.to_file(tmp_path / "recipe.yaml")
    assert ktl.Recipe.from_file(tmp_path / "recipe.yaml") == recipe


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_names_its_source(name):
    assert "arXiv:" in inspect.getdoc(RECIPES[name])


@pytest.mark.parametrize("name", RECIPES)
@pytest.mark.parametrize("graph", ["residual", "nested", "two_tensor"])
def test_recipe_can_be_read_against_any_graph(make_tiny, name, graph):
    model = make_tiny(graph)
    for phase in ktl.recipe(name):
        assert not phase.plan.assign(model).is_frozen(-1 % len(ktl.chain(model)))


def test_linear_probe_trains_the_head_only():
    (phase,) = ktl.recipe("linear-probe", epochs=3)
    assert phase.plan == ktl.Plan.freeze_to(-1)
    assert phase.epochs == 3


def test_lp_ft_trains_the_head_and_then_everything():
    probe, tuning = ktl.recipe("lp-ft", epochs=(2, 5), learning_rate=0.01)
    assert (probe.plan, tuning.plan) == (ktl.Plan.freeze_to(-1), ktl.Plan.freeze_to(0))
    assert (probe.epochs, tuning.epochs) == (2, 5)
    assert tuning.learning_rate == pytest.approx(probe.learning_rate / 10)
    assert tuning.plan.batch_norm == "frozen"


@pytest.mark.parametrize("stages", [2, 3])
def test_gradual_unfreezing_ends_with_everything(make_tiny, stages):
    model = make_tiny("residual")
    trained = [
        sum(not phase.plan.assign(model).is_frozen(i) for i in range(3))
        for phase in ktl.recipe("gradual-unfreezing", stages=stages)
    ]
    assert trained == sorted(trained)
    assert (trained[0], trained[-1]) == (1, 3)


def test_discriminative_rates_fall_by_a_factor_of_2_6(make_tiny):
    model = make_tiny("residual")
    assignment = ktl.recipe("discriminative").phases[-1].plan.assign(model)
    for i, expected in enumerate([1 / 2.6**2, 1 / 2.6, 1.0]):
        found = [factor for _, factor in assignment.multipliers(i)]
        assert found == pytest.approx([expected] * len(found))


@pytest.mark.parametrize("name", RECIPES)
def test_adjusted_sets_epochs_and_keeps_the_ratios_of_the_rates(name):
    recipe = ktl.recipe(name)
    assert recipe.adjusted() == recipe
    found = recipe.adjusted(epochs=2, learning_rate=0.5)
    assert [phase.epochs for phase in found] == [2] * len(recipe)
    ratios = [phase.learning_rate / recipe.phases[0].learning_rate for phase in recipe]
    assert [phase.learning_rate for phase in found] == pytest.approx([0.5 * r for r in ratios])
    assert [phase.plan for phase in found] == [phase.plan for phase in recipe]


def test_unknown_name_and_option_get_suggestions():
    with pytest.raises(ValueError, match="Did you mean 'lp-ft'"):
        ktl.recipe("lpft")
    with pytest.raises(ValueError, match="Did you mean 'patience'"):
        ktl.recipe("lp-ft", patince=3)


def test_a_recipe_stays_as_it_is_where_a_name_would_do():
    mine = ktl.recipe("full", epochs=2)
    assert as_recipe(mine) is mine
    assert as_recipe("full") == ktl.recipe("full")
