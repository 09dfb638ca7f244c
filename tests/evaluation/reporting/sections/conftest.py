"""Subjects of a report whose model says what a test wants it to say."""

from types import SimpleNamespace

import numpy as np
import pytest

from keras_tl.evaluation.analysing.ranked_scores import ranked_scores
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.training.run_directory import RunDirectory

NAMES = ["ant", "bee", "cat"]


def scored_split(labels, probabilities, names=NAMES, **options):
    return ScoredSplit(
        [f"#{number}" for number in range(len(labels))],
        np.asarray(labels),
        np.asarray(probabilities, dtype="float32"),
        names,
        **options,
    )


@pytest.fixture
def make_subject():
    """Makes a subject of labels and probabilities; more is as `Subject` has it."""

    def make(labels, probabilities, names=NAMES, *, multi_label=False, decisions=None, **more):
        scored = scored_split(
            labels,
            probabilities,
            names,
            multi_label=multi_label,
            baseline_decisions=decisions or {},
        )
        return SimpleNamespace(
            scored=scored,
            ranked=ranked_scores(scored),
            **{"validated": None, "baselines": (), "show": False, **more},
        )

    return make


@pytest.fixture
def subject_of():
    """Makes a subject that has nothing but a run directory."""
    return lambda path: SimpleNamespace(run=RunDirectory(path))


@pytest.fixture
def noisy():
    """Labels of three classes, and probabilities that are right for most."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 3, 200)
    logits = generator.normal(0, 1.0, (200, 3)) + 1.5 * np.eye(3)[labels]
    exponentials = np.exp(logits)
    return labels, exponentials / exponentials.sum(axis=1, keepdims=True)
