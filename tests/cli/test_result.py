import pytest

from keras_tl.cli.result import show_result
from keras_tl.training.run_directory import RunDirectory


@pytest.fixture
def run(tmp_path):
    """The files of a finished run, in a directory whose name looks like markup."""
    directory = RunDirectory(tmp_path / "a [/b] run")
    history = [{"loss": 0.5}, {"loss": 0.4}]
    phase = {"name": "probe", "history": history, "stages": ["stage2", "head"]}
    directory.write_history({"phases": [{**phase, "validation": {"accuracy": 0.75}}]})
    entry = {"accuracy": 0.5, "accuracy_interval": [0.25, 0.625]}
    directory.metrics_path.write_text(
        '{"accuracy": 0.875, "accuracy_interval": [0.75, 1.0], "examples": 40, "set_aside": [],'
        f' "baselines": {{"majority class": {str(entry).replace(chr(39), chr(34))}}}}}'
    )
    return directory


def test_phases_scores_baselines_and_places_are_shown(run, capsys):
    show_result(run)
    text = capsys.readouterr().out
    lines = [line.split() for line in text.splitlines()]
    assert ["probe", "2", "stage2,", "head", "75.0%"] in lines
    assert ["fine-tuned", "87.5%", "75.0%", "to", "100.0%"] in lines
    assert ["majority", "class", "50.0%", "25.0%", "to", "62.5%"] in lines
    assert "on 40 test images" in text
    assert str(run.model_path) in text
    assert f"{run.path / 'export' / '1'} (proven)" in text
    assert "set aside" not in text
    assert f'-v "{run.path.resolve()}/export:/models/{run.path.name}"' in text
    assert "localhost:8501/v1/models/" in text


@pytest.mark.parametrize(
    ("measured", "cell"), [({"binary_accuracy": 0.625}, "62.5%"), ({}, "-"), ({"loss": 1.0}, "-")]
)
def test_validation_of_several_labels_or_without_a_split(run, capsys, measured, cell):
    history = run.read_history()
    history["phases"][0]["validation"] = measured
    run.write_history(history)
    show_result(run)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["probe", "2", "stage2,", "head", cell] in lines
