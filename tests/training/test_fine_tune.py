import csv
import json

import keras
import numpy as np
import pytest

import keras_tl as ktl

NAMES = ["ant", "bee", "cat"]


def two_phases(**options):
    return ktl.recipe("lp-ft", epochs=2, learning_rate=0.01, **options)


def moved(before, after):
    return {path for path in before if not np.array_equal(before[path], after[path])}


def test_phases_train_what_they_say(model, data, weights_of):
    head = set(weights_of(*ktl.chain(model)[-1].layers))
    seen = []
    watch = keras.callbacks.LambdaCallback(on_train_end=lambda logs: seen.append(weights_of(model)))
    seen.append(weights_of(model))
    ktl.fine_tune(model, data, two_phases(), callbacks=[watch], verbose=0)
    first, second = moved(seen[0], seen[1]), moved(seen[1], seen[2])
    assert first == head
    assert head < second
    assert not any("batch_norm" in path for path in second)


def test_model_learns(make_tiny, data):
    model = ktl.build_classifier(make_tiny("plain"), NAMES)
    recipe = ktl.recipe("lp-ft", epochs=(5, 20), learning_rate=0.1, patience=None)
    ktl.fine_tune(model, data, recipe, verbose=0)
    assert ktl.evaluate(model, data.validation).accuracy == 1.0


def test_model_stays_the_full_graph(model, data):
    layers = [layer.name for layer in model.layers]
    ktl.fine_tune(model, data, two_phases(), verbose=0)
    assert [layer.name for layer in model.layers] == layers


def test_history_has_a_row_an_epoch(model, data):
    result = ktl.fine_tune(model, data, two_phases(), verbose=0)
    assert [(row["phase"], row["epoch"]) for row in result.history] == [
        ("linear probe", 0),
        ("linear probe", 1),
        ("fine-tuning", 2),
        ("fine-tuning", 3),
    ]
    assert {"loss", "accuracy", "val_loss", "val_accuracy"} <= set(result.history[0])


def test_score_of_a_phase_is_that_of_the_weights_kept(model, data):
    """A rate that ruins the model: the phase ends with its best epoch, and says what that has."""
    recipe = ktl.Recipe("wild", (ktl.Phase("all", epochs=4, learning_rate=0.3),))
    result = ktl.fine_tune(model, data, recipe, verbose=0)
    kept = result.phases[-1].validation["loss"]
    losses = [row["val_loss"] for row in result.history]
    assert kept == pytest.approx(min(losses), rel=1e-4)
    assert kept == pytest.approx(ktl.evaluate(model, data.validation).log_loss, rel=1e-3)


def test_without_restoring_the_last_epoch_is_kept(model, data):
    phase = ktl.Phase("all", epochs=3, learning_rate=0.1, restore_best=False)
    result = ktl.fine_tune(model, data, ktl.Recipe("plain", (phase,)), verbose=0)
    last = result.history[-1]["val_loss"]
    assert result.phases[-1].validation["loss"] == pytest.approx(last, rel=1e-4)


