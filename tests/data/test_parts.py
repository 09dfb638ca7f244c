import pytest

from keras_tl.data.parts import PART_NAMES, PARTS, part_called


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("train", "train"),
        ("Training", "train"),
        ("VAL", "validation"),
        ("valid", "validation"),
        ("dev", "validation"),
        (" test ", "test"),
        ("testing", "test"),
        ("unlabeled", None),
        ("", None),
        (1, None),
    ],
)
def test_parts_go_by_several_names(name, part):
    assert part_called(name) == part


def test_every_part_is_called_by_its_own_name():
    assert all(part_called(part) == part for part in PARTS)
    assert set(PART_NAMES.values()) == set(PARTS)
