import os
from pathlib import Path

import pytest

from keras_tl.data.auditing import look as look_module
from keras_tl.data.auditing.look import look_at, reasons_of


@pytest.fixture
def paths(corpus, tmp_path):
    """A few healthy pictures and a broken one, written long ago."""
    found = [item.path for item in corpus.healthy(tmp_path / "photos")]
    broken = tmp_path / "photos" / "cat" / "broken.jpg"
    broken.write_bytes(b"broken")
    for path in [*found, broken]:
        os.utime(path, (10**9, 10**9))
    return [*found, broken]


@pytest.fixture
def looked(monkeypatch):
    """The items that were really looked at."""
    seen, inspect = [], look_module.inspect

    def noting(item, decoder):
        seen.append(item)
        return inspect(item, decoder)

    monkeypatch.setattr(look_module, "inspect", noting)
    return seen


def test_a_second_look_reads_no_picture_and_finds_the_same(paths, looked, tmp_path):
    first = look_at(paths, tmp_path / "cache")
    assert sorted(looked) == sorted(paths)
    looked.clear()
    assert look_at(paths, tmp_path / "cache") == first
    assert looked == []
    assert reasons_of(first) == {len(paths) - 1: "not a picture"}


def test_without_a_cache_every_look_is_the_first(paths, looked, tmp_path):
    assert look_at(paths) == look_at(paths)
    assert len(looked) == 2 * len(paths)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


@pytest.mark.parametrize("change", ["size", "time", "content and time"])
def test_what_has_changed_is_looked_at_again(paths, looked, tmp_path, corpus, change):
    before = look_at(paths, tmp_path / "cache")
    looked.clear()
    if change != "time":
        content = paths[0].read_bytes()
        new = content + b"more" if change == "size" else content[:-1] + b"x"
        paths[0].write_bytes(new)
    os.utime(paths[0], (10**9 + (change != "size"),) * 2)
    after = look_at(paths, tmp_path / "cache")
    assert looked == paths[:1]
    assert (after[0].digest == before[0].digest) == (change == "time")
    assert after[1:] == before[1:]


def test_new_pictures_are_looked_at_and_others_of_the_folder_not_forgotten(paths, looked, tmp_path):
    look_at(paths[:3] + paths[3:4], tmp_path / "cache")
    look_at(paths[2:], tmp_path / "cache")
    looked.clear()
    look_at(paths, tmp_path / "cache")
    assert looked == []


def test_a_name_written_another_way_is_the_same_file(paths, looked, tmp_path, monkeypatch):
    look_at(paths, tmp_path / "cache")
    looked.clear()
    monkeypatch.chdir(tmp_path)
    look_at([Path("photos/dog/..") / path.relative_to(tmp_path / "photos") for path in paths],
            Path("cache"))  # fmt: skip
    assert looked == []


def test_what_was_written_just_now_is_not_trusted(paths, looked, tmp_path):
    os.utime(paths[0])
    look_at(paths, tmp_path / "cache")
    looked.clear()
    look_at(paths, tmp_path / "cache")
    assert looked == paths[:1]


def test_what_could_not_be_read_is_tried_again(paths, looked, tmp_path, monkeypatch):
    read = Path.read_bytes

    def refuse(self):
        if self == paths[0]:
            raise PermissionError(13, "Permission denied")
        return read(self)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", refuse)
        assert "permission denied" in look_at(paths, tmp_path / "cache")[0].reason
    looked.clear()
    assert not look_at(paths, tmp_path / "cache")[0].reason
    assert looked == paths[:1]


def test_an_interrupted_look_goes_on(paths, looked, tmp_path, monkeypatch):
    def interrupted(items, *_, **__):
        for number, item in enumerate(items):
            if number == 4:
                raise KeyboardInterrupt
            yield item

    with monkeypatch.context() as patch:
        patch.setattr(look_module, "track", interrupted)
        with pytest.raises(KeyboardInterrupt):
            look_at(paths, tmp_path / "cache")
    looked.clear()
    look_at(paths, tmp_path / "cache")
    assert looked == paths[4:]


def test_encoded_bytes_and_files_can_be_mixed(paths, looked, tmp_path, corpus):
    items = [corpus.PNG, *paths, b"", corpus.JPEG]
    first = look_at(items, tmp_path / "cache")
    assert [found.format for found in first[:1] + first[-1:]] == ["PNG RGB", "JPEG RGB"]
    assert reasons_of(first) == {len(paths): "not a picture", len(paths) + 1: "empty file"}
    looked.clear()
    assert look_at(items, tmp_path / "cache") == first
    assert len(looked) == 3


def test_nothing_to_look_at_is_nothing_found(tmp_path):
    assert look_at([], tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_many_pictures_are_found_in_order_by_one_graph(corpus, monkeypatch, capsys):
    from keras_tl.data.auditing import pixels

    monkeypatch.setattr(pixels, "COMPILED_FROM", 1)
    items = [corpus.encoded(("JPEG", "PNG")[n % 2], n % 10) for n in range(210)]
    items[7] = b"bad"
    found = look_at(items)
    assert list(reasons_of(found)) == [7]
    monkeypatch.undo()
    step_by_step = look_at(items[:20])
    assert found[:20] == step_by_step
    assert [one.digest for one in found[20:30]] == [one.digest for one in found[30:40]]
