import json
import shutil

import pytest


@pytest.fixture
def few(photos, tmp_path, monkeypatch):
    """A folder of two classes with a bad file and a picture that was saved again."""
    from PIL import Image

    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    root = tmp_path / "few"
    for label in ("bright", "dark"):
        (root / label).mkdir(parents=True)
        for path in sorted((photos / label).glob("*.*"))[:5]:
            shutil.copy(path, root / label)
    (root / "dark" / "bad.jpg").write_bytes(b"not a picture")
    path = sorted((root / "dark").glob("*.png"))[0]
    with Image.open(path) as image:
        image.convert("RGB").save(root / "dark" / "again.jpg", quality=95)
    return root


def test_what_is_there_is_printed_and_written(cli, few, tmp_path):
    out, sheet = tmp_path / "audit.json", tmp_path / "pairs.png"
    code, text = cli("audit", few, "--out", out, "--pictures", sheet)
    assert code == 0, text
    assert "11 usable pictures in 2 classes, 1 set aside." in text
    assert "dark/bad.jpg" in text
    assert "dark/again.jpg" in text
    written = json.loads(out.read_text())
    assert written["usable"] == 11
    assert sheet.stat().st_size > 1000


def test_what_stops_a_run_is_the_exit_code(cli, few):
    path = sorted((few / "dark").glob("*.png"))[0]
    shutil.copy(path, few / "bright" / "moved.png")
    code, text = cli("audit", few)
    assert code == 1
    assert "Something stops a run" in text
    assert "bright/moved.png" in text
    code, text = cli("audit", few, "--duplicates", "allow")
    assert code == 0
    assert "bright/moved.png" in text


def test_no_pairs_are_no_picture(cli, few, tmp_path):
    (few / "dark" / "again.jpg").unlink()
    code, text = cli("audit", few, "--pictures", tmp_path / "pairs.png")
    assert code == 0
    assert "No near duplicates" in text
    assert not (tmp_path / "pairs.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "which does not exist"),
        (["few", "--duplicates", "alow"], "Did you mean 'allow'"),
    ],
)
def test_mistakes_are_named(cli, few, arguments, message):
    code, text = cli("audit", *(few if word == "few" else word for word in arguments))
    assert code == 1
    assert message in text
