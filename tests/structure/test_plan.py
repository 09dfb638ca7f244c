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
