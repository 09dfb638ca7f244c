import json

import numpy as np
import pytest

from keras_tl.data.auditing.audit_examples import audit_examples
from keras_tl.data.auditing.class_counts import imbalance
from keras_tl.data.auditing.inspection import Inspection
from keras_tl.data.auditing.result import Audit
from keras_tl.data.auditing.sizes import sizes_of
from keras_tl.data.examples import Examples, SetAside


def made(labels, names=("a", "b"), parts=None, set_aside=(), **facts):
    """An audit of pictures that were never there; `facts` are columns of inspections."""
    labels = np.asarray(labels)
    rows = [
        Inspection(**{"digest": f"{n:032x}", "height": 30, "width": 40, "format": "PNG RGB",
                      "deviation": 50.0, "difference_hash": 0x5DEECE66D**2 * n % 2**64,
                      **{name: column[n] for name, column in facts.items()}})
        for n in range(len(labels))
    ]  # fmt: skip
    parts = None if parts is None else np.array(parts)
    examples = Examples([b""] * len(labels), labels, list(names), parts, tuple(set_aside))
    return Audit("made", examples, tuple(rows))


def kinds(audit):
    return [finding.kind for finding in audit.findings]


def test_classes_are_counted_without_what_is_set_aside():
    audit = made([0, 0, 1, 1, 1], reason=["", "bad", "", "", ""])
    assert audit.class_counts == {"pictures": {"a": 1, "b": 3}}
    assert audit.imbalance == 3.0
    assert audit.usable.tolist() == [0, 2, 3, 4]
    assert len(audit.digests) == 4


def test_parts_are_counted_on_their_own_and_balance_is_that_of_training():
    audit = made([0, 1, 1, 0, 1, 1], parts=["train"] * 3 + ["test"] * 3)
    assert audit.class_counts == {"train": {"a": 1, "b": 2}, "test": {"a": 1, "b": 2}}
    assert audit.imbalance == 2.0


def test_a_class_that_is_only_tested_is_named():
    audit = made([0, 0, 1], parts=["train", "train", "test"])
    assert kinds(audit) == ["classes without pictures"]
    assert audit.findings[0].rows == (("b",),)


def test_several_labels_are_counted_each_and_compared_together():
    audit = made([[1, 0], [1, 1], [0, 0]], digest=["x", "x", "x"])
    assert audit.class_counts == {"pictures": {"a": 2, "b": 1}}
    assert audit.findings[0].rows == (("#0", "a", "#1", "a, b"), ("#0", "a", "#2", "-"))


def test_imbalance_of_nothing_is_none():
    assert imbalance({}) == imbalance({"a": 0}) == imbalance({"a": 4, "b": 0}) == 1.0
    assert imbalance({"a": 200, "b": 1, "c": 7}) == 200.0


def test_sizes_are_ordered_by_pixels():
    assert sizes_of([(10, 10), (1, 300), (20, 20)]) == ((10, 10), (1, 300), (20, 20))
    assert sizes_of([(1, 4), (4, 1)]) == ((1, 4), (1, 4), (4, 1))
    assert sizes_of([]) is None


def test_formats_are_counted_the_most_common_first():
    audit = made([0, 1, 1], format=["PNG RGB", "JPEG CMYK", "JPEG CMYK"])
    assert list(audit.formats.items()) == [("JPEG CMYK", 2), ("PNG RGB", 1)]
    assert "2 JPEG CMYK, 1 PNG RGB" in str(audit)


def test_blank_pictures_are_no_near_duplicates():
    audit = made([0, 1, 1], deviation=[0.0, 0.2, 1.5], difference_hash=[0, 0, 0])
    assert audit.blanks == (0, 1)
    assert audit.near_duplicates == ()
    assert kinds(audit) == ["blank"]


def test_near_duplicates_of_duplicates_are_told_once():
    audit = made([0, 1, 1, 0], digest=["x", "x", "y", "z"], difference_hash=[6, 6, 7, 0xFFFF << 40])
    assert audit.near_duplicates == ((0, 2, 1),)


def test_what_the_source_passed_over_is_set_aside_too():
    audit = made([0, 1], set_aside=[SetAside("notes\n.tga", "another kind")])
    assert kinds(audit) == ["set aside"]
    assert audit.findings[0].rows == (("notes\n.tga", "another kind"),)
    assert r"notes\n.tga" in str(audit)


def test_a_source_that_stops_says_so_first_and_names_few(capsys):
    audit = made([0, 1] * 8, digest=[f"{n // 2}" for n in range(16)])
    assert audit.stops
    headline, *_ = str(audit).splitlines()
    assert headline == "made: 16 usable pictures in 2 classes. Something stops a run, see below."
    with pytest.raises(ValueError, match=r"8 pictures with .*#0 \(a\) = #1 \(b\)") as caught:
        audit.require_sound()
    assert "#8 (a) = #9 (b); and 3 more" in str(caught.value)
    assert "#10" not in str(caught.value)


def test_the_report_shows_ten_of_each_kind_and_the_file_all(tmp_path):
    count = 37
    reasons = ["empty file"] * count + [""] * 13
    audit = made([n % 13 for n in range(50)], names=[f"c{n:02}" for n in range(13)],
                 reason=reasons)  # fmt: skip
    report = str(audit)
    assert report.count("empty file") == 10
    assert "and 27 more" in report
    assert sum(f"  c{n:02} " in report for n in range(13)) == 10
    assert "and 3 more" in report
    audit.to_json(tmp_path / "audit.json")
    written = json.loads((tmp_path / "audit.json").read_text())
    assert len(written["findings"][0]["rows"]) == count == written["set_aside"]
    assert written["findings"][0]["rows"][0] == {"name": "#0", "why": "empty file"}
    assert written["class_counts"] == audit.class_counts
    assert written["sizes"]["median"] == [30, 40]
    assert (written["usable"], written["pictures"], written["stops"]) == (13, 50, False)


def test_an_audit_shows_itself_and_cannot_be_changed():
    audit = made([0, 1])
    assert repr(audit) == str(audit)
    with pytest.raises(AttributeError):
        audit.source = "other"


def test_names_that_are_no_text_can_be_written(tmp_path, corpus):
    path = corpus.undecodable_name(corpus.healthy(tmp_path)[0].path.parents[1], None)[0].path
    audit = audit_examples(Examples([path], np.array([0]), ["a"]), audit_cache=None)
    audit.to_json(tmp_path / "audit.json")
    text = (tmp_path / "audit.json").read_text(encoding="utf-8")
    assert r"caf\\xe9.jpg" in text
    assert audit.set_aside[0].name.endswith(r"caf\xe9.jpg")
