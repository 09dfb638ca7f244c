import json
import re

import pytest

from keras_tl.cli import search
from keras_tl.cli.search import _setting

FEW = ("--labels-per-class", "5", "--epochs", "1", "--set", "trainable_stages=0:1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dropout=0,0.5", ("dropout", [0, 0.5])),
        ("trainable_stages=0:4", ("trainable_stages", (0, 4))),
        ("head_rate=1e-4:1e-2", ("head_rate", (1e-4, 1e-2))),
        ("head=mlp", ("head", "mlp")),
        ("boundary=stage3,none", ("boundary", ["stage3", None])),
    ],
)
def test_what_a_setting_may_be(text, expected):
    assert _setting(text) == expected


def test_a_setting_without_a_value_is_named(cli, tmp_path):
    code, output = cli("search", "digits", "--out", tmp_path, "--set", "dropout")
    assert code == 2
    assert "NAME=LOW:HIGH" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--oracle", "bayesain"), "Did you mean 'bayesian'"),
        (("--set", "droput=0"), "Did you mean 'dropout'"),
        (("--objective", "accuracy"), "`objective` must be one of"),
    ],
)
def test_a_mistake_is_named(cli, tmp_path, arguments, message):
    code, output = cli("search", "digits", "--out", tmp_path, *arguments)
    assert code == 1
    assert message in output
    assert not (tmp_path / "config.yaml").exists()


def test_options_reach_the_search(cli, tmp_path, monkeypatch):
    asked = {}

    def remember(data, **options):
        asked.update(options, data=data)
        raise ValueError("enough")

    monkeypatch.setattr("keras_tl.tuning.search.search", remember)
    cli(
        "search", "digits", "--out", tmp_path, "--oracle", "random", "--max-trials", "7",
        "--set", "dropout=0.1", "--depth-curve", "--keep", "2",
    )  # fmt: skip
    assert asked["backbones"] == ["MobileNetV2"]
    assert (asked["weights"], asked["pooling"]) == ("glyphs", "flatten")
    assert asked["space"] == {"dropout": 0.1}
    assert (asked["oracle"], asked["max_trials"], asked["keep"]) == ("random", 7, 2)
    assert asked["depth_curve"] is True
    assert asked["data"].image_size == (64, 64)
    assert search.NAME == "search"


@pytest.mark.slow
def test_a_search_of_the_digits(command, tmp_path):
    asked = ("search", "digits", "--out", tmp_path / "run", "--max-trials", "2", *FEW)
    first = command(*asked)
    assert first.returncode == 0, first.stderr
    assert re.search(r"Best +trial \d: val_accuracy 0\.\d+", first.stdout)
    assert re.search(r"Test +accuracy \d+\.\d%", first.stdout)
    assert (tmp_path / "run" / "report.html").is_file()
    again = command(*asked)
    assert again.returncode == 0
    assert first.stdout.splitlines()[-1] == again.stdout.splitlines()[-1]


@pytest.mark.slow
def test_a_chief_and_two_workers_share_one_cache(command, tmp_path):
    out = tmp_path / "run"
    ended = command(
        "search", "digits", "--out", out, "--max-trials", "4", "--workers", "2", *FEW,
        "--oracle", "random",
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "4/4" in ended.stdout
    assert "\nend\n" not in ended.stdout
    states = [json.loads(p.read_text())["status"] for p in out.glob("tuner/trial_*/trial.json")]
    assert states == ["COMPLETED"] * 4
    assert len(list(out.glob("probes/*.npz"))) == 1
    assert (out / "worker1.log").is_file()
    assert (out / "worker2.log").is_file()
    assert re.search(r"Test +accuracy", ended.stdout)


@pytest.mark.slow
def test_failures_in_a_row_end_chief_and_worker_with_the_cause(command, tmp_path):
    """A rate that no phase takes."""
    out = tmp_path / "run"
    asked = (
        "search", "digits", "--out", out, "--workers", "1", "--labels-per-class", "5",
        "--epochs", "1", "--oracle", "random", "--max-trials", "9", "--overwrite",
        "--set", "trainable_stages=1", "--set", "head_rate=1e38",
    )  # fmt: skip
    ended = command(*asked)
    assert ended.returncode == 1
    assert "3 trials in a row failed" in ended.stdout + ended.stderr
    assert re.search(r"ValueError: `\w*rate` must be between", ended.stderr)
    states = [json.loads(p.read_text())["status"] for p in out.glob("tuner/trial_*/trial.json")]
    assert states == ["FAILED"] * 3
    assert "is begun again" not in ended.stdout
