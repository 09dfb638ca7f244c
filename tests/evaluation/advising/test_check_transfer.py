import json

import numpy as np
import pytest
from sklearn.metrics import accuracy_score

import keras_tl as ktl
from keras_tl.evaluation.advising import check_transfer as module
from keras_tl.evaluation.advising.contestants import Contest, random_features, same_budget
from keras_tl.evaluation.baselines import decided_by
from keras_tl.models.copies import redrawn

SHORT = ktl.Recipe("short", (ktl.Phase("all", ktl.Plan(batch_norm="train"), epochs=2),))


def checked(data, backbone, **options):
    quick = {
        "recipe": "feature-extraction",
        "scratch": SHORT,
        "seeds": 2,
        "pooling": "flatten",
        "verbose": 0,
    }
    return ktl.check_transfer(data, backbone, **{**quick, **options})


@pytest.fixture(scope="module")
def data(make_coloured):
    return make_coloured(240)


@pytest.fixture(scope="module")
def destroyed(make_small):
    """A backbone whose features say nothing: its last kernel is 0."""
    backbone = make_small("destroyed")
    backbone.layers[-1].set_weights([0 * weight for weight in backbone.layers[-1].get_weights()])
    return backbone


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("runs") / "check"


@pytest.fixture(scope="module")
def harmful(data, destroyed, run_dir):
    return checked(data, destroyed, run_dir=run_dir)


def test_destroyed_features_harm(harmful):
    assert harmful.verdict == "harms"
    assert harmful.gains["random features"].interval[1] < -0.2
    assert "random features" in harmful.advice[0]
    assert harmful.right["transfer"].mean() < 0.5


def test_a_model_is_copied_and_not_trained(harmful, destroyed):
    assert not np.any(destroyed.layers[-1].get_weights()[0])


def test_few_test_images_cannot_tell(make_coloured, make_small):
    """Random weights, called pretrained, against random weights, on a dozen test images."""
    found = checked(make_coloured(24, strength=15), make_small("random"))
    assert found.verdict == "cannot tell with this much data"
    low, high = found.gains["from scratch"].interval
    assert low <= 0 <= high
    assert "too few" in found.advice[0]


def test_the_same_again_trains_nothing_and_more_seeds_only_themselves(
    harmful, data, destroyed, run_dir, monkeypatch
):
    trained = []
    original = dict(module.CONTESTANTS)

    def noted(name):
        def train(contest, seed, **options):
            trained.append((name, seed))
            return original[name](contest, seed, **options)

        return train

    for name in original:
        monkeypatch.setitem(module.CONTESTANTS, name, noted(name))
    again = checked(data, destroyed, run_dir=run_dir)
    assert trained == []
    assert again.to_dict() == harmful.to_dict()
    checked(data, destroyed, run_dir=run_dir, seeds=3)
    assert trained == [(name, 2) for name in original]


def test_a_directory_of_another_check_is_refused(harmful, data, destroyed, run_dir):
    with pytest.raises(ValueError, match=r"check_transfer.recipe.name: 'feature-extraction' there"):
        checked(data, destroyed, run_dir=run_dir, recipe="linear-probe")


def test_what_is_left_are_answers_result_and_picture(harmful, run_dir):
    names = {path.name for path in run_dir.iterdir()}
    assert names == {"config.yaml", "answers", "transfer_check.json", "transfer_check.png"}
    assert {path.suffix for path in (run_dir / "answers").iterdir()} == {".json"}
    written = json.loads((run_dir / "transfer_check.json").read_text())
    assert written["verdict"] == "harms"
    assert len(written["accuracy"]["transfer"]) >= 2


def test_the_same_budget_is_as_many_epochs_at_the_highest_rate():
    recipe = ktl.recipe("lp-ft", epochs=(7, 5), learning_rate=3e-3)
    (phase,) = same_budget(recipe)
    assert (phase.epochs, phase.learning_rate, phase.patience) == (12, 3e-3, None)
    assert phase.plan == ktl.Plan.freeze_to(0, batch_norm="train")
    (phase,) = same_budget(ktl.recipe("feature-extraction"))
    assert (phase.epochs, phase.learning_rate) == (20, 1e-3)


def test_all_contestants_are_the_same_network(data, make_tiny):
    """Each is built on the pretrained one; only weights differ, from seed to seed."""
    build = module._builder(make_tiny("residual"), data, {"pooling": "avg"})
    first, other = build(0), build(1)
    assert ktl.chain(first) == ktl.chain(other)
    heads = [model.get_layer("head_logits").kernel.numpy() for model in (first, other)]
    assert not np.allclose(*heads)


def test_too_few_test_images_or_seeds_are_refused(data, destroyed):
    arrays = np.zeros((6, 16, 16, 3)) + np.arange(6)[:, None, None, None], np.arange(6) % 2
    none = ktl.load_data(arrays, image_size=16, validation=0.0, test=0.0)
    with pytest.raises(ValueError, match="at least two images"):
        checked(none, destroyed)
    with pytest.raises(ValueError, match="`seeds` must be an integer >= 2"):
        checked(data, destroyed, seeds=1)


def test_several_labels_are_right_if_all_are(make_small):
    """Oracle: scikit-learn's accuracy, which of several labels asks for all."""
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, (80, 2))
    images = generator.normal(100, 20, (80, 16, 16, 3))
    images[..., :2] += 80 * labels[:, None, None, :]
    data = ktl.load_data((np.clip(images, 0, 255), labels), image_size=16, validation=0.1, test=0.5)
    build = module._builder(make_small("small"), data, {"pooling": "flatten"})
    recipe = ktl.recipe("linear-probe")
    found = random_features(Contest(build, data, recipe, recipe, ktl.FeatureCache()), 0)
    decided = decided_by("linear probe", redrawn(build(0), 0), data)
    assert np.mean(found.right) == accuracy_score(data.test.labels, decided)
    assert 0.8 < np.mean(found.right) <= 1.0


@pytest.mark.slow
def test_letters_help_with_few_digits():
    """Against 20 epochs from scratch, the budget that stands against a head in closed form."""
    data = ktl.load_data("digits", image_size=64, labels_per_class=5, validation=0.0)
    found = checked(data, "MobileNetV2", weights="glyphs", scratch=None)
    assert found.verdict == "helps"
    assert found.gains["random features"].mean > 0.05
