import pytest

from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.sections.learning_curves import learning_curves
from keras_tl.foundation.files import write_json


@pytest.fixture
def two_phases(tmp_path, subject_of):
    """A run of a probe and a fine-tuning, as training leaves it."""
    rows = [
        {"epoch": 0, "loss": 2.0, "accuracy": 0.25, "val_loss": 1.5, "val_accuracy": 0.5},
        {"epoch": 1, "loss": 1.0, "accuracy": 0.5, "val_loss": 1.25, "val_accuracy": 0.75},
    ]
    later = [{"epoch": 2, "loss": 0.5, "accuracy": 0.75, "val_loss": 1.0, "val_accuracy": 1.0}]
    common = {"table": "as shown", "validation": {"accuracy": 0.75}}
    phases = [
        {"name": "probe", "stages": ["head"], "history": rows, **common},
        {"name": "fine-tuning", "stages": ["stage1", "head"], "history": later, **common},
    ]
    write_json(tmp_path / "history.json", {"phases": phases})
    (tmp_path / "history.csv").write_text(
        "phase,epoch,rate stage1,rate head\nprobe,0,0.0,0.1\nprobe,1,0.0,0.2\n"
        "fine-tuning,2,0.01,0.02\n"
    )
    return subject_of(tmp_path)


def test_epochs_have_their_metrics_and_the_rates_of_the_stages(two_phases):
    first, second = learning_curves(two_phases).phases
    assert (first.name, first.epochs, second.epochs) == ("probe", (1, 2), (3,))
    assert first.metrics["val_accuracy"] == (0.5, 0.75)
    assert first.rates == {"stage1": (0.0, 0.0), "head": (0.1, 0.2)}
    assert second.rates == {"stage1": (0.01,), "head": (0.02,)}


def test_the_words_say_where_each_phase_went(two_phases):
    words = learning_curves(two_phases).words
    assert "3 epochs in 2 phases" in words
    assert "probe, epochs 1 to 2: loss from 2 to 1, validation loss from 1.5 to 1.25" in words
    assert "fine-tuning, epochs 3 to 3" in words
    assert "Rates: stage1 at most 0.01, head at most 0.02." in words
    assert learning_curves(two_phases).curves_figure().get_label() == words


def test_borders_stand_between_phases_and_frozen_stages_are_not_drawn(two_phases):
    loss, accuracy, rates = learning_curves(two_phases).curves_figure().axes
    for axes in (loss, accuracy, rates):
        assert axes.lines[-1].get_xdata()[0] == 2.5
    drawn = {line.get_label(): line.get_ydata() for line in rates.lines[:-1]}
    assert drawn["head"].tolist() == [0.1, 0.2, 0.02]
    assert drawn["stage1"].tolist()[2] == 0.01
    assert all(value != value for value in drawn["stage1"][:2])  # NaN
    assert [text.get_text() for text in loss.texts] == ["probe", "fine-tuning"]


def test_without_the_table_of_rates_or_a_validation_split_the_rest_is_drawn(two_phases):
    (two_phases.run.path / "history.csv").unlink()
    found = learning_curves(two_phases)
    assert found.phases[0].rates == {}
    assert len(found.curves_figure().axes) == 2


def test_the_accuracy_of_several_labels_is_drawn_too(tmp_path, subject_of):
    rows = [{"epoch": 0, "loss": 1.0, "binary_accuracy": 0.5, "val_binary_accuracy": 0.25}]
    phase = {"name": "probe", "stages": ["head"], "history": rows, "table": "", "validation": {}}
    write_json(tmp_path / "history.json", {"phases": [phase]})
    found = learning_curves(subject_of(tmp_path))
    assert found.phases[0].metrics == {"loss": (1.0,), "accuracy": (0.5,), "val_accuracy": (0.25,)}
    assert len(found.curves_figure().axes) == 2


def test_a_head_that_was_solved_for_has_no_epochs_to_draw(tmp_path, subject_of):
    rows = [{"epoch": 0, "val_loss": 0.1, "val_accuracy": 0.9}]
    phase = {"name": "solved", "stages": ["head"], "history": rows, "table": "", "validation": {}}
    write_json(tmp_path / "history.json", {"phases": [phase]})
    with pytest.raises(Unavailable, match="no epochs to draw"):
        learning_curves(subject_of(tmp_path))
