import shutil
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

import keras_tl as ktl
from keras_tl.data.pictures import encode_png

COUNTS = {"cat": 10, "dog": 20, "owl": 7}


@pytest.fixture
def arrays():
    def make(count=60, classes=3, size=8):
        generator = np.random.default_rng(0)
        images = generator.integers(0, 256, (count, size, size, 3), dtype="uint8")
        return images, np.arange(count) % classes

    return make


def names(data):
    return {part: split.names() for part, split in data.splits.items()}


def test_a_folder_is_divided_by_class_completely_and_without_overlap(make_folder):
    root = make_folder(COUNTS)
    data = ktl.load_data(root, image_size=12, validation=0.2, test=0.2)
    assert data.class_names == ["cat", "dog", "owl"]
    parts = names(data)
    everything = [name for part in parts.values() for name in part]
    assert sorted(everything) == sorted(map(str, root.rglob("*.png")))
    for split, share in ((data.validation, 0.2), (data.test, 0.2), (data.train, 0.6)):
        for count, label in zip(split.counts(), COUNTS, strict=True):
            assert abs(count - share * COUNTS[label]) <= 1
    assert names(ktl.load_data(root, image_size=12, validation=0.2, test=0.2)) == parts
    other = ktl.load_data(root, image_size=12, validation=0.2, test=0.2, seed=1)
    assert names(other) != parts


def test_batches_are_float32_levels_with_whole_number_labels(make_folder):
    data = ktl.load_data(make_folder(COUNTS), image_size=(12, 18), batch_size=5)
    images, labels = data.train[0]
    assert images.shape == (5, 12, 18, 3)
    assert images.dtype == np.float32
    assert images.max() > 1.5
    assert images.max() <= 255
    assert labels.dtype == np.int64
    assert data.image_size == (12, 18)


@pytest.mark.parametrize("own", [("train", "test"), ("train", "val"), ("train", "validation")])
def test_parts_of_a_folder_are_kept_and_missing_ones_drawn_from_training(make_folder, own):
    for seed, part in enumerate(own):
        make_folder({f"{part}/{label}": 10 for label in ("a", "b")}, seed=100 * seed)
    root = make_folder({})
    data = ktl.load_data(root, image_size=8)
    assert data.class_names == ["a", "b"]
    assert sum(split.size for split in data.splits.values()) == 40
    for part, split in data.splits.items():
        origins = {name.split("/")[-3] for name in split.names()}
        kept = {"val": "validation"}.get(own[1], own[1])
        assert origins == ({own[1]} if part == kept else {"train"})
        assert (split.counts() > 0).all()


def test_the_order_of_training_is_seeded_and_new_each_epoch(arrays):
    first, second = (ktl.load_data(arrays(), image_size=8, seed=5).train for _ in range(2))
    np.testing.assert_array_equal(first.order(), second.order())
    before = first.order()
    first.on_epoch_end()
    assert (first.order() != before).any()
    second.on_epoch_end()
    np.testing.assert_array_equal(first.order(), second.order())


def test_validation_and_test_are_never_shuffled(arrays):
    data = ktl.load_data(arrays(), image_size=8)
    for split in (data.validation, data.test):
        split.on_epoch_end()
        assert split.order().tolist() == list(range(split.size))


def test_labels_per_class_touches_training_only(arrays):
    whole = ktl.load_data(arrays(), image_size=8)
    few = ktl.load_data(arrays(), image_size=8, labels_per_class=2)
    assert few.train.counts().tolist() == [2, 2, 2]
    assert set(few.train.names()) < set(whole.train.names())
    assert few.validation.names() == whole.validation.names()
    assert few.test.names() == whole.test.names()


def test_rare_classes_are_named_and_kept_whole_in_training(make_folder):
    root = make_folder({"cat": 10, "dog": 10, "yeti": 2, "unicorn": 1})
    with pytest.warns(UserWarning, match=r"without validation and test images: unicorn, yeti\."):
        data = ktl.load_data(root, image_size=8)
    rare = [data.class_names.index(name) for name in ("unicorn", "yeti")]
    assert data.train.counts()[rare].tolist() == [1, 2]
    assert data.validation.counts()[rare].tolist() == [0, 0]
    assert data.test.counts()[rare].tolist() == [0, 0]


