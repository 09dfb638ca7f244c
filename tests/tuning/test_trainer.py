import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching import filling
from keras_tl.caching.machine import Machine
from keras_tl.models.card import read_model
from keras_tl.tuning import probes, trainer
from keras_tl.tuning.outcome import metrics_of


def weights(path):
    return read_model(path).get_weights()


def equal(one, other):
    return all((a == b).all() for a, b in zip(one, other, strict=True))


@pytest.fixture
def study(make_study):
    return make_study()


@pytest.fixture
def fine_tunings(monkeypatch):
    """The recipes of all trainings, those of probes included."""
    found = []
    for module in (probes, trainer):
        original = module.fine_tune

        def count(model, data, recipe, *, original=original, **options):
            found.append(recipe.name)
            return original(model, data, recipe, **options)

        monkeypatch.setattr(module, "fine_tune", count)
    return found


def test_the_score_is_that_of_the_file(study, values, data, tmp_path, monkeypatch):
    """Whatever becomes of the model in memory."""
    original = trainer.fine_tune

    def spoiling(model, *args, **options):
        original(model, *args, **options)
        model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])

    monkeypatch.setattr(trainer, "fine_tune", spoiling)
    outcome = study.trainer.train(values, tmp_path / "trial")
    model = read_model(tmp_path / "trial" / outcome.model)
    assert outcome.metrics == metrics_of(ktl.evaluate(model, data.validation))
    assert outcome.epochs == 2
    assert outcome.seconds > 0


def test_only_the_depth_of_the_trial_moves(study, values, tmp_path):
    study.trainer.train(values, tmp_path / "trial")
    fresh = study.trainer.candidates["small"].build(
        study.trainer.data, boundary=None, head="linear"
    )
    (file,) = (tmp_path / "trial").rglob("model.keras")
    trained = read_model(file)
    pairs = zip(ktl.chain(fresh), ktl.chain(trained), strict=True)
    moved = {
        one.name
        for one, other in pairs
        for a, b in zip(one.layers, other.layers, strict=True)
        if not equal(a.get_weights(), b.get_weights())
    }
    assert moved == {"stage3", "head"}


def test_the_probe_is_trained_once_for_all_trials(study, values, tmp_path, fine_tunings):
    for number, rate in enumerate((0.01, 0.003)):
        study.trainer.train({**values, "head_rate": rate}, tmp_path / str(number))
    assert fine_tunings == ["probe", "lp-ft", "lp-ft"]


@pytest.mark.slow
def test_another_head_has_a_probe_of_its_own(study, values, tmp_path, fine_tunings):
    for head in ("linear", "cosine", "linear"):
        study.trainer.train({**values, "head": head}, tmp_path / f"{head}{len(fine_tunings)}")
    assert fine_tunings.count("probe") == 2


def test_without_epochs_the_probe_itself_is_scored(study, values, data, tmp_path, fine_tunings):
    outcome = study.trainer.train({**values, "tuner/epochs": 0}, tmp_path / "trial")
    model = read_model(tmp_path / "trial" / outcome.model)
    assert fine_tunings == ["probe"]
    assert outcome.epochs == 0
    solved = study.trainer.candidates["small"].build(data, boundary=None, head="linear")
    ktl.fine_tune(solved, data, probes.SOLVED, verbose=0)
    assert equal(model.get_weights(), solved.get_weights())


@pytest.mark.slow
def test_what_a_trial_trains_does_not_depend_on_those_before_it(make_study, values, tmp_path):
    other = {**values, "trainable_stages (small)": 3, "dropout": 0.4}
    found = []
    for trials in ([values], [other, values]):
        study = make_study()
        for number, one in enumerate(trials):
            outcome = study.trainer.train(one, tmp_path / f"{len(trials)}-{number}")
        found.append(weights(tmp_path / f"{len(trials)}-{number}" / outcome.model))
    assert equal(*found)


@pytest.mark.slow
def test_the_cache_changes_no_weight(make_study, values, tmp_path):
    cached = make_study().trainer
    outcome = cached.train(values, tmp_path / "cached")
    plain = make_study().trainer
    plain.cache = False
    plain._shared = set(plain.depths)
    uncached = plain.train(values, tmp_path / "plain")
    assert equal(
        weights(tmp_path / "cached" / outcome.model), weights(tmp_path / "plain" / uncached.model)
    )
    assert outcome.metrics == pytest.approx(dict(uncached.metrics), rel=1e-6)


@pytest.mark.slow
def test_a_promoted_trial_goes_on_from_the_weights_of_its_parent(study, values, tmp_path):
    first = study.trainer.train({**values, "tuner/epochs": 2}, tmp_path / "0")
    parent = tmp_path / "0" / first.model
    promoted = {**values, "tuner/epochs": 3, "tuner/initial_epoch": 2, "tuner/trial_id": "0"}
    again = study.trainer.train(promoted, tmp_path / "1", parent)
    assert (again.epochs, again.notes) == (3, ())
    direct = read_model(parent)
    settings = trainer.Settings.of(values)
    ktl.fine_tune(direct, study.trainer.data, settings.to_recipe(1), seed=0, verbose=0)
    assert equal(weights(tmp_path / "1" / again.model), direct.get_weights())


