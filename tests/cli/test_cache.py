import io
import re
import sys

import numpy as np
import pytest

from keras_tl.caching.store import FeatureStore

KEYS = ["aa" * 16, "ab" * 16]
FORM = {"rows": 4, "shapes": ((250,),), "dtypes": ("float32",), "rows_per_shard": 2}


@pytest.fixture
def cache(tmp_path):
    """A cache with a complete entry and a partial one."""
    store = FeatureStore(tmp_path / "cache")
    for key, rows in zip(KEYS, (4, 2), strict=True):
        about = {"model": "MobileNetV2", "boundary": "stage4", "images": f"{key[:2]} of flowers"}
        store.entry(key, **FORM, about=about).add(0, [np.ones((rows, 250), "float32")])
    return store.directory


def entries(cache):
    return sorted(path.name for path in cache.iterdir() if path.is_dir())


def test_the_list_shows_each_entry_and_the_total(cli, cache):
    code, text = cli("cache", "list", cache)
    assert code == 0, text
    facts = r"MobileNetV2\s+stage4\s+{} of flowers\s+{} kB\s+\d{{4}}-\d\d-\d\d \d\d:\d\d\s+{}"
    assert re.search("aaaaaaaaaaaa\\s+" + facts.format("aa", r"4\.\d", "complete"), text)
    assert re.search("abababababab\\s+" + facts.format("ab", r"2\.\d", "partial"), text)
    assert re.search(r"^2 entries, 6\.\d kB$", text, re.M)


def test_all_is_cleared(cli, cache):
    (cache / "photos").mkdir()
    code, text = cli("cache", "clear", cache, "--yes")
    assert code == 0
    assert re.search(r"6\.\d kB freed", text)
    assert entries(cache) == ["photos"]
    assert "holds no cached features" in cli("cache", "clear", cache)[1]


def test_one_is_cleared_by_how_its_name_begins(cli, cache):
    assert cli("cache", "clear", cache, "--key", "aa", "--yes")[0] == 0
    assert entries(cache) == KEYS[1:]


@pytest.mark.parametrize(("key", "begins"), [("a", 2), ("ff", 0)])
def test_a_key_of_no_single_entry_is_an_error(cli, cache, key, begins):
    code, text = cli("cache", "clear", cache, "--key", key, "--yes")
    assert code == 1
    assert f"begins {begins}. Entries: " in text
    assert entries(cache) == KEYS


@pytest.mark.parametrize(("answer", "left"), [("n\n", KEYS), ("y\n", [])])
def test_it_asks_before_it_removes(cli, cache, monkeypatch, answer, left):
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    code, text = cli("cache", "clear", cache)
    assert "Remove 2 entries" in text
    assert (code == 0) == (left == [])
    assert entries(cache) == left


def test_what_is_in_use_is_left_and_named(cli, cache):
    reader = FeatureStore(cache).entry(KEYS[0], **FORM)
    code, text = cli("cache", "clear", cache, "--yes")
    assert code == 0
    assert "Left, because a process is using them: aaaaaaaaaaaa." in text
    assert entries(cache) == KEYS[:1]
    assert reader.read(np.arange(4))[0].sum() == 1000


@pytest.mark.parametrize("command", ["list", "clear"])
def test_what_is_no_cache_is_said_in_a_sentence(cli, tmp_path, command):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("picture")
    code, text = cli("cache", command, tmp_path / "nothing")
    assert (code, "is no directory" in text) == (1, True)
    code, text = cli("cache", command, tmp_path)
    assert (code, "holds no cached features" in text) == (0, True)
    assert (tmp_path / "photos" / "a.jpg").exists()
