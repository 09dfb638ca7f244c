import os
import time
from pathlib import Path

import pytest

from keras_tl.data.auditing import audit_cache
from keras_tl.data.auditing.audit_cache import AuditCache, directory_of, users_directory
from keras_tl.data.auditing.inspection import Inspection
from keras_tl.data.auditing.stamps import Stamp

FOUND = Inspection("ab" * 16, "", 30, 40, "PNG RGB", 12.5, 2**63 + 1)


@pytest.fixture
def folder(tmp_path):
    """A folder with three files, for a cache holds what is there alone."""
    for name in ("a.jpg", "b.jpg", "кот\n\udce9.jpg"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(exist_ok=True)
        path.touch()
    return tmp_path / "photos"


@pytest.fixture
def cache(tmp_path, folder):
    return AuditCache(tmp_path / "cache", folder)


def known(*names):
    return {name: (Stamp(7, 10**18), FOUND) for name in names}


def test_what_is_written_is_read_again(cache, folder):
    everything = known(*os.listdir(folder))
    cache.write(everything)
    assert cache.read() == everything
    assert [path.name for path in cache.path.parent.iterdir()] == [cache.path.name]


def test_folders_have_caches_of_their_own(cache, tmp_path):
    cache.write(known("a.jpg"))
    assert AuditCache(cache.path.parent, tmp_path).read() == {}


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
def test_a_cache_that_is_not_what_was_written_is_no_cache(cache, damage):
    cache.write(known("a.jpg"))
    text = cache.path.read_text()
    cache.path.write_bytes(damage(text).encode("utf-8", "surrogateescape"))
    assert cache.read() == {}
    cache.write(known("a.jpg"))
    assert cache.read() == known("a.jpg")


def test_files_that_are_gone_are_forgotten(cache, folder):
    (folder / "b.jpg").unlink()
    cache.write(known("a.jpg", "b.jpg"))
    assert cache.read() == known("a.jpg")


def test_the_least_recently_used_go_when_there_are_too_many(tmp_path, folder):
    directory = tmp_path / "cache"
    caches = [AuditCache(directory, tmp_path / name) for name in "abc"]
    for age, one in enumerate(caches):
        one.folder = folder
        one.write(known("a.jpg"))
        os.utime(one.path, (1000 + age, 1000 + age))
    size = caches[0].path.stat().st_size
    caches[0].touch()
    AuditCache(directory, folder, limit_bytes=3 * size + 10).write(known("a.jpg"))
    assert [one.path.exists() for one in caches] == [True, False, True]


def test_what_does_not_fit_at_all_is_not_written(tmp_path, folder):
    small = AuditCache(tmp_path / "cache", folder, limit_bytes=10)
    small.write(known("a.jpg"))
    assert small.read() == {}


def test_a_directory_that_cannot_be_written_costs_nothing(tmp_path, folder, monkeypatch):
    (tmp_path / "cache").write_text("a file in the way")
    cache = AuditCache(tmp_path / "cache", folder)
    cache.write(known("a.jpg"))
    cache.touch()
    assert cache.read() == {}


def test_a_full_disk_leaves_nothing_behind(cache, monkeypatch):
    def fail(path, text):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audit_cache, "write_text", fail)
    cache.write(known("a.jpg"))
    assert cache.read() == {}


def test_caches_lie_beside_the_weights_of_keras(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert users_directory() == tmp_path / "keras_tl" / "audits"
    monkeypatch.delenv("KERAS_HOME")
    assert users_directory().parts[-3:] == (".keras", "keras_tl", "audits")


def test_audits_are_remembered_where_it_is_said():
    assert directory_of("auto") == users_directory()
    assert directory_of("here") == directory_of(Path("here")) == Path("here")
    assert directory_of(None) is None


def test_a_look_young_as_the_file_is_not_trusted():
    assert not Stamp(1, time.time_ns()).is_settled
    assert Stamp(1, time.time_ns() - 10**10).is_settled
