import pytest

import keras_tl as ktl


def test_freeze_to_minus_one_trains_the_head(make_tiny):
    assignment = ktl.Plan.freeze_to(-1).assign(make_tiny("residual"))
    assert [assignment.is_frozen(i) for i in range(3)] == [True, True, False]


def test_default_plan_trains_everything(make_tiny):
    assignment = ktl.Plan().assign(make_tiny("residual"))
    assert [assignment.trains(i) for i in range(3)] == ["all"] * 3


def test_selections_add_up(make_tiny):
    plan = ktl.Plan((ktl.Selection("stage1", "stage2", kinds=("bias",)), ktl.Selection(-1)))
    assignment = plan.assign(make_tiny("residual"))
    assert [assignment.trains(i) for i in range(3)] == ["bias", "frozen", "all"]


def test_plan_that_matches_nothing_is_an_error(make_tiny):
    with pytest.raises(ValueError, match="matches nothing"):
        ktl.Plan.freeze_to(3).assign(make_tiny("residual"))


def test_unknown_words_are_refused():
    with pytest.raises(ValueError, match="`kinds` must be one of"):
        ktl.Selection(kinds=("kernels",))
    with pytest.raises(ValueError, match="`batch_norm` must be one of"):
        ktl.Plan(batch_norm="off")
    with pytest.raises(ValueError, match="Did you mean 'block'"):
        ktl.Plan(granularity="blocks")


def test_plan_is_data():
    plan = ktl.Plan((ktl.Selection(0.5), ktl.Selection("head", kinds=("bias",))), "train", "block")
    assert ktl.Plan.from_dict(plan.to_dict()) == plan
    with pytest.raises(ValueError, match="Did you mean 'batch_norm'"):
        ktl.Plan.from_dict({"batchnorm": "frozen"})


def rates(plan, model):
    """Returns the multiples of the base rate in each stage."""
    assignment = plan.assign(model)
    return [sorted({f for _, f in assignment.multipliers(i)}) for i in range(len(ktl.chain(model)))]


def test_layer_decay_falls_from_the_head(make_tiny):
    assert rates(ktl.Plan.layer_decay(0.5), make_tiny("residual")) == [[0.25], [0.5], [1.0]]
    assert rates(ktl.Plan.layer_decay(0.5, first=1), make_tiny("residual")) == [[], [0.5], [1.0]]


def test_top_and_surgical(make_tiny):
    model = make_tiny("residual")
    assert rates(ktl.Plan.top(1), model) == [[], [1.0], [1.0]]
    assert rates(ktl.Plan.surgical(0, 1), model) == [[1.0], [], [1.0]]
    assert rates(ktl.Plan.surgical("stage1", "stage2"), model) == [[1.0], [], [1.0]]


def test_explicit_rates_by_stage(make_tiny):
    plan = ktl.Plan.by_stage({"stage2": 0.1, "head": 2.0})
    assert rates(plan, make_tiny("residual")) == [[], [0.1], [2.0]]
    with pytest.raises(ValueError, match="Did you mean 'stage2'"):
        ktl.Plan.by_stage({"stage_2": 0.1}).assign(make_tiny("residual"))


def test_first_selection_that_names_a_variable_decides(make_tiny):
    plan = ktl.Plan((ktl.Selection(-1, rate=10.0), ktl.Selection(rate=0.1)))
    assert rates(plan, make_tiny("residual")) == [[0.1], [0.1], [10.0]]


def test_kinds_everywhere_and_the_whole_head(make_tiny):
    model = make_tiny("pre_activation")
    assignment = ktl.Plan.only("bias").assign(model)
    assert [assignment.trains(i) for i in range(2)] == ["bias", "all"]
    assert ktl.Plan.only("norm").batch_norm == "affine"
    assert ktl.Plan.only("norm").assign(model).trains(0) == "norm"


def test_layers_by_pattern(make_tiny):
    model = make_tiny("shared_layer")
    plan = ktl.Plan((ktl.Selection(layers="again*"), ktl.Selection(-1)))
    assignment = plan.assign(model)
    found = [weight.path for weight, _ in assignment.multipliers(0)]
    assert found == ["again/kernel", "again/bias"]


@pytest.mark.parametrize(
    "selection",
    [ktl.Selection(layers="none*"), ktl.Selection(0, 0), ktl.Selection(-1, kinds=("norm",))],
)
def test_selection_that_matches_nothing_is_an_error(make_tiny, selection):
    with pytest.raises(ValueError, match="matches nothing"):
        ktl.Plan((selection,)).assign(make_tiny("residual"))


def test_plan_in_blocks_or_between_named_layers(make_tiny):
    model = make_tiny("residual")
    blocks = ktl.Plan.freeze_to(3, granularity="block").assign(model)
    assert [blocks.is_frozen(i) for i in range(6)] == [True] * 3 + [False] * 3
    after = ktl.chain(model, "block")[1].layers[-1].name
    plan = ktl.Plan.freeze_to(1, granularity=(after,))
    assert plan.assign(model).chain.names == ["stage1", "stage2", "head"]
    assert ktl.Plan.from_dict(plan.to_dict()) == plan


@pytest.mark.parametrize(
    "plan",
    [
        ktl.Plan.layer_decay(0.75),
        ktl.Plan.surgical(1, 3),
        ktl.Plan.only("bias", "norm"),
        ktl.Plan.by_stage({"stage1": 0.1, "head": 1.0}),
        ktl.Plan((ktl.Selection(layers="conv*", rate=3.0),), "recalibrate", "block"),
    ],
)
def test_every_plan_is_data(plan):
    assert ktl.Plan.from_dict(plan.to_dict()) == plan


def test_norms_that_are_held_are_nothing_to_train(make_tiny):
    plan = ktl.Plan((ktl.Selection(kinds=("norm",)),), batch_norm="frozen")
    with pytest.raises(ValueError, match="matches nothing"):
        plan.assign(make_tiny("residual"))
