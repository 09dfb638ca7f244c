import errno
import os
import shutil
import subprocess
import sys
from collections import namedtuple

import numpy as np
import pytest

from keras_tl.caching.shards import DamagedError
from keras_tl.caching.store import FeatureStore

KEYS = ["aa" * 16, "bb" * 16, "cc" * 16]
FORM = {"rows": 10, "shapes": ((25,),), "dtypes": ("float32",), "rows_per_shard": 4}
ROW = 100

FILLING = """
import sys
import numpy as np
from keras_tl.caching.store import FeatureStore
key = "aa" * 16
store = FeatureStore(sys.argv[1])
form = {"rows": 10, "shapes": ((25,),), "dtypes": ("float32",), "rows_per_shard": 4}
entry = store.entry(key, **form)
computed = 0
with store.filling([key]):
    for start in range(0, 10, 2):
        if entry.missing(start, start + 2):
            entry.add(start, [np.full((2, 25), 7, "float32")])
            computed += 1
        if start == 4 and "slow" in sys.argv:
            print("half", flush=True)
            sys.stdin.readline()
print("computed", computed, "read", entry.read(np.arange(10))[0].sum(), flush=True)
"""


@pytest.fixture
def store(tmp_path):
    return FeatureStore(tmp_path / "cache")


@pytest.fixture
def start(store):
    """Starts a process that fills an entry; `slow` stops in the middle until it gets a line."""
    processes = []

    def run(*arguments):
        command = [sys.executable, "-c", FILLING, store.directory, *arguments]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        process = subprocess.Popen(command, **pipes)
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def fill(store, key, used=None, rows=10):
    entry = store.entry(key, **FORM, about={"model": "tiny"})
    for first in range(0, rows, 2):
        entry.add(first, [np.ones((2, 25), "float32")])
    if used is not None:
        os.utime(store.directory / key / "meta.json", (used, used))
    return entry


def fill_all(store):
    """Fills three entries; the first was used last, then the third, then the second."""
    for key, used in zip(KEYS, (300, 100, 200), strict=True):
        fill(store, key, used)


def keys(store):
    return [entry.key for entry in store.entries()]


def remove_all(store):
    return sum(store.remove(key) for key in keys(store))


def disk(store, total):
    """A disk that holds the cache alone."""

    def usage(_):
        used = sum(entry.bytes for entry in store.entries())
        return namedtuple("Usage", "total used free")(total, used, total - used)

    return usage


