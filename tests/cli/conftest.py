import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SETTINGS = [
    *("--backbone", "MobileNetV2", "--weights", "none", "--boundary", "stage2"),
    *("--image-size", "32", "--epochs", "1", "--batch-size", "8", "--learning-rate", "0.01"),
]
KINDS = [("png", "RGB"), ("jpg", "RGB"), ("webp", "RGB"), ("png", "RGBA"), ("gif", "P"),
         ("jpg", "CMYK"), ("png", "L"), ("bmp", "RGB"), ("PNG", "LA"), ("jpeg", "L")]  # fmt: skip


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """A folder of two classes, bright and dark, of mixed sizes, formats and modes."""
    root = tmp_path_factory.mktemp("source") / "photos"
    generator = np.random.default_rng(0)
    for label, mean in (("bright", 190), ("dark", 60)):
        (root / label / "deep").mkdir(parents=True)
        for number in range(20):
            suffix, mode = KINDS[number % len(KINDS)]
            size = (20 + 7 * number % 50, 24 + 5 * number % 40, 3)
            levels = np.clip(generator.normal(mean, 25, size), 0, 255).astype("uint8")
            folder = root / label / ("deep" if number % 3 else "")
            Image.fromarray(levels).convert(mode).save(folder / f"{number:02}.{suffix}")
    return root


@pytest.fixture
def cli(monkeypatch, capsys):
    """Runs the command line in this process; returns its exit code and what it printed."""
    from keras_tl.cli.main import main

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["keras-tl", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        return ended.value.code or 0, captured.out + captured.err

    return run


@pytest.fixture(scope="session")
def command():
    """Runs the installed command in a process of its own."""
    program = Path(sys.executable).with_name("keras-tl")

    def run(*arguments, **options):
        return subprocess.run(
            [program, *map(str, arguments)], capture_output=True, text=True, check=False,
            **options,
        )  # fmt: skip

    return run


@pytest.fixture(scope="session")
def settings():
    return list(SETTINGS)


@pytest.fixture(scope="session")
def run_dir(photos, tmp_path_factory, command):
    """A finished run, made by the command itself on a folder with one bad file."""
    bad = photos / "dark" / "bad.jpg"
    bad.write_bytes(b"not a picture")
    out = tmp_path_factory.mktemp("runs") / "photos"
    done = command("train", photos, "--out", out, *SETTINGS)
    bad.unlink()
    assert done.returncode == 0, done.stdout + done.stderr
    (out / "terminal.txt").write_text(done.stdout)
    (out / "errors.txt").write_text(done.stderr)
    return out
