import os
import time

import pytest

from keras_tl.data.auditing import memory as memory_module
from keras_tl.data.auditing.inspection import Inspection
from keras_tl.data.auditing.memory import Memory, memory_directory
from keras_tl.data.auditing.stamps import Stamp

FOUND = Inspection("ab" * 16, "", 30, 40, "PNG RGB", 12.5, 2**63 + 1)


@pytest.fixture
def folder(tmp_path):
    """A folder with three files, for a memory holds what is there alone."""
    for name in ("a.jpg", "b.jpg", "кот\n\udce9.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path / "photos"


@pytest.fixture
def memory(tmp_path, folder):
    return Memory(tmp_path / "memory", folder)


def known(*names):
    return {name: (Stamp(7, 10**18), FOUND) for name in names}


def test_what_is_written_is_read_again(memory, folder):
    everything = known(*os.listdir(folder))
    memory.write(everything)
    assert memory.read() == everything
    assert [path.name for path in memory.path.parent.iterdir()] == [memory.path.name]


def test_folders_have_memories_of_their_own(memory, tmp_path):
    memory.write(known("a.jpg"))
    assert Memory(memory.path.parent, tmp_path).read() == {}


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[:-5],
        lambda text: text.replace("12.5", "13.5"),
        lambda text: text.replace("audit, 2", "audit, 1"),
        lambda text: text.replace("pillow ", "pillow 0."),
        lambda text: "[]",
        lambda text: "\udcff",
    ],
    ids=["empty", "cut", "changed", "another version", "another decoder", "other", "no text"],
)
def test_a_memory_that_is_not_what_was_written_is_no_memory(memory, damage):
    memory.write(known("a.jpg"))
    text = memory.path.read_text()
    memory.path.write_bytes(damage(text).encode("utf-8", "surrogateescape"))
    assert memory.read() == {}
    memory.write(known("a.jpg"))
    assert memory.read() == known("a.jpg")


def test_files_that_are_gone_are_forgotten(memory, folder):
    (folder / "b.jpg").unlink()
    memory.write(known("a.jpg", "b.jpg"))
    assert memory.read() == known("a.jpg")


def test_the_least_recently_used_go_when_there_are_too_many(tmp_path, folder):
    directory = tmp_path / "memory"
    memories = [Memory(directory, tmp_path / name) for name in "abc"]
    for age, one in enumerate(memories):
        one.folder = folder
        one.write(known("a.jpg"))
        os.utime(one.path, (1000 + age, 1000 + age))
    size = memories[0].path.stat().st_size
    memories[0].touch()
    Memory(directory, folder, limit_bytes=3 * size + 10).write(known("a.jpg"))
    assert [one.path.exists() for one in memories] == [True, False, True]


def test_what_does_not_fit_at_all_is_not_written(tmp_path, folder):
    small = Memory(tmp_path / "memory", folder, limit_bytes=10)
    small.write(known("a.jpg"))
    assert small.read() == {}


def test_a_directory_that_cannot_be_written_costs_nothing(tmp_path, folder, monkeypatch):
    (tmp_path / "memory").write_text("a file in the way")
    memory = Memory(tmp_path / "memory", folder)
    memory.write(known("a.jpg"))
    memory.touch()
    assert memory.read() == {}


def test_a_full_disk_leaves_nothing_behind(memory, monkeypatch):
    def fail(path, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(memory_module, "write_text", fail)
    memory.write(known("a.jpg"))
    assert memory.read() == {}


def test_memories_lie_beside_the_weights_of_keras(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert memory_directory() == tmp_path / "keras_tl" / "audits"
    monkeypatch.delenv("KERAS_HOME")
    assert memory_directory().parts[-3:] == (".keras", "keras_tl", "audits")


def test_a_look_young_as_the_file_is_not_trusted():
    assert not Stamp(1, time.time_ns()).is_settled
    assert Stamp(1, time.time_ns() - 10**10).is_settled
