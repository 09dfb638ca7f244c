import json

import pytest
import yaml


def test_scores_of_a_run_are_printed_and_written(cli, run_dir, photos, tmp_path):
    code, text = cli("evaluate", run_dir, photos, "--out", tmp_path / "scores.json")
    assert code == 0, text
    saved = json.loads((run_dir / "metrics.json").read_text())
    written = json.loads((tmp_path / "scores.json").read_text())
    assert written["confusion"] == saved["confusion"]
    assert f"accuracy {saved['accuracy']:.1%} (95 % interval" in text
    assert "bright" in text


@pytest.mark.parametrize(("split", "examples"), [("train", 28), ("validation", 6), ("all", 40)])
def test_every_split_can_be_scored(cli, run_dir, photos, tmp_path, split, examples):
    out = tmp_path / "scores.json"
    assert cli("evaluate", run_dir, photos, "--split", split, "--out", out)[0] == 0
    assert json.loads(out.read_text())["examples"] == examples


def test_all_of_a_divided_folder_is_all_of_it(cli, run_dir, photos, tmp_path):
    for part in ("train", "test"):
        (tmp_path / "divided").mkdir(exist_ok=True)
        (tmp_path / "divided" / part).symlink_to(photos)
    out = tmp_path / "scores.json"
    assert cli("evaluate", run_dir, tmp_path / "divided", "--split", "all", "--out", out)[0] == 0
    assert json.loads(out.read_text())["examples"] == 80


def test_the_pictures_are_divided_as_the_run_did(cli, run_dir, photos, tmp_path):
    out = tmp_path / "scores.json"
    config = yaml.safe_load((run_dir / "config.yaml").read_text())
    config["data"] |= {"test": 0.4, "validation": 0.1, "seed": 3}
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config))
    (tmp_path / "model.keras").symlink_to(run_dir / "model.keras")
    for model in (tmp_path, tmp_path / "model.keras"):
        assert cli("evaluate", model, photos, "--out", out)[0] == 0
        assert json.loads(out.read_text())["examples"] == 16
    assert cli("evaluate", tmp_path, photos, "--out", out, "--test", "0.2")[0] == 0
    assert json.loads(out.read_text())["examples"] == 8


def test_a_model_file_will_do(cli, run_dir, photos):
    assert cli("evaluate", run_dir / "model.keras", photos)[0] == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.keras", "photos"], "`path` must be a `.keras` file"),
        (["run", "nowhere"], "which does not exist"),
        (["run", "photos", "--split", "tset"], "Did you mean 'test'"),
    ],
)
def test_mistakes_are_named(cli, run_dir, photos, arguments, message):
    places = {"run": run_dir, "photos": photos}
    code, text = cli("evaluate", *(places.get(word, word) for word in arguments))
    assert code == 1
    assert message in text


def test_other_classes_are_named(cli, run_dir, photos, tmp_path):
    for name in ("day", "night"):
        (tmp_path / name).symlink_to(photos / ("bright" if name == "day" else "dark"))
    code, text = cli("evaluate", run_dir, tmp_path)
    assert code == 1
    assert "must have the class names of the model" in text
    assert "['day', 'night']" in text


def test_a_file_that_is_no_model_is_named(cli, photos, tmp_path):
    (tmp_path / "bad.keras").write_bytes(b"nothing of the kind")
    code, text = cli("evaluate", tmp_path / "bad.keras", photos)
    assert code == 1
    assert "bad.keras" in text
