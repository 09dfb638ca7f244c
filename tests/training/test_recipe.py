import pytest

import keras_tl as ktl


def test_adjusted_takes_an_epoch_count_a_phase():
    assert [p.epochs for p in ktl.recipe("lp-ft").adjusted(epochs=(4, 7))] == [4, 7]
    with pytest.raises(ValueError, match=r"'lp-ft' has 2\. Received: epochs=\(1, 2, 3\)"):
        ktl.recipe("lp-ft").adjusted(epochs=(1, 2, 3))
    with pytest.raises(ValueError, match="`learning_rate` must be between"):
        ktl.recipe("lp-ft").adjusted(learning_rate=0.0)


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
