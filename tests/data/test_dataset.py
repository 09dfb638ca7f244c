from pathlib import Path

import numpy as np
import pytest

import keras_tl as ktl


def test_the_whole_joins_the_splits(make_folder):
    data = ktl.load_data(make_folder({"a": 8, "b": 8}), image_size=8)
    whole = data.whole()
    assert whole.size == sum(split.size for split in data.splits.values()) == 16
    assert sorted(whole.names()) == sorted(n for s in data.splits.values() for n in s.names())
    for name, label in zip(whole.names(), whole.labels, strict=True):
        assert name.split("/")[-2] == whole.class_names[label]


def test_summary_counts_classes_and_names_what_was_set_aside(make_folder):
    root = make_folder({"cat": 8, "dog": 5})
    (root / "cat" / "bad.jpg").write_bytes(b"no picture")
    with pytest.warns(UserWarning, match="Set aside"):
        text = ktl.load_data(root, image_size=8).summary()
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines() if line.split()}
    assert rows["class"] == ["train", "validation", "test"]
    assert rows["cat"] == ["6", "1", "1"]
    assert rows["images"] == ["9", "2", "2"]
    assert "1 set aside:" in text
    assert "bad.jpg: not a picture" in text
    assert "train 69.2 % (9 images)" in text


def test_digests_follow_the_images_into_every_split(make_folder):
    data = ktl.load_data(make_folder({"a": 8, "b": 8}), image_size=8, augment="light")
    whole = dict(zip(data.whole().names(), data.whole().digests, strict=True))
    assert len(set(whole.values())) == 16
    for split in data.splits.values():
        for same in (split, split.in_order()):
            assert same.digests == tuple(whole[name] for name in split.names())


def test_every_picture_is_validated_in_one_fold(make_folder):
    data = ktl.load_data(make_folder({"cat": 20, "dog": 13}), image_size=8, augment="light")
    folds = list(data.folds(3))
    assert len({fold.fingerprint for fold in [data, *folds]}) == 4
    held_out = [name for fold in folds for name in fold.validation.names()]
    both = {*data.train.names(), *data.validation.names()}
    assert len(held_out) == len(both)
    assert set(held_out) == both
    for fold in folds:
        assert {*fold.train.names(), *fold.validation.names()} == both
        assert fold.test.names() == data.test.names()
        assert np.ptp(fold.validation.counts()[0] - np.array([5, 6])) <= 1
        assert fold.train.augment is data.train.augment
        assert fold.validation.augment is None
        images, labels = fold.train[0]
        assert len(images) == len(labels) == fold.train.size
        assert len(fold.train.digests) == fold.train.size


def test_a_fold_keeps_groups_together(make_folder):
    root = make_folder({"cat": 30, "dog": 30})
    data = ktl.load_data(root, image_size=8, split="grouped", group=r"^(\d\d)\d")
    for fold in data.folds(2):
        train, held_out = ({Path(name).name[:2] for name in part.names()}
                           for part in (fold.train, fold.validation))  # fmt: skip
        assert train
        assert held_out
        assert not train & held_out
