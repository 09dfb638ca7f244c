"""The Python of the README runs, from top to bottom, in a folder with pictures."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

README = Path(__file__).parent.parent / "README.md"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(), flags=re.DOTALL)


@pytest.fixture
def flowers(tmp_path):
    generator = np.random.default_rng(0)
    for i, name in enumerate(("daisy", "rose", "tulip")):
        folder = tmp_path / "flowers" / name
        folder.mkdir(parents=True)
        for number in range(12):
            pixels = generator.integers(0, 150, (40 + number, 48, 3))
            pixels[..., i] += 100
            Image.fromarray(pixels.astype("uint8")).save(folder / f"{number}.jpg")
    return tmp_path


@pytest.mark.slow
def test_python_of_the_readme_runs(flowers):
    code = "\n".join(blocks("python"))
    assert "ktl.fine_tune" in code
    small = code.replace('"EfficientNetV2B0", data)', '"EfficientNetV2B0", data, weights=None)')
    small = small.replace("image_size=224", "image_size=32")
    small = small.replace("max_trials=30", "max_trials=3, epochs=1")
    two = '["EfficientNetV2B0", "ResNet50V2"]'
    assert small.count(two) == 2
    small = small.replace(two, '"MobileNetV2", weights=None')
    done = subprocess.run(
        [sys.executable, "-c", small], cwd=flowers, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert (flowers / "runs" / "flowers" / "export" / "1" / "saved_model.pb").is_file()


def test_commands_of_the_readme_exist():
    import typer

    from keras_tl.cli.main import app

    known = set(typer.main.get_command(app).commands)
    used = re.findall(r"^(?:.*&& )?keras-tl (\S+)", "\n".join(blocks("sh")), flags=re.MULTILINE)
    assert used
    assert set(used) <= known