@pytest.mark.filterwarnings("ignore:Classes without")
def test_only_rare_classes_are_an_error_that_names_the_empty_split(make_folder):
    root = make_folder({"cat": 2, "dog": 1})
    with pytest.raises(ValueError, match=r"validation split would be empty: 3 usable images in 2"):
        ktl.load_data(root, image_size=8)
    data = ktl.load_data(root, image_size=8, validation=0.0, test=0.0)
    assert data.train.size == 3
    assert data.test.size == 0


def test_bad_files_are_named_set_aside_counted_and_still_on_disk(make_folder):
    root = make_folder(COUNTS)
    before = {path: path.read_bytes() for path in root.rglob("*.png")}
    good = before[root / "cat" / "000.png"]
    bad = {
        root / "cat" / "empty.jpg": b"",
        root / "dog" / "half.png": good[: len(good) // 2],
        root / "owl" / "text.jpg": b"not a picture",
    }
    for path, content in bad.items():
        path.write_bytes(content)
    with pytest.warns(UserWarning, match=r"Set aside.* 3 beside 37 .*empty\.jpg: empty fi"):
        data = ktl.load_data(root, image_size=8)
    assert {item.name for item in data.set_aside} == {str(path) for path in bad}
    assert all(item.reason for item in data.set_aside)
    assert not {item.name for item in data.set_aside} & set(data.whole().names())
    assert data.whole().size == 37
    assert np.isfinite(data.whole().images()).all()
    assert {path: path.read_bytes() for path in root.rglob("*.*")} == {**before, **bad}


def test_a_class_of_bad_files_only_is_named_as_rare(make_folder):
    root = make_folder({"cat": 5, "dog": 5})
    (root / "ghost").mkdir()
    (root / "ghost" / "1.jpg").write_bytes(b"boo")
    set_aside = pytest.warns(UserWarning, match=r"Set aside.* 1 beside 10 ")
    rare = pytest.warns(UserWarning, match=r"Classes without a usable image: ghost\.")
    with set_aside, rare:
        data = ktl.load_data(root, image_size=8)
    assert data.train.counts().tolist() == [3, 3, 0]


def test_a_bad_picture_without_a_path_is_named_by_its_number():
    import tensorflow as tf

    images = np.random.default_rng(0).integers(0, 256, (12, 8, 8, 3), "uint8")
    encoded = [b"bad", b"", *(encode_png(image) for image in images)]
    source = tf.data.Dataset.from_tensor_slices((encoded, np.arange(14) % 2))
    with pytest.warns(UserWarning, match="2 beside 12 .*#0: "):
        data = ktl.load_data(source, image_size=8)
    assert [item.name for item in data.set_aside] == ["#0", "#1"]


def test_copies_under_two_labels_stop_a_run_unless_they_are_allowed(arrays):
    images, labels = arrays()
    images[1] = images[0]
    with pytest.raises(ValueError, match=r"#0.*#1.*duplicates='allow'"):
        ktl.load_data((images, labels), image_size=8)
    data = ktl.load_data((images, labels), image_size=8, duplicates="allow")
    assert data.whole().size == len(images)


def test_groups_named_by_files_stay_together(make_folder):
    root = make_folder({"cat": 30, "dog": 30})
    data = ktl.load_data(root, image_size=8, split="grouped", group=r"^(\d\d)\d")
    groups = [{Path(name).name[:2] for name in split.names()} for split in data.splits.values()]
    assert all(groups)
    assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]
    assert "groups)" in data.summary()


def test_a_hashed_picture_stays_in_its_part_when_data_grow(make_folder):
    def parts(counts):
        data = ktl.load_data(make_folder(counts), image_size=8, split="hashed")
        splits = data.splits.items()
        return {digest: name for name, split in splits for digest in split.digests}

    few, many = parts({"cat": 30, "dog": 30}), parts({"cat": 30, "dog": 45})
    shared = few.keys() & many.keys()
    assert len(shared) > 50
    assert all(few[digest] == many[digest] for digest in shared)


