import keras
import numpy as np
import pytest
from sklearn import metrics as sk

import keras_tl as ktl
from keras_tl.evaluation.metrics import interval, score

CLASSES = ["a", "b", "c", "d"]


def softmax(logits):
    powers = np.exp(logits)
    return (powers / powers.sum(axis=1, keepdims=True)).astype("float32")


def single_label_cases():
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 4, 50)
    found = softmax(generator.normal(size=(50, 4)))
    yield "random", labels, found
    yield "a class is absent", np.where(labels == 2, 0, labels), found
    yield "one class is predicted", labels, softmax(np.tile([3.0, 0, 0, 0], (50, 1)))
    yield "all right", found.argmax(axis=1), found
    yield "all wrong", (found.argmax(axis=1) + 1) % 4, found
    yield "one image", labels[:1], found[:1]
    yield "certain", labels, np.eye(4, dtype="float32")[(labels + (labels == 3)) % 4]


CASES = {name: case for name, *case in single_label_cases()}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@pytest.mark.parametrize("case", CASES)
def test_scores_are_scikit_learns(case):
    labels, found = CASES[case]
    decided, numbers = found.argmax(axis=1), range(4)
    scores = score(labels, found, CLASSES)
    exact = found.astype("float64") / found.astype("float64").sum(axis=1, keepdims=True)
    assert scores.examples == len(labels)
    assert scores.accuracy == pytest.approx(sk.accuracy_score(labels, decided))
    assert scores.log_loss == pytest.approx(sk.log_loss(labels, exact, labels=numbers))
    options = {"labels": numbers, "zero_division": 0}
    expected = {
        "precision": sk.precision_score(labels, decided, average=None, **options),
        "recall": sk.recall_score(labels, decided, average=None, **options),
        "f1": sk.f1_score(labels, decided, average=None, **options),
        "support": np.bincount(labels, minlength=4),
    }
    for key, values in expected.items():
        assert [scores.per_class[name][key] for name in CLASSES] == pytest.approx(values.tolist())
    assert scores.macro_f1 == pytest.approx(
        sk.f1_score(labels, decided, average="macro", **options)
    )
    np.testing.assert_array_equal(
        scores.confusion, sk.confusion_matrix(labels, decided, labels=numbers)
    )


@pytest.mark.parametrize("classes", [1, 2, 3])
@pytest.mark.parametrize("kind", ["random", "none hold", "all hold"])
def test_several_labels_are_scored_as_by_scikit_learn(classes, kind):
    generator = np.random.default_rng(1)
    labels = generator.integers(0, 2, (40, classes)).astype("float32")
    if kind != "random":
        labels[:] = kind == "all hold"
    found = generator.uniform(0.01, 0.99, (40, classes)).astype("float32")
    decided, names = (found >= 0.5).astype(int), CLASSES[:classes]
    scores = score(labels, found, names, multi_label=True)
    assert scores.accuracy == pytest.approx((decided == labels).all(axis=1).mean())
    assert scores.confusion.shape == (classes, 2, 2)
    for column, name in enumerate(names):
        pair = labels[:, column], decided[:, column]
        mine = scores.per_class[name]
        assert mine["precision"] == pytest.approx(sk.precision_score(*pair, zero_division=0))
        assert mine["recall"] == pytest.approx(sk.recall_score(*pair, zero_division=0))
        assert mine["f1"] == pytest.approx(sk.f1_score(*pair, zero_division=0))
        assert mine["support"] == labels[:, column].sum()
        np.testing.assert_array_equal(
            scores.confusion[column], sk.confusion_matrix(*pair, labels=[0, 1])
        )
    exact = found.astype("float64")
    expected = -np.where(labels == 1, np.log(exact), np.log(1 - exact)).mean()
    assert scores.log_loss == pytest.approx(expected)


@pytest.mark.parametrize(("share", "count"), [(0.5, 40), (0.9, 100), (0.97, 300)])
def test_the_interval_is_a_percentile_bootstrap(share, count):
    right = np.arange(count) < share * count
    low, high = interval(right)
    drawn = np.random.default_rng(7).binomial(count, right.mean(), 200_000) / count
    expected = np.percentile(drawn, [2.5, 97.5])
    assert (low, high) == pytest.approx(expected, abs=1.01 / count)
    assert low < right.mean() < high
    assert interval(right) == (low, high)