@pytest.mark.slow
def test_a_promoted_trial_without_its_parent_begins_from_the_probe(study, values, tmp_path):
    promoted = {**values, "tuner/epochs": 3, "tuner/initial_epoch": 2, "tuner/trial_id": "0"}
    again = study.trainer.train(promoted, tmp_path / "1", None)
    whole = study.trainer.train({**values, "tuner/epochs": 3}, tmp_path / "2")
    assert again.notes == ("trial 0 was not kept: began from the probe again",)
    assert equal(weights(tmp_path / "1" / again.model), weights(tmp_path / "2" / whole.model))


@pytest.mark.slow
def test_again_is_another_training(study, values, tmp_path):
    outcomes = [study.trainer.train(values, tmp_path / str(again), again=again) for again in (0, 1)]
    found = [weights(tmp_path / str(i) / o.model) for i, o in enumerate(outcomes)]
    assert not equal(*found)


@pytest.mark.slow
def test_augmentation_of_a_trial_is_seen_in_training_only(make_study, values, tmp_path, data):
    study = make_study(views=2)
    plain = study.trainer.train(values, tmp_path / "plain")
    varied = study.trainer.train({**values, "augment": "medium"}, tmp_path / "varied")
    assert not equal(
        weights(tmp_path / "plain" / plain.model), weights(tmp_path / "varied" / varied.model)
    )
    assert data.train.augment is None


def test_out_of_memory_is_told_and_the_trial_goes_on(study, values, tmp_path, monkeypatch):
    """It fails when some training is done, and begins again where the trial began."""
    original, begun = trainer.fine_tune, []

    def full(model, data, recipe, **options):
        begun.append(model.get_weights())
        original(model, data, recipe, **options)
        if data.train.batch_size > 4:
            raise MemoryError

    monkeypatch.setattr(trainer, "fine_tune", full)
    outcome = study.trainer.train(values, tmp_path / "trial")
    assert len(begun) == 2
    assert equal(*begun)
    assert not equal(begun[1], weights(tmp_path / "trial" / outcome.model))
    assert outcome.notes == ("out of memory: batches of 4, gradients of 2 make an update",)
    assert outcome.model.startswith("batches of 4")


@pytest.mark.slow
def test_an_interrupted_trial_goes_on_from_its_phase(make_study, values, tmp_path, monkeypatch):
    """Training breaks off in the second phase; the same trial again runs only what was left."""
    values |= {"recipe": "gradual-unfreezing", "trainable_stages (small)": 2}
    straight = make_study(epochs=4).trainer.train(values, tmp_path / "straight")

    class Broken(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 3:
                raise KeyboardInterrupt

    original = trainer.fine_tune
    study = make_study(epochs=4)

    def breaking(*args, **options):
        return original(*args, callbacks=[Broken()], **options)

    monkeypatch.setattr(trainer, "fine_tune", breaking)
    with pytest.raises(KeyboardInterrupt):
        study.trainer.train(values, tmp_path / "broken")
    epochs = []

    class Counts(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            epochs.append(epoch)

    def counting(*args, **options):
        return original(*args, callbacks=[Counts()], **options)

    monkeypatch.setattr(trainer, "fine_tune", counting)
    again = make_study(epochs=4).trainer.train(values, tmp_path / "broken")
    assert epochs == [3]
    assert equal(
        weights(tmp_path / "straight" / straight.model), weights(tmp_path / "broken" / again.model)
    )


@pytest.mark.slow
def test_features_of_all_depths_are_filled_in_one_pass(make_study, values, tmp_path, monkeypatch):
    passes = []
    original = filling.fill

    def count(model, split, boundaries, rows, **options):
        lacking = [row for row in rows if not row.is_complete]
        if lacking:
            passes.append((split.size, len(lacking)))
        return original(model, split, boundaries, rows, **options)

    monkeypatch.setattr("keras_tl.caching.feature_cache.fill", count)
    monkeypatch.setattr("keras_tl.caching.feature_cache.measured", lambda _: Machine(1, 1e9, 1e9))
    study = make_study({"trainable_stages": (0, 2)}, epochs=5, trials=30)
    sizes = [study.trainer.data.train.size, study.trainer.data.validation.size]
    for depth in (0, 1, 2):
        study.trainer.train({**values, "trainable_stages (small)": depth}, tmp_path / str(depth))
    assert passes == [(size, 3) for size in sizes]


@pytest.mark.slow
def test_trials_do_not_grow_the_graphs_of_others(study, values, tmp_path):
    built = []
    candidate = study.trainer.candidates["small"]
    original = type(candidate).build

    def remember(self, *args, **options):
        built.append(original(self, *args, **options))
        return built[-1]

    type(candidate).build = remember
    try:
        for number in range(3):
            study.trainer.train(values, tmp_path / str(number))
    finally:
        type(candidate).build = original
    layers = [layer for model in built for layer in model.layers]
    assert len(set(map(id, layers))) == len(layers)
    nodes = [max(len(layer._inbound_nodes) for layer in model.layers) for model in built[-2:]]
    assert nodes[0] == nodes[1]
    np.testing.assert_array_less(nodes, 12)
