import pytest

import keras_tl as ktl
from keras_tl.structure.freezing import apply
from keras_tl.tuning.settings import RECIPES, Settings, plain, scoped

SETTINGS = Settings(
    "small", trainable_stages=3, head_rate=1e-2, backbone_rate=1e-3, layer_decay=0.5
)


def rates_by_stage(plan, model):
    trained = apply(plan, model)
    found = dict(
        zip(map(id, trained.trainable_variables), plan.assign(model).rates(trained), strict=True)
    )
    stages = {s.name: [w for layer in s.layers for w in layer.weights] for s in ktl.chain(model)}
    return {
        name: {found[id(w)] for w in weights if id(w) in found} for name, weights in stages.items()
    }


def test_the_last_piece_learns_at_its_rate_and_each_before_it_slower(model):
    found = rates_by_stage(SETTINGS.plan(3), model)
    assert all(len(different) == 1 for different in found.values())
    expected = {"stage1": 0.025, "stage2": 0.05, "stage3": 0.1, "head": 1.0}
    assert {name: max(same) for name, same in found.items()} == pytest.approx(expected)


@pytest.mark.parametrize("stages", [0, 1, 2, 3])
def test_depth_is_counted_from_the_head(model, stages):
    trained = [
        name for name, found in rates_by_stage(SETTINGS.plan(stages), model).items() if found
    ]
    assert trained == ["stage1", "stage2", "stage3", "head"][3 - stages :]


def test_blocks_can_be_counted(model):
    plan = Settings("small", trainable_stages=1, granularity="block").plan(1)
    assert plan.granularity == "block"


@pytest.mark.parametrize("row", RECIPES)
@pytest.mark.parametrize("epochs", [1, 2, 5, 7])
def test_every_recipe_trains_all_its_epochs_and_ends_at_its_depth(model, row, epochs):
    settings = Settings("small", trainable_stages=3, recipe=row)
    recipe = settings.to_recipe(epochs)
    assert sum(phase.epochs for phase in recipe) == epochs
    last = rates_by_stage(recipe.phases[-1].plan, model)
    if row == "norm-only":
        assert last["stage1"]
        kernels = [layer.kernel for layer in model.layers if hasattr(layer, "kernel")][:-1]
        trained = set(map(id, apply(recipe.phases[-1].plan, model).trainable_variables))
        assert trained.isdisjoint(map(id, kernels))
    assert all(last.values())


def test_gradual_unfreezing_thaws_from_the_head(model):
    recipe = Settings("small", trainable_stages=3, recipe="gradual-unfreezing").to_recipe(5)
    depths = [
        sum(bool(found) for found in rates_by_stage(phase.plan, model).values()) - 1
        for phase in recipe
    ]
    assert depths == [1, 2, 3]


def test_with_few_epochs_gradual_unfreezing_takes_several_at_once(model):
    recipe = Settings("small", trainable_stages=3, recipe="gradual-unfreezing").to_recipe(2)
    depths = [
        sum(bool(found) for found in rates_by_stage(phase.plan, model).values()) - 1
        for phase in recipe
    ]
    assert depths == [2, 3]


def test_who_goes_on_has_thawed_already():
    settings = Settings("small", trainable_stages=3, recipe="gradual-unfreezing")
    assert len(settings.to_recipe(6, is_going_on=True)) == 1


def test_values_of_a_trial_by_plain_names():
    assert scoped("boundary", []) == "boundary"
    name = scoped("trainable_stages", ["A", "end"])
    assert plain({name: 2, "head": "mlp"}) == {"trainable_stages": 2, "head": "mlp"}
    found = Settings.of({"backbone": "A", "boundary (A)": "end", name: 2, "tuner/epochs": 3})
    assert found == Settings("A", None, trainable_stages=2)
    assert Settings.of({"backbone": "A", "boundary": "stage2"}).boundary == "stage2"