@pytest.mark.parametrize("count", [1, 9, 300])
def test_the_interval_is_exact_where_nothing_varies(count):
    """Clopper and Pearson, in closed form: all right is likely from (alpha / 2)^(1 / n) on."""
    bound = 0.025 ** (1 / count)
    assert interval(np.ones(count, bool)) == pytest.approx((bound, 1.0))
    assert interval(np.zeros(count, bool)) == pytest.approx((0.0, 1 - bound))


def test_a_higher_level_is_a_wider_interval():
    right = np.arange(60) % 3 > 0
    narrow, wide = interval(right, 0.8), interval(right, 0.99)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_evaluate_scores_the_model_on_the_split(make_model, data):
    model = make_model()
    scores = ktl.evaluate(model, data.train)
    probabilities = model.predict(data.train.images(), verbose=0)
    expected = sk.accuracy_score(data.train.labels, probabilities.argmax(axis=1))
    assert scores.accuracy == pytest.approx(expected)
    low, high = scores.accuracy_interval
    assert low <= scores.accuracy <= high
    assert scores.examples == data.train.size
    assert ktl.evaluate(model, data).to_dict() == ktl.evaluate(model, data.test).to_dict()


def test_evaluate_ignores_the_order_and_keeps_it(make_model, data):
    model = make_model()
    first = ktl.evaluate(model, data.train).to_dict()
    data.train.on_epoch_end()
    assert ktl.evaluate(model, data.train).to_dict() == first
    assert data.train.epoch == 1


def test_evaluate_of_several_labels(make_model, arrays):
    images, numbers = arrays
    labels = np.stack([numbers == 0, numbers > 0, numbers == 1], axis=1).astype(int)
    data = ktl.load_data((images, labels), image_size=16, class_names=["ant", "bee", "cat"])
    model = make_model(multi_label=True)
    scores = ktl.evaluate(model, data.test)
    decided = model.predict(data.test.images(), verbose=0) >= 0.5
    assert scores.accuracy == pytest.approx(sk.accuracy_score(data.test.labels == 1, decided))


def test_other_class_names_are_named(make_model, data):
    with pytest.raises(ValueError, match=r"class names of the model.*\['ant'.*\['x', 'y', 'z'\]"):
        ktl.evaluate(make_model(["x", "y", "z"]), data.test)
    with pytest.raises(ValueError, match="in the same order"):
        ktl.evaluate(make_model(["bee", "ant", "cat"]), data.test)


def test_an_empty_split_is_named(make_model, arrays):
    data = ktl.load_data(arrays, image_size=16, class_names=["ant", "bee", "cat"], test=0.0)
    with pytest.raises(ValueError, match="`split` must have images"):
        ktl.evaluate(make_model(), data)


def test_another_size_is_named(make_model, data):
    message = r"model's size \(20, 20\)\. Received: images of \(16, 16\)"
    with pytest.raises(ValueError, match=message):
        ktl.evaluate(make_model(image_size=20), data.test)


def test_another_resize_policy_is_named(make_model, data):
    with pytest.raises(ValueError, match=r"`resize='pad'`.*resize='crop'"):
        ktl.evaluate(make_model(resize="pad"), data.test)


def test_a_model_that_gives_nan_is_named(make_model, data):
    model = make_model()
    model.layers[-2].kernel.assign(np.full(model.layers[-2].kernel.shape, np.nan))
    with pytest.raises(ValueError, match="small_classifier gives probabilities that are not fini"):
        ktl.evaluate(model, data.test)


def test_a_model_of_another_make_is_refused(data):
    model = keras.Sequential([keras.Input((16, 16, 3)), keras.layers.Flatten()])
    with pytest.raises(ValueError, match=r"`model` must be a classifier made by.*build_classifier"):
        ktl.evaluate(model, data.test)


def test_scores_are_plain_data_and_print_every_class(make_model, data):
    import json

    scores = ktl.evaluate(make_model(), data.test)
    assert json.loads(json.dumps(scores.to_dict())) == scores.to_dict()
    lines = str(scores).splitlines()
    assert lines[0].startswith(f"accuracy {scores.accuracy:.1%} (95 % interval ")
    assert [line.split()[0] for line in lines[3:]] == ["ant", "bee", "cat"]
