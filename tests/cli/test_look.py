import typer
from PIL import Image
from typer.testing import CliRunner

from keras_tl.cli import look


def shown(*arguments):
    app = typer.Typer()
    app.command(look.NAME)(look.run)
    return CliRunner().invoke(app, [*map(str, arguments)])


def test_a_sheet_is_written_and_described(photos, tmp_path):
    out = tmp_path / "sheet.png"
    found = shown(photos, "--image-size", 24, "--pictures", 2, "--epochs", 2, "--out", out)
    assert found.exit_code == 0, found.output
    assert "2 training pictures, one a row, of bright, dark" in found.output
    assert "augmented (light, also mirrored)" in found.output
    with Image.open(out) as image:
        assert image.format == "PNG"


def test_what_is_asked_for_is_drawn(tmp_path):
    options = ("--augment", "strong", "--mix", "cutmix", "--image-size", 16, "--pictures", 2)
    found = shown("digits", *options, "--out", tmp_path / "digits.png")
    assert found.exit_code == 0, found.output
    assert "augmented (strong, not mirrored) and mixed with each other (cutmix)" in found.output


def test_mistakes_are_named(photos, tmp_path):
    found = shown(photos, "--augment", "lihgt", "--out", tmp_path / "a.png")
    assert "Did you mean 'light'" in str(found.exception)
    found = shown(photos, "--mix", "mixpu", "--image-size", 16, "--out", tmp_path / "a.png")
    assert "Did you mean 'mixup'" in str(found.exception)
