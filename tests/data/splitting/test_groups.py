from pathlib import Path

import numpy as np
import pytest

from keras_tl.data.examples import Examples
from keras_tl.data.splitting.groups import with_groups

NAMES = ["cat/p1_a.jpg", "cat/p1_b.jpg", "dog/p2_a.jpg", "dog/p10_a.jpg", "dog/p1/odd.jpg"]


def examples(names=NAMES, groups=None):
    paths = [Path("/data/p9_x") / name for name in names]
    labels = np.zeros(len(paths), int)
    return Examples(paths, labels, ["a"], groups=groups)


def sets(names, pattern):
    groups = with_groups(examples(names), pattern).groups
    return [
        [n for n, g in zip(names, groups, strict=True) if g == one] for one in dict.fromkeys(groups)
    ]


def test_the_name_of_the_file_tells_the_group():
    assert sets(NAMES[:4], r"(p\d+)_") == [NAMES[:2], NAMES[2:3], NAMES[3:4]]


def test_a_pattern_with_a_slash_looks_at_the_path():
    assert sets(NAMES[2:], r"/(p\d+)[_/][^/]*$") == [[n] for n in NAMES[2:]]
    assert sets(NAMES, r"/(cat|dog)/") == [NAMES[:2], NAMES[2:]]


def test_several_brackets_name_a_group_together():
    names = ["1_23_a.jpg", "12_3_a.jpg", "1_23_b.jpg"]
    assert sets(names, r"(\d+)_(\d+)_") == [[names[0], names[2]], [names[1]]]


def test_a_last_choice_makes_a_group_of_each_other_name():
    assert sets(NAMES, r"^(p\d+)_|(.+)") == [NAMES[:2], NAMES[2:3], NAMES[3:4], NAMES[4:]]


def test_nothing_else_is_changed():
    found = examples()
    changed = with_groups(found, "(.)")
    assert changed.pictures is found.pictures
    assert changed.labels is found.labels


@pytest.mark.parametrize(
    ("found", "pattern", "message"),
    [
        (examples(), r"(p\d+", "must be a regular expression. Received: .*missing"),
        (examples(), r"p\d+_", r"a part in brackets.*columns=\{'group': 'p"),
        (
            examples(),
            r"(p\d+)_",
            r"does not match 1 of 5 names, such as 'odd\.jpg'\. A last choice",
        ),
        (examples(groups=np.array(["x"] * 5)), "(.)", "left out where the table has a column"),
        (Examples([b"1"], np.zeros(1, int), ["a"]), "(.)", "needs pictures in files"),
        (Examples(np.zeros((1, 2, 2, 3)), np.zeros(1, int), ["a"]), "(.)", "pictures in files"),
    ],
)
def test_patterns_that_name_no_groups_are_refused(found, pattern, message):
    with pytest.raises(ValueError, match=message):
        with_groups(found, pattern)
