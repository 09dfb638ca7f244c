import pytest

from keras_tl.data.audit import inspect_pictures


@pytest.fixture
def broken(tmp_path, picture, encode):
    """Paths of a good picture and of every kind of bad one."""
    jpeg, png = encode(picture(), "JPEG"), encode(picture(), "PNG")
    contents = {
        "good.jpg": jpeg,
        "empty.jpg": b"",
        "text.jpg": b"this is a text, not a picture",
        "half.jpg": jpeg[: len(jpeg) // 2],
        "half.png": png[: len(png) // 2],
        "head.jpg": jpeg[:3],
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder.jpg").mkdir()
    names = [*contents, "folder.jpg", "missing.jpg"]
    return [tmp_path / name for name in names]


def test_what_cannot_be_used_has_a_reason_and_what_can_a_digest(broken):
    digests, reasons = inspect_pictures(broken)
    assert digests[0]
    assert not any(digests[1:])
    assert sorted(reasons) == list(range(1, 8))
    assert reasons[1] == "empty file"
    assert all(reasons[row].startswith("cannot be decoded: ") for row in (2, 3, 4, 5))
    assert reasons[6] == "cannot be opened: Is a directory"
    assert reasons[7] == "cannot be opened: No such file or directory"


def test_reasons_are_one_line_without_the_names_of_nodes(broken):
    _, reasons = inspect_pictures(broken)
    for reason in reasons.values():
        assert "\n" not in reason
        assert "{{" not in reason
        assert "[Op:" not in reason


def test_a_digest_is_that_of_the_content(picture, encode):
    first, second = encode(picture(1), "PNG"), encode(picture(2), "PNG")
    digests, _ = inspect_pictures([first, second, first])
    assert digests[0] == digests[2] != digests[1]


def test_many_pictures_are_read_in_order(picture, encode):
    items = [encode(picture(seed, 8, 8), "PNG") for seed in range(210)]
    items[7] = b"bad"
    digests, reasons = inspect_pictures(items)
    assert list(reasons) == [7]
    assert len(set(digests)) == 210


def test_nothing_looked_at_is_nothing_found():
    assert inspect_pictures([]) == ([], {})
