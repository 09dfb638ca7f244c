import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score

from keras_tl.evaluation.reporting.sections.worth import worth


def test_the_headline_is_that_of_scikit_learn(make_subject, noisy):
    labels, found = noisy
    headline = worth(make_subject(labels, found))
    decided = found.argmax(axis=1)
    assert headline.accuracy == accuracy_score(labels, decided)
    assert headline.right == (decided == labels).sum()
    assert headline.macro_f1 == pytest.approx(f1_score(labels, decided, average="macro"))
    assert headline.log_loss == pytest.approx(log_loss(labels, found), rel=1e-5)
    of_classes = [roc_auc_score(labels == i, found[:, i].astype("float32")) for i in range(3)]
    assert headline.roc_auc == pytest.approx(np.mean(of_classes))


def test_few_images_one_answer_and_absent_classes_are_noted(make_subject):
    labels = [0, 1, 1, 1]
    notes = " ".join(worth(make_subject(labels, [[0.2, 0.7, 0.1]] * 4)).notes)
    assert "4 test images are few" in notes
    assert "The model answers bee whatever it is shown" in notes
    assert "cat cannot be ranked: no image has it" in notes


def test_many_images_and_several_answers_need_no_note(make_subject, noisy):
    labels, found = (np.tile(part, (10, 1)[: part.ndim]) for part in noisy)
    assert worth(make_subject(labels, found)).notes == ()
