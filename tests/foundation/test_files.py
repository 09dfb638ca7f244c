import errno
import json
import os

import pytest

from keras_tl.foundation import files


def full_disk(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_file_appears_only_when_it_is_whole(tmp_path):
    target = tmp_path / "deep" / "a.txt"
    with files.replacing(target) as temporary:
        temporary.write_text("new")
        assert not target.exists()
        assert temporary.parent == target.parent
        assert temporary.name.endswith("a.txt")
    assert target.read_text() == "new"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), OSError(28, "full")])
def test_a_failing_writer_leaves_the_old_file_and_nothing_else(tmp_path, error):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def write_half():
        with files.replacing(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(type(error)):
        write_half()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failing_writer_leaves_no_directory(tmp_path):
    def write_half():
        with files.replacing(tmp_path / "export") as temporary:
            (temporary / "deep").mkdir(parents=True)
            (temporary / "deep" / "half").write_text("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS])
def test_a_disk_error_names_the_file_the_reason_and_the_way_out(tmp_path, monkeypatch, code):
    def fail(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match=r"a\.txt.*Nothing was left.*free space") as caught:
        files.write_text(tmp_path / "a.txt", "text")
    assert caught.value.errno == code
    assert os.strerror(code) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match=r"Could not write '.*file/a\.txt'"):
        files.write_text(tmp_path / "file" / "a.txt", "text")


def test_a_full_disk_keeps_the_json_of_before(tmp_path, monkeypatch):
    target = tmp_path / "metrics.json"
    files.write_json(target, {"accuracy": 0.5})
    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        files.write_json(target, {"accuracy": 1.0})
    assert json.loads(target.read_text()) == {"accuracy": 0.5}
    assert list(tmp_path.iterdir()) == [target]


def test_yaml_comes_back_in_order(tmp_path):
    value = {"b": [1, 2.5, None], "a": {"größe": True}}
    files.write_yaml(tmp_path / "c.yaml", value)
    back = files.read_yaml(tmp_path / "c.yaml")
    assert back == value
    assert list(back) == ["b", "a"]


def test_broken_yaml_is_named(tmp_path):
    (tmp_path / "c.yaml").write_text("a: [1\nb: 2")
    with pytest.raises(ValueError, match=r"(?s)c\.yaml.*line 2"):
        files.read_yaml(tmp_path / "c.yaml")


def test_yaml_runs_no_code(tmp_path):
    (tmp_path / "c.yaml").write_text("!!python/object/apply:os.getcwd []")
    with pytest.raises(ValueError, match="not a YAML file"):
        files.read_yaml(tmp_path / "c.yaml")


def test_discard_is_content_with_files_folders_and_nothing(tmp_path):
    (tmp_path / "a").write_text("")
    (tmp_path / "b" / "c").mkdir(parents=True)
    for name in ("a", "b", "nothing"):
        files.discard(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_digest_tells_contents_and_their_borders_apart():
    assert files.digest("ab", "c") == files.digest(b"ab", b"c")
    assert files.digest("ab", "c") != files.digest("a", "bc")
    assert files.digest("ab") != files.digest("ba")
    assert len(files.digest()) == 32


def test_a_table_is_written_with_empty_cells_where_there_is_nothing(tmp_path):
    rows = [{"a": 1, "b": "x, y"}, {"b": None}]
    files.write_csv(tmp_path / "a.csv", ["a", "b"], rows)
    assert (tmp_path / "a.csv").read_bytes() == b'a,b\r\n1,"x, y"\r\n,\r\n'
    files.write_csv(tmp_path / "b.csv", ["a"], [{"a": "\N{SNOWMAN}"}], end_of_row="\n")
    assert (tmp_path / "b.csv").read_bytes() == "a\n\N{SNOWMAN}\n".encode()
    with pytest.raises(ValueError, match="fields not in fieldnames: 'b'"):
        files.write_csv(tmp_path / "c.csv", ["a"], rows)
    assert not (tmp_path / "c.csv").exists()