def test_arrays_with_names_for_labels(arrays):
    images, numbers = arrays()
    labels = np.array(["ant", "bee", "cat"])[numbers]
    data = ktl.load_data((images, labels), image_size=8)
    assert data.class_names == ["ant", "bee", "cat"]
    whole = data.whole()
    np.testing.assert_array_equal(whole.labels, numbers[whole.numbers])
    np.testing.assert_array_equal(whole.images(), images[whole.numbers])


def test_arrays_with_class_names_and_another_size(arrays):
    data = ktl.load_data(arrays(size=20), image_size=10, class_names=["x", "y", "z"])
    assert data.class_names == ["x", "y", "z"]
    assert data.train[0][0].shape[1:] == (10, 10, 3)


def test_several_labels_an_image(arrays):
    images, numbers = arrays()
    several = np.stack([numbers == 0, numbers != 1], axis=1).astype(int)
    data = ktl.load_data((images, several), image_size=8, class_names=["red", "round"])
    assert data.multi_label
    whole = data.whole()
    np.testing.assert_array_equal(whole.labels, several[whole.numbers])
    assert [split.size for split in data.splits.values()] == [42, 9, 9]


def test_digits_are_scikit_learns():
    data = ktl.load_data("digits", image_size=8)
    whole = data.whole()
    assert whole.size == 1797
    np.testing.assert_array_equal(whole.labels, load_digits().target[whole.numbers])
    assert data.class_names == list("0123456789")


def test_digits_photo_are_another_task_with_the_same_split():
    plain, photo = (ktl.load_data(name, image_size=32) for name in ("digits", "digits-photo"))
    assert photo.test.names() == plain.test.names()
    np.testing.assert_array_equal(photo.test.labels, plain.test.labels)
    assert photo.fingerprint != plain.fingerprint
    assert np.ptp(photo.test[0][0], axis=-1).mean() > 10
    assert np.ptp(plain.test[0][0], axis=-1).max() == 0


def test_the_fingerprint_is_stable_and_does_not_depend_on_the_place(make_folder, tmp_path):
    root = make_folder(COUNTS)
    shutil.copytree(root, tmp_path / "copy")
    same = [ktl.load_data(path, image_size=8) for path in (root, root, tmp_path / "copy")]
    assert len({data.fingerprint for data in same}) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"image_size": 9},
        {"resize": "pad"},
        {"seed": 1},
        {"validation": 0.3},
        {"test": 0.3},
        {"labels_per_class": 2},
    ],
)
def test_the_fingerprint_changes_with_every_setting(make_folder, changed):
    root = make_folder(COUNTS)
    settings = {"image_size": 8, **changed}
    before = ktl.load_data(root, image_size=8).fingerprint
    assert ktl.load_data(root, **settings).fingerprint != before


def test_the_fingerprint_changes_with_one_picture_a_label_or_a_name(make_folder, picture):
    root = make_folder(COUNTS)
    seen = [ktl.load_data(root, image_size=8).fingerprint]
    (root / "cat").rename(root / "cats")
    seen.append(ktl.load_data(root, image_size=8).fingerprint)
    picture(999).save(root / "owl" / "003.png")
    seen.append(ktl.load_data(root, image_size=8).fingerprint)
    (root / "owl" / "003.png").rename(root / "dog" / "zzz.png")
    seen.append(ktl.load_data(root, image_size=8).fingerprint)
    assert len(set(seen)) == 4


def test_the_fingerprint_of_arrays_changes_with_a_pixel_and_a_label(arrays):
    images, labels = arrays()
    seen = [ktl.load_data((images, labels), image_size=8).fingerprint]
    images[3, 0, 0, 0] ^= 1
    seen.append(ktl.load_data((images, labels), image_size=8).fingerprint)
    swapped = labels.copy()
    swapped[[0, 1]] = labels[[1, 0]]
    seen.append(ktl.load_data((images, swapped), image_size=8).fingerprint)
    assert len(set(seen)) == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"resize": "cropp"}, r"`resize` must be one of .* Did you mean 'crop'"),
        ({"image_size": 0}, "`image_size` must be an integer >= 1"),
        ({"validation": -0.1}, "`validation` must be between"),
        ({"validation": 0.6, "test": 0.6}, "`validation \\+ test` must be between"),
        ({"batch_size": 0}, "`batch_size` must be an integer >= 1"),
        ({"labels_per_class": 0}, "`labels_per_class` must be an integer >= 1"),
        ({"augment": "lihgt"}, r"`augment` must be one of .* Did you mean 'light'"),
        ({"augment": "light", "flip": "yes"}, "`flip` must be one of None, True, False"),
        ({"flip": True}, "`flip` needs an augmentation.*`augment='light'`"),
    ],
)
def test_settings_that_cannot_be_are_named(arrays, settings, message):
    with pytest.raises(ValueError, match=message):
        ktl.load_data(arrays(), **{"image_size": 8, **settings})