def test_importing_needs_neither_keras_nor_tensorflow():
    code = (
        "import sys, keras_tl.caching.store; print({'keras', 'tensorflow', 'jax'} & {*sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "set()"


def test_a_second_process_waits_and_computes_nothing(start):
    first = start("slow")
    assert first.stdout.readline() == "half\n"
    second = start()
    assert second.stdout.readline().startswith("Another process is computing")
    assert first.communicate("\n", timeout=10)[0] == "computed 5 read 1750.0\n"
    assert second.communicate(timeout=10)[0] == "computed 0 read 1750.0\n"


def test_a_process_that_is_killed_lets_the_next_one_go_on(start):
    first = start("slow")
    assert first.stdout.readline() == "half\n"
    first.kill()
    first.wait()
    assert start().communicate(timeout=10)[0] == "computed 3 read 1750.0\n"


def test_nothing_is_said_where_nobody_waits(store, capsys):
    with store.filling(KEYS):
        fill(store, KEYS[0])
    assert capsys.readouterr().out == ""


def test_the_list_tells_what_is_there(store):
    fill(store, KEYS[0], used=100)
    fill(store, KEYS[1], used=200, rows=6)
    second, first = store.entries()
    assert (first.key, first.rows, first.last_use) == (KEYS[0], 10, 100)
    assert (first.is_complete, second.is_complete) == (True, False)
    assert first.about == {"model": "tiny"}
    files = (store.directory / KEYS[0]).iterdir()
    assert first.bytes == sum(len(file.read_bytes()) for file in files) > 10 * ROW


def test_a_list_of_nothing(tmp_path):
    assert FeatureStore(tmp_path / "nothing").entries() == []
    assert not (tmp_path / "nothing").exists()


def test_the_least_recently_used_goes_first(store):
    fill_all(store)
    size = store.entries()[0].bytes
    store.limit_bytes = 4 * size
    assert store.make_room(size)
    assert len(keys(store)) == 3
    assert store.make_room(size + 1)
    assert keys(store) == [KEYS[0], KEYS[2]]
    store.touch(KEYS[2])
    assert store.make_room(2 * size + 1)
    assert keys(store) == [KEYS[2]]


def test_what_is_to_be_kept_is_kept(store):
    fill_all(store)
    store.limit_bytes = 3 * store.entries()[0].bytes
    assert store.make_room(100, keep=[KEYS[1]])
    assert keys(store) == [KEYS[0], KEYS[1]]


def test_nothing_is_removed_in_vain(store):
    fill_all(store)
    size = store.entries()[0].bytes
    store.limit_bytes = 3 * size
    assert not store.make_room(3 * size + 1)
    assert not store.make_room(2 * size + 1, keep=[KEYS[1]])
    assert len(keys(store)) == 3


def test_what_is_open_or_being_filled_stays(store, start):
    fill_all(store)
    shutil.rmtree(store.directory / KEYS[0])
    process = start("slow")
    process.stdout.readline()
    reader = store.entry(KEYS[1], **FORM)
    store.limit_bytes = 1
    assert not store.make_room(1)
    assert remove_all(store) > 0
    assert sorted(keys(store)) == [KEYS[0], KEYS[1]]
    assert reader.read(np.arange(10))[0].sum() == 250
    del reader
    process.kill()
    process.wait()
    remove_all(store)
    assert keys(store) == []
    assert sorted(p.suffix for p in store.directory.iterdir()) == [".lock"] * 3


def test_a_process_makes_room_while_it_fills(store):
    fill_all(store)
    store.limit_bytes = 3 * store.entries()[0].bytes
    with store.filling(KEYS[:1]):
        assert store.make_room(1000, keep=KEYS[:1])
        assert store.make_room(1500)
        assert remove_all(store) == 0
    assert keys(store) == [KEYS[0]]


def test_an_entry_that_is_removed_by_hand_is_missing(store):
    entry = fill(store, KEYS[0])
    shutil.rmtree(store.directory / KEYS[0])
    with pytest.raises(DamagedError):
        entry.read(np.arange(10))
    assert entry.missing(0, 4)


def test_room_is_what_the_limit_leaves_or_half_of_the_free_disk(store, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", disk(store, total=10_000))
    store.limit_bytes = None
    assert store.room() == 5_000
    fill(store, KEYS[0])
    size = store.entries()[0].bytes
    assert store.room() == (10_000 - size) // 2
    store.limit_bytes = size + 10
    assert store.room() == 10
    store.limit_bytes = 1
    assert store.room() == 0
    store.limit_bytes = None
    assert not store.make_room(5_001)
    assert keys(store) == [KEYS[0]]
    assert store.make_room(5_000)
    assert keys(store) == []


def test_only_entries_are_removed(store, tmp_path):
    fill(store, KEYS[0])
    outside = FeatureStore(tmp_path / "outside")
    fill(outside, KEYS[1])
    (store.directory / KEYS[1]).symlink_to(outside.directory / KEYS[1])
    for name, file in (("photos", "meta.json"), ("dd" * 16, "meta.json"), ("ee" * 16, "a.jpg")):
        (store.directory / name).mkdir()
        (store.directory / name / file).write_text('{"format": "of somebody else"}')
    shutil.copy(store.directory / KEYS[0] / "meta.json", store.directory / "photos")
    assert remove_all(store) > 0
    left = {path.name for path in store.directory.iterdir() if path.is_dir()}
    assert left == {"photos", "dd" * 16, "ee" * 16, KEYS[1]}
    assert keys(outside) == [KEYS[1]]


def test_one_entry_is_removed(store):
    fill_all(store)
    size = store.entries()[0].bytes
    assert store.remove(KEYS[1]) == size
    assert keys(store) == [KEYS[0], KEYS[2]]
    with pytest.raises(ValueError, match="`key` must be that of an entry"):
        store.remove(KEYS[1])


@pytest.mark.parametrize("key", ["", "../../etc", "model", "AB" * 8, "abc"])
def test_a_key_is_a_digest(store, key):
    with pytest.raises(ValueError, match="hexadecimal"):
        store.entry(key, **FORM)


def test_a_read_only_cache_is_read_but_not_filled(store, monkeypatch):
    def fail(*_, **__):
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    fill(store, KEYS[0])
    monkeypatch.setattr(os, "utime", fail)
    monkeypatch.setattr("keras_tl.caching.locks.FileLock.acquire", fail)
    entry = store.entry(KEYS[0], **FORM)
    store.touch(KEYS[0])
    assert entry.read(np.arange(10))[0].sum() == 250
    message = rf"Could not lock '.*{KEYS[1]}\.lock': Read-only.*without a cache"
    with pytest.raises(OSError, match=message) as caught, store.filling([KEYS[1]]):
        pass
    assert caught.value.errno == errno.EROFS


def test_a_directory_that_cannot_be_made_is_not_filled(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = FeatureStore(tmp_path / "file" / "cache")
    with pytest.raises(OSError, match="Could not lock"), store.filling(KEYS):
        pass


def test_a_limit_is_a_number_of_bytes(tmp_path):
    with pytest.raises(ValueError, match="`limit_bytes` must be an integer >= 1"):
        FeatureStore(tmp_path, limit_bytes=0)
