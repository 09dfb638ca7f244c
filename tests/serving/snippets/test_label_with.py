"""The programs to copy label pictures as the model does, with Pillow and one runtime alone."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from keras import layers
from PIL import Image

import keras_tl as ktl
from keras_tl.serving.litert import export_litert
from keras_tl.serving.onnx_file import export_onnx

FOLDER = Path(importlib.util.find_spec("keras_tl.serving.snippets").origin).parent
EXPORTS = {"litert": (export_litert, "m.tflite"), "onnx": (export_onnx, "m.onnx")}


def body(images):
    images = layers.Rescaling(1 / 255)(images)
    return layers.Conv2D(8, 3, strides=2, activation="relu")(images)


def coarse(seed):
    levels = np.random.default_rng(seed).integers(0, 256, (3, 4, 3), dtype="uint8")
    return Image.fromarray(levels).resize((60, 44), Image.Resampling.BICUBIC)


def turned(seed, path):
    """Stores a picture turned, and what who overlooks that sees."""
    exif = Image.Exif()
    exif[0x0112] = 6
    coarse(seed).save(path, "JPEG", exif=exif, quality=95)
    return coarse(seed)


def see_through(seed, path):
    """Stores a see-through picture, and what who overlooks that sees."""
    picture = coarse(seed).convert("RGBA")
    picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    picture.save(path, "PNG")
    return coarse(seed)


def in_print(seed, path):
    """Stores a picture in the colours of print, and one in others."""
    picture = coarse(seed).convert("CMYK")
    picture.save(path, "JPEG", quality=95)
    return Image.merge("RGB", picture.split()[:3])


@pytest.fixture
def tricky(tmp_path):
    """Returns a function that finds a picture whose label a mistake in reading would change."""

    def find(model, store):
        paths = [tmp_path / f"{store.__name__}-{seed}" for seed in range(16)]
        mistaken = [tmp_path / f"{store.__name__}-{seed}.png" for seed in range(16)]
        for seed, (path, naive) in enumerate(zip(paths, mistaken, strict=True)):
            store(seed, path).save(naive)
        right, wrong = ktl.predict(model, paths), ktl.predict(model, mistaken)
        margins = np.subtract(*np.sort(right.probabilities, axis=1)[:, :-3:-1].T)
        both = zip(right.labels, wrong.labels, strict=True)
        rows = [row for row, (mine, other) in enumerate(both) if mine != other]
        row = max(rows, key=lambda row: margins[row])
        assert margins[row] > 0.03
        return paths[row], right.labels[row]

    return find


@pytest.mark.parametrize(
    ("file_format", "resize"), [("litert", "pad"), ("onnx", "crop"), ("onnx", "stretch")]
)
def test_a_picture_gets_the_label_of_the_model(
    file_format, resize, classifier_of, photo_files, tricky, tmp_path, run_alone
):
    model = classifier_of(body, resize=resize, background=(200, 0, 90), pooling="flatten")
    export, name = EXPORTS[file_format]
    path = export(model, tmp_path / name, verify_on=photo_files)
    program = FOLDER / f"label_with_{file_format}.py"
    for store in (turned, see_through, in_print):
        picture, label = tricky(model, store)
        assert run_alone(program, path, picture) == label


def test_several_labels_are_all_printed(classifier_of, photo_files, tmp_path, run_alone):
    model = classifier_of(body, multi_label=True)
    path = export_litert(model, tmp_path / "m.tflite", verify_on=photo_files)
    expected = ktl.predict(model, photo_files[:4])
    assert len({len(labels) for labels in expected.labels}) > 1
    program = FOLDER / "label_with_litert.py"
    found = [run_alone(program, path, picture) for picture in photo_files[:4]]
    assert found == [" ".join(labels) for labels in expected.labels]


@pytest.mark.parametrize("file_format", EXPORTS)
def test_it_is_short(file_format):
    lines = (FOLDER / f"label_with_{file_format}.py").read_text().splitlines()
    code = [line for line in lines[1:] if line and not line.startswith(("import ", "from "))]
    assert len(code) <= 11
