import json
import re
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from keras_tl.data.auditing.audit_examples import audit_examples
from keras_tl.data.examples import Examples

READ = Path.read_bytes  # rows of the corpus replace it


def look(examples, **options):
    return audit_examples(examples, audit_cache=None, **options)


def contents(root):
    """Everything under a folder: the bytes of files, where links lead, and times."""
    found = {}
    for path in sorted(root.rglob("*")):
        status = path.lstat()
        found[path] = [status.st_mode, status.st_size, status.st_mtime_ns]
        if stat.S_ISREG(status.st_mode) and status.st_size < 1_000_000:
            found[path].append(READ(path))
    return found


@pytest.fixture(scope="module")
def audited(nasty, tmp_path_factory):
    """The audit of a row, what it wrote as JSON, and what was on disk before and after."""
    before = contents(nasty.root)
    found = look(nasty.examples, source="root")
    path = tmp_path_factory.mktemp("audit") / "audit.json"
    found.to_json(path)
    return found, json.loads(path.read_text(encoding="utf-8")), before, contents(nasty.root)


def test_each_kind_has_its_line_and_nothing_else_is_found(nasty, audited):
    found, written, _, _ = audited
    assert {finding.kind for finding in found.findings} == nasty.kinds
    assert {finding["kind"] for finding in written["findings"]} == nasty.kinds
    report = str(found)
    assert re.search(nasty.line, report, re.MULTILINE), report
    assert all(line.isprintable() for line in report.splitlines())


def test_healthy_pictures_stay_in_use_and_bad_ones_do_not(nasty, audited):
    used = {nasty.examples.pictures[row] for row in audited[0].usable}
    assert set(nasty.examples.pictures) - set(nasty.bad) <= used
    assert used.isdisjoint(nasty.bad) == ("set aside" in nasty.kinds)


def test_nothing_on_disk_is_changed(audited):
    _, _, before, after = audited
    assert before == after


def test_only_contradictions_stop_a_run_and_they_can_be_allowed(nasty, audited):
    found, written, _, _ = audited
    is_contradiction = any(kind.startswith("duplicates ") for kind in nasty.kinds)
    assert found.stops == written["stops"] == is_contradiction
    replace(found, allows_duplicates=True).require_sound()
    if not is_contradiction:
        found.require_sound()
        return
    with pytest.raises(ValueError, match=r"`source` cannot be used as it is") as caught:
        found.require_sound()
    assert re.search(r"cat/0\.png \(\w+\) = \w+/again\.png \(\w+\)", str(caught.value))
    assert "duplicates='allow'" in str(caught.value)


def test_what_is_allowed_is_still_said(corpus, tmp_path):
    good = corpus.healthy(tmp_path)
    again = corpus.Listed(good[0].path, "dog")
    found = look(corpus.examples_of([*good, again]), duplicates="allow")
    assert not found.stops
    assert found.findings[0].severity == "noted"
    assert found.findings[0].kind == "duplicates under other labels"


def test_a_source_without_a_usable_picture_stops_and_names_the_reasons(tmp_path):
    paths = [tmp_path / "a" / "1.jpg", tmp_path / "b" / "2.jpg"]
    found = look(Examples(paths, np.array([0, 1]), ["a", "b"]), source="photos")
    assert found.stops
    with pytest.raises(ValueError, match="None of 2 pictures can be used"):
        found.require_sound()
    assert str(found).count("there is no such file") == 2
    assert look(Examples([], np.zeros(0, int), ["a", "b"])).stops


def test_arrays_are_looked_at_for_duplicates_and_blank_ones():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (8, 6, 6, 3), dtype="uint8")
    images[3], images[5] = images[0], (9, 80, 200)
    found = look(Examples(images, np.array([0, 0, 0, 1, 1, 1, 1, 1]), ["a", "b"]))
    kinds = ["duplicates under other labels", "duplicates", "blank"]
    assert [finding.kind for finding in found.findings] == kinds
    assert found.findings[0].rows == (("#0", "a", "#3", "b"),)
    assert found.blanks == (5,)
    assert found.formats == {"array": 8}
    assert found.picture() is None


def test_deviations_of_arrays_are_those_of_numpy():
    rng = np.random.default_rng(0)
    images = rng.normal(100, 20, (3, 7, 5, 3)).astype("float32")
    found = look(Examples(images, np.array([0, 1, 0]), ["a", "b"]))
    expected = images.astype("float64").std(axis=(1, 2)).max(axis=-1)
    np.testing.assert_allclose([one.deviation for one in found.inspections], expected, atol=1e-3)


def test_encoded_pictures_are_looked_at_as_files_are(corpus):
    items = [corpus.encoded("PNG", seed) for seed in range(4)]
    items[2] = b"broken"
    found = look(Examples(items, np.array([0, 1, 0, 1]), ["a", "b"]))
    assert [item.name for item in found.set_aside] == ["#2"]
    assert found.usable.tolist() == [0, 1, 3]


def test_an_unknown_wish_is_named():
    with pytest.raises(ValueError, match=r"`duplicates` must be one of .*Did you mean 'stop'"):
        audit_examples(Examples([], np.zeros(0, int), []), duplicates="stopp")
