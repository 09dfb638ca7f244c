from keras_tl.evaluation.reporting.figures.curves import curves
from keras_tl.evaluation.reporting.history import PhaseCurve
from keras_tl.foundation.figures import as_png


def phase(name, epochs, **rates):
    metrics = {"loss": tuple(1 / epoch for epoch in epochs)}
    return PhaseCurve(
        name, epochs, metrics, {stage: (rate,) * len(epochs) for stage, rate in rates.items()}
    )


def test_stages_that_went_together_are_one_line():
    figure = curves([phase("full", (1, 2), stage1=0.1, stage2=0.1, head=0.3)], "words")
    _, rates = figure.axes
    assert [line.get_label() for line in rates.lines] == ["stage1 to stage2", "head"]


def test_one_epoch_is_drawn():
    figure = curves([phase("probe", (1,), stage1=0.0, head=0.1)], "words")
    assert as_png(figure)
    assert figure.axes[-1].get_xlim() == (0.5, 1.5)


def test_a_head_that_was_solved_for_has_validation_metrics_alone():
    solved = PhaseCurve(
        "solved", (1,), {"val_loss": (0.1,), "val_accuracy": (0.9,)}, {"head": (0.0,)}
    )
    loss, accuracy = curves([solved], "words").axes
    assert [line.get_label() for line in loss.lines] == ["validation"]
    assert accuracy.lines[0].get_ydata() == (0.9,)


def test_nothing_known_of_rates_leaves_their_panel_out():
    assert len(curves([phase("probe", (1, 2))], "words").axes) == 1
    assert len(curves([phase("probe", (1, 2), head=0.0)], "words").axes) == 1
