from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import log_loss

from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.reporting.sections import mistakes as section


@pytest.fixture
def with_pictures(monkeypatch):
    """Gives a subject test images, and heatmaps that need no model."""

    def explain(model, images, *, classes):
        asked.extend(classes)
        return SimpleNamespace(overlay=lambda number: images[number])

    asked = []
    monkeypatch.setattr(section, "explain", explain)

    def complete(subject):
        read = lambda rows: np.zeros((len(rows), 8, 8, 3))  # noqa: E731
        subject.data = SimpleNamespace(test=SimpleNamespace(read=read))
        subject.model, subject.asked = None, asked
        return subject

    return complete


def test_the_surest_and_the_costliest_mistakes_come_first(make_subject, noisy, with_pictures):
    labels, found = noisy
    subject = with_pictures(make_subject(labels, found))
    told = section.mistakes(subject)
    wrong = np.flatnonzero(found.argmax(axis=1) != labels)
    assert told.wrong == len(wrong)
    surest = sorted(wrong, key=lambda row: -found[row].max())[:12]
    assert [one.name for one in told.most_confident] == [f"#{row}" for row in surest]
    costs = {row: log_loss([labels[row]], [found[row]], labels=[0, 1, 2]) for row in wrong}
    costliest = sorted(wrong, key=lambda row: -costs[row])[:12]
    assert [one.name for one in told.worst] == [f"#{row}" for row in costliest]
    assert told.worst[0].loss == pytest.approx(costs[costliest[0]], rel=1e-5)
    names = {one.name for one in told.most_confident}
    assert {one.name for one in told.further} == {one.name for one in told.worst} - names
    first = told.most_confident[0]
    assert first.said == first.explained == ["ant", "bee", "cat"][found[surest[0]].argmax()]
    assert first.truth in first.picture.words
    assert first.heatmap is not None


def test_where_several_may_hold_the_surest_wrong_class_is_explained(make_subject, with_pictures):
    labels = np.array([[1, 0, 0], [1, 1, 0]])
    found = np.array([[0.1, 0.8, 0.2], [0.9, 0.8, 0.1]])
    subject = with_pictures(make_subject(labels, found, multi_label=True))
    (one,) = section.mistakes(subject).most_confident
    assert (one.truth, one.said, one.explained) == ("ant", "bee", "ant")
    assert one.confidence == pytest.approx(0.9)
    expected = -np.log([0.1, 1 - 0.8, 1 - 0.2]).mean()
    assert one.loss == pytest.approx(expected, rel=1e-5)
    assert subject.asked == ["ant"]


def test_what_cannot_be_explained_is_shown_without_heatmaps(
    make_subject, noisy, with_pictures, monkeypatch
):
    def explain(*_, **__):
        raise RuntimeError("no gradients here")

    subject = with_pictures(make_subject(*noisy))
    monkeypatch.setattr(section, "explain", explain)
    told = section.mistakes(subject)
    assert told.no_heatmaps == "no gradients here"
    assert all(one.heatmap is None for one in told.worst)


def test_no_mistake_is_said(make_subject):
    with pytest.raises(Unavailable, match="right on all 3"):
        section.mistakes(make_subject([0, 1, 2], np.eye(3)))
