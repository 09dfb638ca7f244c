from types import SimpleNamespace

import pytest

from keras_tl.evaluation.reporting import analysis
from keras_tl.evaluation.reporting.contents import Content
from keras_tl.evaluation.reporting.missing import Missing, Unavailable
from keras_tl.training.run_directory import RunDirectory


def unavailable(subject):
    raise Unavailable("There is none.")


@pytest.fixture
def subject(tmp_path, monkeypatch):
    """A subject of one label an image, and a table of three sections."""
    table = {
        "first": Content("part", "title", lambda subject: {"share": 0.5}),
        "second": Content("part", "title", unavailable),
        "third": Content("part", "title", unavailable, task=True),
    }
    monkeypatch.setattr(analysis, "CONTENTS", table)
    data = SimpleNamespace(multi_label=False)
    return SimpleNamespace(run=RunDirectory(tmp_path / "lilies"), data=data, show=False)


def test_what_has_nothing_to_look_at_says_why_and_other_tasks_are_left_out(subject):
    found = analysis.analyse(subject)
    assert found.sections == {"first": {"share": 0.5}, "second": Missing("There is none.")}
    assert found.to_dict() == {
        "format": 1, "run": "lilies", "first": {"share": 0.5},
        "second": {"reason": "There is none."},
    }  # fmt: skip


def test_several_labels_have_their_own_sections(subject):
    subject.data.multi_label = True
    assert list(analysis.analyse(subject).sections) == ["first", "second", "third"]
