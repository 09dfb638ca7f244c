import numpy as np

from keras_tl.data.splitting.coverage import shares_reached, warnings_about
from keras_tl.data.splitting.population import Population

NAMES = ["ant", "bee", "cat", "dog"]


def about(labels, parts, names=NAMES, groups=None):
    labels = np.array(labels)
    digests = [str(row) for row in range(len(labels))]
    named = {"t": "train", "v": "validation", "e": "test"}
    groups = None if groups is None else np.array([*groups])
    population = Population(labels, digests, groups=groups)
    return warnings_about(population, np.array([named[part] for part in parts]), names)


def test_a_division_in_which_every_part_has_every_class_is_not_worth_a_word():
    assert about([0, 1, 0, 1, 0, 1], "ttvvee", ["a", "b"]) == []


def test_classes_that_a_part_lacks_are_named_by_part():
    said = about([0, 1, 0, 1, 0, 1, 2, 2, 3, 3], "ttvveettte")
    assert len(said) == 2
    assert said[0].startswith("Classes without validation and test images: cat. Nothing is known")
    assert said[1].startswith("Classes without validation images: dog. ")


def test_classes_that_cannot_be_learnt_are_named():
    said = about([0, 1, 2, 0, 1, 3], "tttvve")
    assert any(line.startswith("Classes without training images: dog. The model") for line in said)


def test_classes_without_any_image_are_named_once():
    assert about([0, 1, 2], "ttt") == ["Classes without a usable image: dog."]


def test_parts_that_are_not_asked_for_lack_nothing():
    assert about([0, 1, 0, 1], "ttee", ["a", "b"]) == []


def test_several_labels_count_each():
    labels = [[1, 0], [1, 1], [1, 0]]
    assert about(labels, "ttv", ["a", "b"])[0].startswith("Classes without validation images: b.")


def test_many_names_are_cut_short():
    names = [f"c{number}" for number in range(25)]
    said = about(range(25), "t" * 24 + "e", names)
    assert "c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 14 more." in said[0]


def test_groups_that_a_source_divides_are_named():
    said = about([0, 1, 0, 1], "tett", ["a", "b"], "ppqr")
    assert said[-1] == "Groups in several parts, as the source has them: p (test, train)."


def test_what_was_reached_is_told_in_images_and_groups():
    parts = np.array(["train"] * 7 + ["validation"] * 2 + ["test"])
    population = Population(np.zeros(10, int), [*"abcdefghij"])
    told = "train 70.0 % (7 images), validation 20.0 % (2 images), test 10.0 % (1 images)"
    assert shares_reached(population, parts) == told
    population = Population(np.zeros(10, int), [*"abcdefghij"], groups=np.array([*"ppqrstuvww"]))
    assert "train 70.0 % (7 images, 6 groups)" in shares_reached(population, parts)
