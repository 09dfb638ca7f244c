"""What a search leaves, from records of trials that were never trained."""

from types import SimpleNamespace

import keras_tl as ktl
from keras_tl.tuning import conclusion
from keras_tl.tuning.records import COMPLETED, TrialRecord


def recipe_of(best, trials, tmp_path):
    trainer = SimpleNamespace(granularity="stage", data=SimpleNamespace(multi_label=False))
    found = SimpleNamespace(best=best, trials=trials)
    recipe = conclusion._recipe(trainer, found, tmp_path / "recipe.yaml")
    assert ktl.Recipe.from_file(tmp_path / "recipe.yaml") == recipe
    return recipe


def trial(number, epochs, parent=None, **settings):
    settings = {"backbone": "small", "trainable_stages": 2, "head_rate": 1e-3, **settings}
    return TrialRecord(number, COMPLETED, settings, 0.9, epochs=epochs, parent=parent)


def test_the_recipe_is_that_of_all_trials_that_led_to_the_best(tmp_path):
    """Three rungs of 1, 3 and 9 epochs, each with a cosine of its own."""
    row = {"recipe": "gradual-unfreezing"}
    rungs = [
        trial("0", 1, **row),
        trial("1", 3, "0", **row),
        trial("2", 9, "1", **row),
    ]
    recipe = recipe_of(rungs[-1], rungs, tmp_path)
    assert [(phase.name, phase.epochs) for phase in recipe.phases] == [
        ("probe", 1),
        ("top 2", 1),
        ("fine-tuning, part 2", 2),
        ("fine-tuning, part 3", 6),
    ]
    assert {phase.schedule for phase in recipe.phases[1:]} == {"cosine"}


def test_the_recipe_of_a_probe_is_the_probe(tmp_path):
    assert [phase.name for phase in recipe_of(trial("0", 0), [], tmp_path).phases] == ["probe"]


def test_a_parent_that_is_not_known_adds_nothing(tmp_path):
    recipe = recipe_of(trial("1", 3, "0"), [], tmp_path)
    assert [phase.epochs for phase in recipe.phases] == [1, 3]
