"""Runs that have ended, each trained for an epoch or two on few digits, for all that reads runs."""

import shutil

import pytest

import keras_tl as ktl


def trained(make_model, directory, *, epochs=1, seed=0, **options):
    """Trains a tiny classifier of digits in a directory; returns the directory."""
    options = {"image_size": 16, "labels_per_class": 8, "seed": seed, **options}
    data = ktl.load_data("digits", **options)
    model = make_model(data.class_names)
    recipe = ktl.recipe("full", epochs=epochs, learning_rate=0.01)
    ktl.fine_tune(model, data, recipe, run_dir=directory, verbose=0)
    return directory


@pytest.fixture(scope="session")
def run_on_digits(tmp_path_factory, make_model):
    """A run; whoever changes it takes a copy."""
    return trained(make_model, tmp_path_factory.mktemp("runs") / "short")


@pytest.fixture(scope="session")
def longer_run(tmp_path_factory, make_model):
    """A run on the same pictures that knows more."""
    return trained(make_model, tmp_path_factory.mktemp("runs") / "long", epochs=6)


@pytest.fixture(scope="session")
def other_run(tmp_path_factory, make_model):
    """A run whose data were divided otherwise, without a validation split."""
    return trained(make_model, tmp_path_factory.mktemp("runs") / "other", seed=1, validation=0.0)


@pytest.fixture
def copy_of_run(run_on_digits, tmp_path):
    return shutil.copytree(run_on_digits, tmp_path / "copy")
