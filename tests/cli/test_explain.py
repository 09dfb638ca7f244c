import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl


@pytest.fixture
def pictures(photos):
    return sorted((photos / "bright").glob("*.*"))[:2]


def test_a_grid_is_written_and_a_table_printed(cli, run_dir, pictures, tmp_path, monkeypatch):
    monkeypatch.chdir(pictures[0].parent)  # where names are short enough for a line of the table
    pictures, out = [picture.name for picture in pictures], tmp_path / "grid.png"
    code, text = cli("explain", run_dir, *pictures, "--out", out, "--top", 2)
    assert code == 0, text
    expected = ktl.explain(ktl.load_classifier(run_dir), pictures, top=2)
    lines = [line.split() for line in text.splitlines() if pictures[1] in line]
    assert [line[1] for line in lines] == expected.classes[2:]
    assert str(out) in text
    with Image.open(out) as image:
        assert image.format == "PNG"


def test_overlays_are_written_one_by_one(cli, run_dir, pictures, tmp_path):
    options = ("--class", "dark", "--class", "bright", "--method", "occlusion")
    where = ("--out", tmp_path / "grid.png", "--overlays", tmp_path / "each", "--size", 64)
    code, text = cli("explain", run_dir, pictures[0], *options, *where)
    assert code == 0, text
    expected = ktl.explain(
        ktl.load_classifier(run_dir), pictures[0], method="occlusion", classes=[("dark", "bright")]
    )
    files = sorted((tmp_path / "each").iterdir())
    assert [file.stem.split("-")[-1] for file in files] == ["dark", "bright"]
    assert all(str(file) in text for file in files)
    with Image.open(files[1]) as image:
        np.testing.assert_array_equal(np.asarray(image), expected.overlay(1, size=64))


def test_mistakes_end_in_one_message(cli, run_dir, pictures, tmp_path):
    code, text = cli("explain", run_dir, pictures[0], "--class", "brigth")
    assert code == 1
    assert "Did you mean 'bright'" in text
    code, text = cli("explain", run_dir, tmp_path)
    assert code == 1
    assert "`images` must name at least one picture" in text
