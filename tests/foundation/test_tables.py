import pytest

from keras_tl.foundation.tables import as_text, count, size, table


def test_numbers_stand_to_the_right_and_names_to_the_left():
    lines = as_text(table(("class", "images#"), [("cat", 5), ("leopard", 1234)])).splitlines()
    assert lines[0].split() == ["class", "images"]
    assert lines[2].split() == ["cat", "5"]
    assert lines[2].index("cat") == lines[3].index("leopard")
    assert len(lines[2]) == len(lines[3])


def test_markup_like_names_of_users_stay_as_they_are():
    assert "[red]" in as_text(table(("class",), [("[red]",)]))


def test_counts_and_sizes():
    assert count(2257984) == "2,257,984"
    assert [size(n) for n in (999, 14_200, 3e6, 5e9, 7e12)] == [
        "999 B", "14.2 kB", "3.0 MB", "5.0 GB", "7.0 TB",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [40, 110])
def test_no_line_is_wider_than_asked(width):
    text = as_text(table(("name", "value#"), [("x" * 200, 1)]), width)
    assert max(map(len, text.splitlines())) <= width
