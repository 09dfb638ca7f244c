import keras_tl as ktl
from keras_tl.structure.summary import summary


def test_summary_says_stage_by_stage_what_trains(make_tiny):
    model = make_tiny("residual")
    rows = [line.split() for line in summary(ktl.Plan.freeze_to(1), model, 0.01).splitlines()[2:]]
    stages = ktl.chain(model)
    assert [row[:2] for row in rows] == [["stage1", "frozen"], ["stage2", "all"], ["head", "all"]]
    assert [row[2] for row in rows] == ["0", f"{72 * 4 + 72 * 8 * 2 + 8:,}", "27"]
    assert [row[3] for row in rows] == [f"{stage.parameters:,}" for stage in stages]
    assert [row[4] for row in rows] == ["-", "0.01", "0.01"]
    assert [row[5] for row in rows] == ["frozen", "frozen", "none"]


def test_lowest_and_highest_rate_of_a_stage_are_numbers_in_order(make_tiny):
    selections = (ktl.Selection(kinds=("bias", "norm"), rate=1e-3), ktl.Selection())
    plan = ktl.Plan(selections, batch_norm="affine")
    row = summary(plan, make_tiny("residual"), 0.01).splitlines()[2]
    assert "1e-05 to 0.01" in row
