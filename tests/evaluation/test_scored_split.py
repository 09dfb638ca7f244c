import numpy as np
import pytest

from keras_tl.evaluation.metrics import score
from keras_tl.evaluation.scored_split import ScoredSplit


def made(**changed):
    fields = {
        "names": ["a/1.png", "b/2.png", "ü\udcff 3.png"],
        "labels": np.array([0, 1, 1]),
        "probabilities": np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], "float32"),
        "class_names": ["cat", "a dog"],
        "baseline_decisions": {
            "raw-pixel SVM": np.array([0, 0, 1]),
            "majority class": np.array([1, 1, 1]),
        },
        "digests": ["0", "1", "2"],
        "fingerprint": "f",
        "model": "m",
    }
    return ScoredSplit(**{**fields, **changed})


def several():
    labels = np.array([[1, 0], [1, 1], [0, 0]], "float32")
    found = np.array([[0.9, 0.5], [0.6, 0.8], [0.1, 0.2]], "float32")
    decided = {"majority class": np.array([[1, 0]] * 3)}
    return made(labels=labels, probabilities=found, multi_label=True, baseline_decisions=decided)


def test_right_is_what_the_likeliest_class_says():
    scored = made()
    assert scored.right.tolist() == [True, True, False]
    assert scored.size == 3


def test_of_several_labels_all_must_be_right():
    scored = several()
    assert scored.decided.tolist() == [[1, 1], [1, 1], [0, 0]]
    assert scored.right.tolist() == [False, True, True]


@pytest.mark.parametrize("scored", [made(), several()])
def test_scores_are_those_of_evaluation(scored):
    expected = score(
        scored.labels,
        scored.probabilities,
        scored.class_names,
        multi_label=scored.multi_label,
    )
    assert scored.scores.to_dict() == expected.to_dict()


@pytest.mark.parametrize("scored", [made(), several(), made(digests=(), baseline_decisions={})])
def test_what_is_written_is_read(scored, tmp_path):
    path = tmp_path / "deep" / "scored.npz"
    scored.to_file(path)
    again = ScoredSplit.from_file(path)
    assert [p.name for p in path.parent.iterdir()] == ["scored.npz"]
    for name in ("names", "class_names", "digests"):
        assert list(getattr(again, name)) == list(getattr(scored, name))
    for name in ("multi_label", "fingerprint", "model"):
        assert getattr(again, name) == getattr(scored, name)
    assert again.probabilities.dtype == scored.probabilities.dtype
    np.testing.assert_array_equal(again.probabilities, scored.probabilities)
    np.testing.assert_array_equal(again.labels, scored.labels)
    assert list(again.baseline_decisions) == list(scored.baseline_decisions)
    for name, decided in scored.baseline_decisions.items():
        np.testing.assert_array_equal(again.baseline_decisions[name], decided)


def test_a_file_that_is_another_is_named(tmp_path):
    path = tmp_path / "scored.npz"
    contents = [b"not a file of arrays", b"", b"PK\x03\x04 half"]
    for content in contents:
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"`path` must be a file that.*scored\.npz.*Delete it"):
            ScoredSplit.from_file(path)
    np.savez(path, labels=np.zeros(3))
    with pytest.raises(ValueError, match="`path` must be a file that"):
        ScoredSplit.from_file(path)


def test_code_in_a_file_is_not_run(tmp_path):
    made().to_file(tmp_path / "scored.npz")
    with np.load(tmp_path / "scored.npz") as file:
        content = dict(file)
    content["names"] = np.array([print], dtype=object)
    np.savez(tmp_path / "scored.npz", **content)
    with pytest.raises(ValueError, match="`path` must be a file that"):
        ScoredSplit.from_file(tmp_path / "scored.npz")


NAN = np.array([[0.5, 0.5], [np.nan, 0.5], [0.1, 0.9]])
MISTAKES = [
    ({"probabilities": NAN}, "`probabilities` must be finite numbers from 0 to 1"),
    ({"probabilities": np.full((3, 2), np.inf)}, "`probabilities` must be finite"),
    ({"probabilities": np.full((3, 2), -3.0)}, "or gives logits"),
    ({"probabilities": np.full((3, 3), 0.5)}, "`labels` and `probabilities` must be those"),
    ({"labels": np.array([0, 1])}, "`labels` and `probabilities` must be those"),
    ({"labels": np.array([[0, 1]] * 3)}, "`labels` and `probabilities` must be those"),
    ({"labels": np.array([0, 1, 2])}, "`labels` must be from 0 to 1"),
    ({"labels": np.array([0, 1, -1])}, "`labels` must be from 0 to 1"),
    ({"names": ["a"]}, "`names` must hold one for each of the 3 pictures"),
    (
        {"baseline_decisions": {"SVM": np.zeros(2)}},
        "`SVM` must hold one for each of the 3 pictures",
    ),
    (
        {"names": [], "labels": np.zeros(0, int), "probabilities": np.zeros((0, 2))},
        "at least one picture",
    ),
]


@pytest.mark.parametrize(("changed", "message"), MISTAKES)
def test_what_does_not_go_together_is_named(changed, message):
    with pytest.raises(ValueError, match=message):
        made(**changed)
