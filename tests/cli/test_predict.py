import csv
import os

import pytest

import keras_tl as ktl


@pytest.fixture
def pictures(photos):
    return sorted((photos / "bright").glob("*.*"))


def test_labels_are_printed(cli, run_dir, pictures):
    code, text = cli("predict", run_dir, pictures[0], pictures[1])
    assert code == 0, text
    expected = ktl.predict(ktl.load_classifier(run_dir), pictures[:2])
    for name, label, score in zip(expected.names, expected.labels, expected.scores, strict=True):
        (line,) = (line for line in text.splitlines() if name in line)
        assert line.split()[-2:] == [label, f"{score:.3f}"]


def test_a_folder_goes_into_a_table_of_all_probabilities(cli, run_dir, photos, tmp_path):
    out = tmp_path / "deep" / "out.csv"
    code, text = cli("predict", run_dir, photos, "--out", out)
    assert code == 0, text
    assert "40 rows in" in text
    with open(out, newline="") as file:
        rows = list(csv.DictReader(file))
    expected = ktl.predict(ktl.load_classifier(run_dir), photos)
    assert [row["picture"] for row in rows] == expected.names
    assert [row["label"] for row in rows] == expected.labels
    for row, probabilities in zip(rows, expected.probabilities, strict=True):
        assert [float(row["bright"]), float(row["dark"])] == pytest.approx(
            probabilities.tolist(), abs=1e-5
        )
        assert float(row["probability"]) == pytest.approx(probabilities.max(), abs=1e-5)


def test_a_table_says_how_much_was_there_and_what_cannot_be_read(
    cli, run_dir, photos, tmp_path, monkeypatch
):
    out, bad = tmp_path / "out.csv", tmp_path / "bad.jpg"
    bad.write_bytes(b"not a picture")
    given = (*sorted((photos / "bright").rglob("*.png"))[:5], bad)
    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", raise_interrupt)
        with pytest.raises(KeyboardInterrupt):
            ktl.predict_to_csv(ktl.load_classifier(run_dir), given[:4], out)
    code, text = cli("predict", run_dir, *given, "--out", out, "--batch-size", "2")
    assert code == 0, text
    assert "4 rows were there from an interrupted run" in text
    assert "1 of the pictures cannot be read; see the column `problem`" in text
    assert "6 rows in" in text
    with open(out, newline="") as file:
        assert [row["problem"] for row in csv.DictReader(file)] == [*[""] * 5, "not a picture"]


def raise_interrupt(*_):
    raise KeyboardInterrupt


@pytest.mark.filterwarnings("default")
def test_a_bad_file_is_set_aside(cli, run_dir, pictures, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"not a picture")
    code, text = cli("predict", run_dir, pictures[0], tmp_path / "bad.jpg")
    assert code == 0, text
    assert str(pictures[0]) in text
    assert "Note: 1 of 2 pictures were set aside" in text


def test_only_bad_files_are_an_error(cli, run_dir, tmp_path):
    (tmp_path / "bad.jpg").write_bytes(b"not a picture")
    code, text = cli("predict", run_dir, tmp_path / "bad.jpg")
    assert code == 1
    assert "bad.jpg: not a picture" in text
    (tmp_path / "bad.jpg").unlink()
    code, text = cli("predict", run_dir, tmp_path)
    assert code == 1
    assert "at least one picture" in text
