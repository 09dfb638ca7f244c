import pytest

import keras_tl as ktl
from keras_tl.training.recipes import RECIPES


@pytest.mark.parametrize("name", RECIPES)
def test_recipe_survives_a_file(name, tmp_path):
    recipe = ktl.recipe(name)
    recipe.to_file(tmp_path / "recipe.yaml")
    assert ktl.Recipe.from_file(tmp_path / "recipe.yaml") == recipe


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


def test_unknown_name_and_option_get_suggestions():
    with pytest.raises(ValueError, match="Did you mean 'lp-ft'"):
        ktl.recipe("lpft")
    with pytest.raises(ValueError, match="Did you mean 'patience'"):
        ktl.recipe("lp-ft", patince=3)


def test_edited_file_is_checked(tmp_path):
    path = tmp_path / "recipe.yaml"
    path.write_text("name: mine\nphases:\n- {name: head, epochz: 3}\n")
    with pytest.raises(ValueError, match="Did you mean 'epochs'"):
        ktl.Recipe.from_file(path)
    path.write_text("phases: 3\n")
    with pytest.raises(ValueError, match="must be a recipe"):
        ktl.Recipe.from_file(path)
    path.write_text("a: [1\n")
    with pytest.raises(ValueError, match="not a YAML file"):
        ktl.Recipe.from_file(path)


def test_recipe_without_phases_is_refused():
    with pytest.raises(ValueError, match="at least one phase"):
        ktl.Recipe("none", ())
