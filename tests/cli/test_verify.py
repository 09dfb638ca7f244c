import json

import pytest
import typer
from typer.testing import CliRunner

from keras_tl.cli import verify


@pytest.fixture
def ask():
    """Runs the command alone; returns its exit code, what it printed and its error."""
    app = typer.Typer()
    app.command()(verify.run)

    def run(*arguments):
        done = CliRunner().invoke(app, [str(argument) for argument in arguments])
        return done.exit_code, done.output, done.exception

    return run


def test_an_export_of_a_run_is_proven_on_its_test_pictures(ask, run_dir, photos, tmp_path, capsys):
    out = tmp_path / "proof.json"
    code, _, error = ask(
        run_dir / "export", "--model", run_dir, "--on", photos, "--out", out,
        "--assert-accuracy-at-least", "0.01", "--no-measure",
    )  # fmt: skip
    assert code == 0, error
    proof = json.loads(out.read_text())
    metrics = json.loads((run_dir / "metrics.json").read_text())
    assert proof["examples"] == metrics["examples"]
    assert proof["accuracy"] == pytest.approx(metrics["accuracy"])
    assert proof["largest_difference"] <= proof["tolerance"]
    assert proof["bad_images"] == "nan"
    assert proof["measurement"] is None


def test_an_export_that_is_not_good_enough_fails(ask, run_dir, photos, monkeypatch):
    from keras_tl.serving.proving import gate

    monkeypatch.setattr(gate, "_accuracy", lambda *_: 0.5)
    code, _, error = ask(
        run_dir / "export" / "1", "--model", run_dir, "--on", photos,
        "--assert-accuracy-at-least", "0.9", "--no-measure",
    )  # fmt: skip
    assert code == 1
    assert "right on 50.0% of 6 pictures, less than the 90.0% asked for" in str(error)
