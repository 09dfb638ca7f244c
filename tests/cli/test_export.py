import json
import subprocess
import sys

import pytest


def test_a_model_is_exported_proven_and_the_server_named(cli, run_dir, photos, tmp_path):
    out = tmp_path / "bright_or_dark" / "1"
    code, text = cli("export", run_dir, out, "--verify-on", photos)
    assert code == 0, text
    assert (out / "saved_model.pb").is_file()
    assert "Proven on 40 pictures" in text
    assert f'-v "{out.parent}:/models/bright_or_dark" -e MODEL_NAME=bright_or_dark' in text
    assert "localhost:8501/v1/models/bright_or_dark:predict" in text


def test_a_head_is_exported_alone_with_what_was_measured(cli, run_dir, photos, tmp_path):
    out = tmp_path / "head" / "1"
    code, text = cli("export", run_dir, out, "--verify-on", photos, "--format", "head")
    assert code == 0, text
    assert "same labels" in text
    assert "throughput, batch of 32" in text
    assert "-e MODEL_NAME=head" in text
    assert "curl" not in text
    card = json.loads((out / "assets.extra" / "model_card.json").read_text())
    assert card["verification"]["measurement"]["bytes"] > 0


def test_an_existing_path_is_left_alone(cli, run_dir, photos):
    code, text = cli("export", run_dir, run_dir / "export" / "1", "--verify-on", photos)
    assert code == 1
    assert "`path` must not exist" in text
    assert (run_dir / "export" / "1" / "saved_model.pb").is_file()


@pytest.mark.filterwarnings("default")
def test_pictures_that_are_none_are_an_error_and_nothing_is_written(cli, run_dir, tmp_path):
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "empty", tmp_path / "missing.jpg"):
        code, text = cli("export", run_dir, tmp_path / "out" / "1", "--verify-on", source)
        assert code == 1
        assert "at least one readable picture" in text
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_none_is_named(cli, photos, tmp_path):
    code, text = cli("export", tmp_path / "no.keras", tmp_path / "1", "--verify-on", photos)
    assert code == 1
    assert "no.keras" in text


@pytest.mark.parametrize(("file_format", "suffix"), [("litert", "tflite"), ("onnx", "onnx")])
def test_a_file_for_another_runtime_and_the_program_that_runs_it(
    cli, run_dir, photos, tmp_path, file_format, suffix
):
    out = tmp_path / f"model.{suffix}"
    code, text = cli("export", run_dir, out, "--verify-on", photos, "--format", file_format)
    assert code == 0, text
    assert "Proven on 40 pictures" in text
    command = next(line for line in text.splitlines() if "PICTURE" in line).split()[:-1]
    picture = next(photos.rglob("*.png"))
    done = subprocess.run(
        [sys.executable, *command[1:], str(picture)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("bright", "dark")


def test_int8_is_made_with_typical_pictures(cli, run_dir, photos, tmp_path):
    out = tmp_path / "model.tflite"
    given = ("--verify-on", photos, "--format", "litert", "--precision", "int8")
    code, text = cli("export", run_dir, out, *given)
    assert code == 1
    assert "`representative` must be typical pictures" in text
    more = ("--representative", photos, "--largest-drop", "0.5")
    code, text = cli("export", run_dir, out, *given, *more)
    assert code == 0, text
    assert out.is_file()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--format", "tflite"], "`format` must be one of 'saved_model', 'head', 'litert', 'onnx'"),
        (["--precision", "int8"], "`precision` must be left out, except with --format litert"),
        (["--format", "onnx", "--largest-drop", "0.1"], "`largest_drop` must be left out"),
    ],
)
def test_options_that_do_not_fit_are_refused(cli, tmp_path, options, message):
    code, text = cli("export", tmp_path, tmp_path / "1", "--verify-on", tmp_path, *options)
    assert code == 1
    assert message in text


def test_a_missing_runtime_is_one_message(cli, run_dir, photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    out = tmp_path / "model.onnx"
    code, text = cli("export", run_dir, out, "--verify-on", photos, "--format", "onnx")
    assert code == 1
    assert "Error: 'onnx' needs onnxruntime" in text
    assert "pip install 'keras-tl[onnx]'" in text
