"""Runs that ended a moment ago, on a tiny backbone, each with its report."""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.training.run_directory import RunDirectory

SIZE = 16


@dataclass
class Reported:
    """A run and the data that it was trained on."""

    path: Path
    data: ktl.Data

    @property
    def html(self):
        return (self.path / "report.html").read_text(encoding="utf-8")


def classifier(data, seed=0):
    """A small network with a feature map, on which all methods work."""
    keras.utils.set_random_seed(seed)
    images = keras.Input((*data.image_size, 3))
    x = keras.layers.Rescaling(1 / 127.5, -1.0)(images)
    for width in (8, 12):
        x = keras.layers.Conv2D(width, 3, strides=2, activation="relu")(x)
    backbone = keras.Model(images, x, name="small")
    return ktl.build_classifier(backbone, data, pooling="flatten")


def coloured(classes, each, seed=0, noise=25.0):
    """Images whose class is their colour, and their numbers; one in twenty is labelled wrongly."""
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(classes), each)
    colours = generator.uniform(40, 215, (classes, 3))
    images = colours[labels][:, None, None] + generator.normal(
        0, noise, (len(labels), SIZE, SIZE, 3)
    )
    wrong = generator.random(len(labels)) < 0.05
    labels[wrong] = generator.integers(0, classes, wrong.sum())
    return np.clip(images, 0, 255).astype("uint8"), labels


def several_labels(images=160, classes=4, seed=0):
    """Images with a bright quarter for each class that holds, and 0/1 labels."""
    generator = np.random.default_rng(seed)
    labels = (generator.random((images, classes)) < 0.4).astype(int)
    pixels = generator.normal(90, 40, (images, SIZE, SIZE, 3))
    half = SIZE // 2
    for number in range(classes):
        rows, columns = (slice(half * i, half * (i + 1)) for i in divmod(number, 2))
        pixels[:, rows, columns] += 60 * labels[:, number, None, None, None]
    return np.clip(pixels, 0, 255).astype("uint8"), labels


def load(source, **options):
    return ktl.load_data(source, image_size=SIZE, **{"batch_size": 32, **options})


def digits_at_five_labels():
    return ktl.load_data("digits", image_size=SIZE, labels_per_class=5)


def a_hundred_classes():
    names = [f"class {number:03}" for number in range(100)]
    return load(coloured(100, 8), class_names=names)


def several_at_once():
    return load(several_labels(), class_names=["north", "east", "south", "west"])


def one_image_a_class():
    return load(coloured(5, 1), class_names=list("abcde"), validation=0.0, test=0.0)


def three_classes():
    return load(coloured(3, 20, noise=60.0), class_names=["ant", "bee", "cat"])


DATA = {
    "digits at five labels a class": digits_at_five_labels,
    "a hundred classes": a_hundred_classes,
    "several labels an image": several_at_once,
    "one image a class": one_image_a_class,
    "always one answer": three_classes,
}


def always_one_answer(run):
    """Makes a model say the second class whatever it is shown."""
    model = ktl.load_classifier(run)
    kernel, bias = model.get_layer("head_logits").weights
    kernel.assign(np.zeros(kernel.shape))
    bias.assign([0.0, 2.0, 0.0])
    RunDirectory(run).save_model(model)


@pytest.fixture(scope="session")
def make_run(tmp_path_factory):
    """Trains a run on some data: a linear probe, or the phases of a recipe."""

    def make(data, recipe="linear-probe", epochs=2, name="run", model=None):
        path = tmp_path_factory.mktemp("runs") / name
        model = classifier(data) if model is None else model
        ktl.fine_tune(model, data, recipe, epochs=epochs, run_dir=path, verbose=0)
        return path

    return make


@pytest.fixture(scope="session")
def make_classifier():
    """Builds the classifier that `make_run` trains."""
    return classifier


@pytest.fixture(scope="session")
def reported(make_run):
    """All kinds of data that a report must be readable for, with their reports, by name."""
    found = {}
    for name, make in DATA.items():
        data = make()
        run = make_run(data, name=name)
        if name == "always one answer":
            always_one_answer(run)
        costly = name.startswith("digits")
        ktl.report(run, data=data, baselines="none" if costly else "auto", verbose=0)
        found[name] = Reported(run, data)
    return found


@pytest.fixture(scope="session")
def run(make_run):
    """A run of two phases on three classes; the second trains everything."""
    data = three_classes()
    return Reported(make_run(data, "lp-ft", epochs=2, name="lp-ft"), data)
