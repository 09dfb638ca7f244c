from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl
from keras_tl.data.auditing.across_splits import duplicates_across_splits


def picture(seed):
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 6, 3)).astype("uint8")
    return Image.fromarray(coarse).resize((48, 48), Image.Resampling.BICUBIC)


@pytest.fixture
def folder(tmp_path):
    """Training and test pictures, all different."""
    for part, first in (("train", 0), ("test", 100)):
        for number in range(8):
            label = tmp_path / part / "ab"[number % 2]
            label.mkdir(parents=True, exist_ok=True)
            picture(first + number).save(label / f"{number}.png")
    return tmp_path


def found_in(folder):
    options = {"image_size": 16, "validation": 0.0, "duplicates": "allow"}
    data = ktl.load_data(folder, **options, audit_cache=None)
    pairs = duplicates_across_splits(data, audit_cache=None)
    named = [
        {name: data.splits[name].names()[row].rpartition("/")[2] for name, row in found[:2]}
        for found in pairs
    ]
    return named, [found.bits for found in pairs]


def test_different_pictures_are_no_duplicates(folder):
    assert found_in(folder) == ([], [])


def test_the_same_content_comes_before_what_looks_nearly_the_same(folder):
    (folder / "test" / "b" / "same.png").write_bytes((folder / "train/b/3.png").read_bytes())
    picture(2).resize((40, 40)).save(folder / "test" / "a" / "near.jpg", quality=90)
    pairs, bits = found_in(folder)
    assert pairs == [
        {"train": "3.png", "test": "same.png"}, {"train": "2.png", "test": "near.jpg"},
    ]  # fmt: skip
    assert bits[0] is None
    assert 0 <= bits[1] <= 4


def test_pairs_within_a_split_and_blank_pictures_are_none(folder):
    picture(2).resize((40, 40)).save(folder / "train" / "a" / "near.png")
    for part, level in (("train", 90), ("test", 91)):
        Image.new("RGB", (48, 48), (level,) * 3).save(folder / part / "a" / "blank.png")
    assert found_in(folder) == ([], [])


def test_pictures_in_arrays_are_compared_by_content(data):
    assert duplicates_across_splits(data) == []
    both = replace(data, test=data.train.in_order())
    pairs = duplicates_across_splits(both)
    assert len(pairs) == data.train.size
    assert {found.bits for found in pairs} == {None}
