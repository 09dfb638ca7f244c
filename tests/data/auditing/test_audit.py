"""The look as users ask for it, on every kind of source that needs no network."""

import shutil

import numpy as np
import pytest

from keras_tl.data.auditing.audit import audit


@pytest.fixture
def photos(make_folder):
    return make_folder({"cat": 4, "dog": 3})


@pytest.fixture(autouse=True)
def users_cache(tmp_path, monkeypatch):
    """A home for what is remembered."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "keras_tl" / "audits"


def as_pairs(root):
    return [(path, path.parent.name) for path in sorted(root.rglob("*.png"))]


def as_table(root):
    table = root.parent / "table.csv"
    rows = [f"{path},{label}" for path, label in as_pairs(root)]
    table.write_text("\n".join(["path,label", *rows]))
    return table


@pytest.mark.parametrize("form", [lambda root: root, str, as_pairs, as_table])
def test_the_same_pictures_are_found_in_any_form(photos, form):
    (photos / "dog" / "bad.png").write_bytes(b"bad")
    found = audit(form(photos))
    assert found.class_counts == {"pictures": {"cat": 4, "dog": 3}}
    assert [item.reason for item in found.set_aside] == ["not a picture"]
    assert not found.stops


def test_parts_that_the_user_made_are_compared(photos, tmp_path):
    root = tmp_path / "divided"
    for part in ("train", "test"):
        shutil.copytree(photos, root / part)
    found = audit(root)
    assert found.stops
    assert found.findings[0].kind == "duplicates across parts"
    assert len(found.findings[0].rows) == 7
    assert not audit(root, duplicates="allow").stops


def test_arrays_and_built_in_digits_are_sources_too():
    images = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), dtype="uint8")
    found = audit((images, np.arange(6) % 2), class_names=["a", "b"])
    assert found.class_counts == {"pictures": {"a": 3, "b": 3}}
    digits = audit("digits")
    assert len(digits.usable) == 1797
    assert not digits.stops


def test_what_is_remembered_lies_in_the_users_own_directory(photos, users_cache):
    import os

    for path in photos.rglob("*.png"):
        os.utime(path, (10**9, 10**9))
    audit(photos, audit_cache=None)
    assert not users_cache.exists()
    audit(photos)
    assert len(list(users_cache.iterdir())) == 1


def test_what_is_no_source_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="which does not exist"):
        audit(tmp_path / "nowhere")
    with pytest.raises(ValueError, match="`duplicates` must be one of"):
        audit("digits", duplicates="yes")