def test_averaged_weights_are_validated_and_kept(model, data):
    """Oracle: the average of the head's kernel after each batch, in NumPy."""
    seen = []

    class Watch(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(model.get_weights()[-2])

    head = ktl.Plan.freeze_to(-1)
    phase = ktl.Phase("head", head, 3, 0.5, "sgd", restore_best=False, ema=0.9)
    recipe = ktl.Recipe("averaged", (phase,))
    result = ktl.fine_tune(model, data, recipe, callbacks=[Watch()], verbose=0)
    average = seen[0]
    for kernel in seen[1:]:
        average = 0.9 * average + 0.1 * kernel
    np.testing.assert_allclose(model.get_weights()[-2], average, atol=1e-6)
    assert np.abs(average - seen[-1]).max() > 0.01
    kept = result.phases[-1].validation["loss"]
    assert kept == pytest.approx(result.history[-1]["val_loss"], rel=1e-4)


def test_the_best_average_is_restored(model, data):
    class RuinTheLastEpoch(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            self.model.optimizer.learning_rate = 1e-2 if epoch < 2 else 100.0

    phase = ktl.Phase("all", epochs=3, optimizer="sgd", ema=0.5)
    recipe = ktl.Recipe("ruined", (phase,))
    result = ktl.fine_tune(model, data, recipe, callbacks=[RuinTheLastEpoch()], verbose=0)
    kept = ktl.evaluate(model, data.validation).log_loss
    losses = [row["val_loss"] for row in result.history]
    assert kept == pytest.approx(min(losses), rel=1e-3)
    assert losses[-1] != min(losses)


@pytest.mark.slow
def test_same_seed_gives_the_same_weights(model, data, weights_of):
    start = model.get_weights()
    ktl.fine_tune(model, data, two_phases(), verbose=0)
    first = weights_of(model)
    model.set_weights(start)
    ktl.fine_tune(model, data, two_phases(), verbose=0)
    assert not moved(first, weights_of(model))
    model.set_weights(start)
    ktl.fine_tune(model, data, two_phases(), verbose=0, seed=1)
    assert moved(first, weights_of(model))


def test_it_is_what_keras_does_by_hand(make_tiny, data):
    """Oracle: Keras's own optimizer and loss on features computed beforehand, batch by batch."""
    model = ktl.build_classifier(make_tiny("residual"), NAMES)
    start = model.get_weights()
    phase = ktl.Phase("head", ktl.Plan.freeze_to(-1), 3, 0.01, restore_best=False)
    ktl.fine_tune(model, data, ktl.Recipe("probe", (phase,)), verbose=0)
    trained = model.get_weights()
    model.set_weights(start)
    prefix, suffix = ktl.chain(model).split(-1)
    features = prefix.predict(data.train.images(), verbose=0)
    suffix.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    for epoch in range(3):
        data.train.epoch = epoch
        order = data.train.order()
        for rows in (order[i : i + 8] for i in range(0, len(order), 8)):
            suffix.train_on_batch(features[rows], data.train.labels[rows])
    for by_us, by_hand, before in zip(
        trained[-2:], model.get_weights()[-2:], start[-2:], strict=True
    ):
        np.testing.assert_allclose(by_us, by_hand, atol=1e-5)
        assert np.abs(by_us - before).max() > 0.01


def test_label_smoothing_and_own_metrics_reach_the_fit(model, data):
    result = ktl.fine_tune(
        model,
        data,
        two_phases(),
        label_smoothing=0.2,
        metrics=[keras.metrics.SparseTopKCategoricalAccuracy(2, name="top2")],
        verbose=0,
    )
    assert "val_top2" in result.history[0]


def test_epochs_and_rate_override_the_recipe(model, data):
    result = ktl.fine_tune(model, data, "lp-ft", epochs=1, learning_rate=0.5, verbose=0)
    assert [phase.epochs for phase in result.recipe] == [1, 1]
    assert [phase.learning_rate for phase in result.recipe] == pytest.approx([0.5, 0.05])
    with pytest.raises(ValueError, match="one number or one a phase"):
        ktl.fine_tune(model, data, "lp-ft", epochs=(1, 2, 3), verbose=0)


def test_multi_label_data(make_tiny):
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 2, (40, 3))
    images = generator.uniform(0, 255, (40, 16, 16, 3))
    data = ktl.load_data((images, labels), image_size=16, class_names=NAMES)
    model = ktl.build_classifier(make_tiny("plain"), data)
    result = ktl.fine_tune(model, data, epochs=1, verbose=0)
    assert ktl.evaluate(model, data.test).confusion.shape == (3, 2, 2)
    assert "val_binary_accuracy" in result.history[0]


def test_without_a_validation_split(make_tiny, data):
    images, labels = data.train.images(), data.train.labels
    bare = ktl.load_data((images, labels), image_size=16, validation=0.0, class_names=NAMES)
    model = ktl.build_classifier(make_tiny("plain"), NAMES)
    result = ktl.fine_tune(model, bare, epochs=1, verbose=0)
    assert not result.phases[0].validation


def test_tables_say_what_trains(model, data, capsys):
    result = ktl.fine_tune(model, data, epochs=1)
    shown = capsys.readouterr().out
    for phase in result.phases:
        assert phase.name in shown
        assert all(line.strip() in shown for line in phase.table.splitlines())
    assert "frozen" in result.phases[0].table


def test_silence(model, data, capsys):
    ktl.fine_tune(model, data, epochs=1, verbose=0)
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"class_names": ["x", "y", "z"]}, "the same class names"),
        ({"image_size": 24}, "the same image size"),
        ({"resize": "pad"}, "the same resize policy"),
    ],
)
def test_data_for_another_model(model, data, change, message):
    options = {"image_size": 16, "class_names": NAMES, **change}
    other = ktl.load_data((data.train.images(), data.train.labels), **options)
    with pytest.raises(ValueError, match=message):
        ktl.fine_tune(model, other, verbose=0)


def test_stale_compilation_is_impossible(model, data, weights_of):
    """Compiled and fitted with everything trainable before, the phase is frozen all the same."""
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(data.train, verbose=0, shuffle=False)
    head = set(weights_of(*ktl.chain(model)[-1].layers))
    before = weights_of(model)
    ktl.fine_tune(model, data, "linear-probe", epochs=1, verbose=0)
    assert moved(before, weights_of(model)) == head