def test_a_source_that_is_nothing_lists_what_it_may_be():
    with pytest.raises(ValueError, match=r"'digits-photo'\. Received: 'digitz', which does not"):
        ktl.load_data("digitz", image_size=8)


def test_no_file_of_a_folder_is_ever_written(make_folder):
    root = make_folder(COUNTS)
    before = {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in root.rglob("*")}
    ktl.load_data(root, image_size=8).whole().images()
    assert {p: (p.stat().st_mtime_ns, p.stat().st_size) for p in root.rglob("*")} == before


def test_only_training_is_augmented(make_folder):
    root = make_folder(COUNTS)
    plain, varied = (ktl.load_data(root, image_size=12, augment=how) for how in ("none", "strong"))
    for part in ("validation", "test"):
        assert varied.splits[part].augment is None
        np.testing.assert_array_equal(plain.splits[part][0][0], varied.splits[part][0][0])
    assert plain.train.augment is None
    assert varied.train.augment.strength == "strong"
    np.testing.assert_array_equal(plain.train.order(), varied.train.order())
    assert (plain.train[0][0] != varied.train[0][0]).any(axis=(1, 2, 3)).all()
    np.testing.assert_array_equal(plain.whole().images(), varied.whole().images())
    assert plain.summary() == varied.summary()


def test_the_seed_and_the_strength_give_other_training_images_of_the_same_data(arrays):
    def first(**options):
        data = ktl.load_data(arrays(), image_size=8, **options)
        return data.fingerprint, data.train.read(range(9), view=1).tobytes()

    light, again = first(augment="light"), first(augment="light")
    assert light == again
    strong = first(augment="strong")
    assert strong[0] == light[0]
    assert strong[1] != light[1]
    assert first(augment="light", seed=1)[1] != light[1]


@pytest.mark.parametrize(
    ("options", "recorded"),
    [
        ({}, ("none", False)),
        ({"augment": "light"}, ("light", True)),
        ({"augment": "light", "flip": True}, ("light", True)),
        ({"augment": "strong", "flip": False}, ("strong", False)),
    ],
)
def test_augmentation_is_recorded(arrays, options, recorded):
    data = ktl.load_data(arrays(), image_size=8, **options)
    assert (data.settings["augment"], data.settings["flip"]) == recorded
    assert (data.train.augment is not None and data.train.augment.flip) == recorded[1]


@pytest.mark.parametrize("source", ["digits", "digits-photo"])
def test_digits_are_never_mirrored(source):
    data = ktl.load_data(source, image_size=8, augment="strong", labels_per_class=2)
    assert not data.train.augment.flip
    assert data.settings["flip"] is False
    with pytest.raises(ValueError, match=f"`flip` must not be True with '{source}'"):
        ktl.load_data(source, image_size=8, augment="light", flip=True)


def test_digests_tell_pictures_of_the_same_bytes_apart():
    blank = [np.full(shape, 9, "uint8") for shape in ((6, 4, 4, 3), (6, 8, 2, 3))]
    options = {"image_size": 4, "validation": 0, "test": 0}
    splits = [ktl.load_data((images, [0] * 6), **options).train for images in blank]
    assert len({one for split in splits for one in split.digests}) == 2


def test_an_unknown_mix_is_refused(arrays):
    with pytest.raises(ValueError, match=r"`mix` must be one of.*'cutmix'"):
        ktl.load_data(arrays(), image_size=8, mix="cutmixx")
