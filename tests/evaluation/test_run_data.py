import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl
from keras_tl.evaluation.run_data import finished_run, run_data
from keras_tl.foundation.files import read_yaml
from keras_tl.training.run_directory import RunDirectory


@pytest.fixture
def folder(tmp_path):
    generator = np.random.default_rng(0)
    for label in ("bright", "dark"):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        for number in range(12):
            levels = generator.integers(0, 256, (16, 16, 3)).astype("uint8")
            Image.fromarray(levels).save(tmp_path / "pictures" / label / f"{number:02}.png")
    return tmp_path / "pictures"


def ended(directory, data):
    """What `fine_tune` leaves of data in the directory of a run that has ended."""
    run = RunDirectory(directory)
    run.claim("data", {**data.settings, "fingerprint": data.fingerprint})
    run.write_history({"phases": []})
    run.model_path.touch()
    return directory


@pytest.fixture
def run_on_folder(folder, tmp_path):
    data = ktl.load_data(folder, image_size=16, augment="light", resize="pad", background=(1, 2, 3))
    return ended(tmp_path / "run", data), data


def test_the_data_of_a_run_of_fine_tune_are_those_of_before(run_on_digits):
    saved = read_yaml(run_on_digits / "config.yaml")["data"]
    again = run_data(run_on_digits)
    assert again.fingerprint == saved.pop("fingerprint")
    assert again.settings == saved


def test_the_data_are_those_of_before(run_on_folder):
    path, data = run_on_folder
    again = run_data(path)
    assert again.fingerprint == data.fingerprint
    assert again.settings == data.settings
    assert again.test.names() == data.test.names()
    np.testing.assert_array_equal(again.test.images(), data.test.images())
    assert again.background == (1, 2, 3)


def test_what_was_said_of_a_table_is_said_again(folder, tmp_path):
    files = sorted(folder.rglob("*.png"))
    rows = [f"{file},{number % 2},{number // 2 % 2}" for number, file in enumerate(files)]
    table = tmp_path / "table.csv"
    table.write_text("\n".join(["where,left,right", *rows]))
    columns = {"path": "where", "label": ("left", "right")}
    data = ktl.load_data(table, image_size=16, columns=columns, multi_label=True)
    again = run_data(ended(tmp_path / "run", data))
    assert again.multi_label
    assert again.fingerprint == data.fingerprint
    assert again.class_names == ["left", "right"]


def test_pictures_that_have_changed_are_refused(run_on_folder, folder):
    path, _ = run_on_folder
    (folder / "dark" / "03.png").unlink()
    with pytest.raises(ValueError, match=r"`run_dir` must be a run whose data are as they were.*"
                       r"pictures.*have changed since"):  # fmt: skip
        run_data(path)


def test_a_source_that_is_gone_is_named(run_on_folder, folder):
    path, _ = run_on_folder
    folder.rename(folder.with_name("elsewhere"))
    with pytest.raises(ValueError, match=r"whose source is .*pictures.* does not exist"):
        run_data(path)


def test_arrays_have_no_name_to_load_them_by(data, tmp_path):
    ended(tmp_path, data)
    with pytest.raises(ValueError, match=r"must be a run whose data can be loaded again.*'arrays'"):
        run_data(tmp_path)


def test_what_is_no_run_or_has_not_ended_is_named(copy_of_run, tmp_path):
    with pytest.raises(ValueError, match=r"`run_dir` must be .*which is none"):
        finished_run(tmp_path)
    (copy_of_run / "history.json").unlink()
    with pytest.raises(ValueError, match=r"`run_dir` must be .*whose training has not ended"):
        finished_run(copy_of_run)