def test_run_directory_holds_the_run(model, data, tmp_path):
    result = ktl.fine_tune(model, data, two_phases(), run_dir=tmp_path / "run", verbose=0)
    run = result.run_dir
    config = (run / "config.yaml").read_text()
    for word in ("fingerprint", "seed", "keras:", "python:", "learning_rate", "batch_size"):
        assert word in config
    phases = json.loads((run / "history.json").read_text())["phases"]
    assert [len(phase["history"]) for phase in phases] == [2, 2]
    loaded = ktl.load_classifier(run)
    for kept, trained in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(kept, trained)


def test_finished_run_is_not_repeated(model, data, tmp_path, monkeypatch):
    start = model.get_weights()
    first = ktl.fine_tune(model, data, two_phases(), run_dir=tmp_path, verbose=0)
    trained = model.get_weights()
    model.set_weights(start)
    monkeypatch.setattr(keras.Model, "fit", None)
    second = ktl.fine_tune(model, data, two_phases(), run_dir=tmp_path, verbose=0)
    assert second.history == first.history
    assert second.phases == first.phases
    for a, b in zip(trained, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_own_loss_is_known_again(model, data, tmp_path):
    """By what it is, not by where in memory it lies."""
    start = model.get_weights()
    for _ in range(2):
        model.set_weights(start)
        loss = keras.losses.SparseCategoricalCrossentropy()
        ktl.fine_tune(model, data, "linear-probe", epochs=1, loss=loss, run_dir=tmp_path, verbose=0)
    model.set_weights(start)
    with pytest.raises(ValueError, match="another configuration"):
        ktl.fine_tune(model, data, "linear-probe", epochs=1, run_dir=tmp_path, verbose=0)


def test_table_of_history_has_the_rate_of_each_stage(model, data, tmp_path):
    recipe = ktl.recipe("discriminative", epochs=1, learning_rate=0.01)
    ktl.fine_tune(model, data, recipe, run_dir=tmp_path, verbose=0)
    with open(tmp_path / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [[float(row[f"rate {name}"]) for name in ktl.chain(model).names] for row in rows]
    assert found[0] == pytest.approx([0, 0, 0.01])
    rate = float(rows[1]["learning_rate"])
    assert found[1] == pytest.approx([rate / 2.6**2, rate / 2.6, rate])
    assert list((tmp_path / "logs").rglob("events.*"))


def test_other_settings_are_refused_with_the_difference(model, data, tmp_path):
    start = model.get_weights()
    ktl.fine_tune(model, data, two_phases(), run_dir=tmp_path, verbose=0)
    model.set_weights(start)
    with pytest.raises(ValueError, match=r"label_smoothing: 0.0 there, 0.1 asked for"):
        ktl.fine_tune(model, data, two_phases(), run_dir=tmp_path, label_smoothing=0.1, verbose=0)


def test_divergence_stops_the_run_and_leaves_no_finished_one(model, data, tmp_path):
    recipe = ktl.Recipe("wild", (ktl.Phase("all", epochs=3, learning_rate=99.0, optimizer="sgd"),))
    with np.errstate(all="ignore"), pytest.raises(RuntimeError, match="lower one"):
        ktl.fine_tune(model, data, recipe, run_dir=tmp_path, loss=exploding, verbose=0)
    assert not (tmp_path / "history.json").exists()


def exploding(y_true, y_pred):
    return keras.ops.sum(y_pred, axis=-1) * float("nan")


def test_epochs_must_be_one_at_least(model, data):
    with pytest.raises(ValueError, match="`epochs` must be an integer >= 1"):
        ktl.fine_tune(model, data, epochs=0, verbose=0)
    result = ktl.fine_tune(model, data, epochs=[1, 2], verbose=0)
    assert [phase.epochs for phase in result.recipe] == [1, 2]


def test_training_after_a_closed_form_begins_like_any_other(model, data):
    """The solver takes no steps, so that Adam's averages are those of a beginning."""
    phases = (
        ktl.Phase("solved", ktl.Plan.freeze_to(-1), solver="logistic", restore_best=False),
        ktl.Phase("tuned", epochs=1, learning_rate=1e-3, restore_best=False),
    )
    seen = []
    watch = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append(type(watch.model.optimizer))
    )
    result = ktl.fine_tune(model, data, ktl.Recipe("both", phases), callbacks=[watch], verbose=0)
    assert seen == [keras.optimizers.Adam]
    assert [row["phase"] for row in result.history] == ["solved", "tuned"]
    assert result.phases[0].stages == ("head",)
