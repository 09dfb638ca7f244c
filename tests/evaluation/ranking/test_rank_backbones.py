import csv
import json

import keras
import numpy as np
import pytest

import keras_tl as ktl
from keras_tl.caching import filling
from keras_tl.evaluation.baselines import linear_probe
from keras_tl.evaluation.ranking.probes import knn_agreement, probe_accuracy
from keras_tl.evaluation.ranking.ranking import RankedBackbone
from keras_tl.evaluation.ranking.transferability import h_score, leep, logme

CLASSES = ["ant", "bee", "cat"]


@pytest.fixture
def computed(monkeypatch):
    """The number of the first image of each batch that was computed."""
    found = []
    original = filling._store

    def note(arrays, ends, stores, start):
        found.append(start)
        return original(arrays, ends, stores, start)

    monkeypatch.setattr(filling, "_store", note)
    return found


def rank(data, backbones, **options):
    return ktl.rank_backbones(data, backbones, **{"verbose": 0, **options})


def pooled(model, stages, split):
    """Oracle: what comes out of the first stages, averaged by NumPy, pairs side by side."""
    found = ktl.chain(model).split(stages)[0].predict(split.images(), batch_size=8, verbose=0)
    maps = found if isinstance(found, (list, tuple)) else [found]
    means = [x.mean(axis=tuple(range(1, x.ndim - 1))) if x.ndim > 2 else x for x in maps]
    return np.concatenate(means, axis=1)


def check_against_scores_by_hand(model, data):
    ranking = rank(data, model)
    stages = ktl.chain(ktl.build_classifier(model, data))
    assert {row.boundary for row in ranking.rows} == set(stages.names[:-1])
    work = np.cumsum([stage.multiply_adds for stage in stages])
    labels, others = data.train.labels, data.validation.labels
    for row in ranking.rows:
        k = stages.index(row.boundary) + 1
        train, other = (pooled(model, k, split) for split in (data.train, data.validation))
        assert row.width == train.shape[1]
        assert row.multiply_adds == work[k - 1]
        assert row.scores["logme"] == pytest.approx(logme(train, labels), abs=1e-4)
        assert row.scores["h_score"] == pytest.approx(h_score(train, labels), abs=1e-3)
        assert row.scores["knn"] == pytest.approx(knn_agreement(train, labels), abs=1e-3)
        probe = probe_accuracy(train, labels, other, others)
        assert row.scores["linear_probe"] == pytest.approx(probe, abs=0.13)
        assert ("leep" in row.scores) == (row.boundary == stages.names[-2])
    said = model.predict(data.train.images(), verbose=0)
    (last,) = [row for row in ranking.rows if "leep" in row.scores]
    assert last.scores["leep"] == pytest.approx(leep(said, labels), abs=1e-5)


@pytest.mark.parametrize("name", ["residual", "two_tensor"])
def test_rows_are_the_scores_of_pooled_features(name, make_tiny, data):
    check_against_scores_by_hand(make_tiny(name), data)


@pytest.mark.slow
def test_rows_are_the_scores_of_pooled_features_of_every_graph(tiny, data):
    check_against_scores_by_hand(tiny, data)


def test_one_pass_fills_all_boundaries_and_is_not_made_again(make_tiny, data, computed, tmp_path):
    """Of 42 training and 9 validation images in batches of 8."""
    model = make_tiny("residual")
    model.save(tmp_path / "again.keras")
    first = rank(data, model, boundaries="block", cache=tmp_path / "cache")
    assert len(first.rows) == 5
    assert computed == [0, 8, 16, 24, 32, 40, 0, 8]
    cache = ktl.FeatureCache(tmp_path / "cache")
    places = ["stage1", "stage2.block1"]
    again = rank(
        data, {first.best.backbone: tmp_path / "again.keras"}, boundaries=places, cache=cache
    )
    assert len(computed) == 8
    old = {row.boundary: row for row in first.rows}
    new = {row.boundary: row for row in again.rows}
    assert new["stage2.block1"] == old["stage2.block1"]
    assert new["stage1"].scores == old["stage1.block3"].scores


def test_stored_are_vectors(make_tiny, data, tmp_path):
    ranking = rank(data, make_tiny("residual"), scores="knn", cache=tmp_path)
    entries = ktl.FeatureCache(tmp_path).store.entries()
    assert {entry.about["boundary"] for entry in entries} == {str(r.width) for r in ranking.rows}


def test_only_what_is_asked_for_is_looked_at(make_tiny, data, computed):
    ranking = rank(data, make_tiny("plain"), scores=["logme", "knn"])
    assert computed == [0, 8, 16, 24, 32, 40]
    assert ranking.by == "logme"
    assert set(ranking.best.scores) == {"logme", "knn"}
    assert "leep" not in ranking.table()


def test_ranking_leaves_model_and_data_alone(make_tiny, data):
    model = make_tiny("shared_layer")
    before, order = model.get_weights(), data.train.order()
    rank(data, model)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))
    np.testing.assert_array_equal(data.train.order(), order)


def test_the_winner_can_be_built(make_tiny, data):
    model = make_tiny("concatenating")
    for row in rank(data, model, boundaries="block", scores="knn").rows:
        built = ktl.build_classifier(model, data, boundary=row.boundary)
        assert ktl.chain(built)[-2].boundary.shapes == ((row.width,),)


@pytest.mark.parametrize(
    ("boundaries", "expected"),
    [
        ("stage", {"stage1", "stage2"}),
        ("last", {"stage2"}),
        ("stage1", {"stage1"}),
        (["stage1.block1", "stage2"], {"stage1.block1", "stage2"}),
        (["stage2", "stage2.block2"], {"stage2", "stage2.block2"}),
    ],
)
def test_which_boundaries(boundaries, expected, make_tiny, data):
    ranking = rank(data, make_tiny("residual"), boundaries=boundaries, scores="knn")
    assert {row.boundary for row in ranking.rows} == expected
    assert len(ranking.rows) == len(expected)


def test_backbones_by_name_by_file_and_as_models(make_tiny, data, tmp_path):
    model = make_tiny("plain")
    model.save(tmp_path / "mine.keras")
    small = ktl.load_data((data.whole().images(), data.whole().labels), image_size=32)
    options = {"scores": "logme", "boundaries": "last", "backbone_options": {"alpha": 0.25}}
    backbones = ["MobileNet", tmp_path / "mine.keras", model]
    several = rank(small, backbones, weights=None, **options)
    names = {row.backbone: row for row in several.rows}
    assert set(names) == {"MobileNet", "mine", model.name}
    assert names["mine"].scores == names[model.name].scores
    assert names["MobileNet"].width == 256
    one = rank(small, "MobileNet", weights=None, **options)
    assert one.best == names["MobileNet"]
    drawn = rank(
        small, {"a": "MobileNet", "b": "MobileNet"}, weights={"a": None, "b": None}, **options
    )
    assert drawn.rows[0].scores == drawn.rows[1].scores == one.best.scores


def test_only_a_softmax_says_something(data):
    def model(head):
        images = keras.Input((24, 24, 3))
        maps = keras.layers.Conv2D(4, 3, strides=2, activation="relu")(images)
        return keras.Model(images, head(maps))

    pool = keras.layers.GlobalAveragePooling2D
    sigmoid = model(lambda x: keras.layers.Dense(5, activation="sigmoid")(pool()(x)))
    softmax = model(lambda x: keras.layers.Softmax()(keras.layers.Dense(5)(pool()(x))))
    for head, says in ((sigmoid, False), (softmax, True)):
        ranking = rank(data, head, scores=["logme", "leep"])
        assert ("leep" in ranking.scores) == says
    several = ktl.build_classifier(softmax, CLASSES, multi_label=True, image_size=16)
    assert "leep" not in rank(data, several).scores


def test_without_validation_images_there_is_no_probe(make_tiny, arrays):
    data = ktl.load_data(arrays, image_size=16, validation=0.0, batch_size=8)
    ranking = rank(data, make_tiny("plain"))
    assert set(ranking.scores) == {"knn", "logme", "h_score", "leep"}
    assert "validation" not in str(ranking)
    with pytest.raises(ValueError, match=r"`by` must be another score .*'linear_probe'"):
        rank(data, make_tiny("plain"), by="linear_probe")


@pytest.fixture
def ranked():
    shared = {"knn": 0.5, "logme": 1.0}
    return ktl.Ranking(
        (
            RankedBackbone("a", "stage2", 8, 300, {**shared, "leep": -0.5}),
            RankedBackbone("a", "stage1", 4, 200, {**shared, "logme": 2.0}),
            RankedBackbone("b", "stage1", 4, 100, {**shared, "knn": 0.25}),
        ),
        "knn",
        120,
        30,
    )


def test_order_is_by_score_then_by_work_and_what_is_missing_comes_last(ranked):
    def order(ranking):
        return [(row.backbone, row.boundary) for row in ranking.rows]

    assert order(ranked.sorted_by("knn")) == [("a", "stage1"), ("a", "stage2"), ("b", "stage1")]
    assert ranked.sorted_by("logme").best.scores["logme"] == 2.0
    by_leep = ranked.sorted_by("leep")
    assert order(by_leep) == [("a", "stage2"), ("b", "stage1"), ("a", "stage1")]
    assert by_leep.by == "leep"
    with pytest.raises(ValueError, match="`by` must be one of 'knn', 'logme', 'leep'"):
        ranked.sorted_by("h_score")


def test_a_ranking_prints_and_is_written(ranked, tmp_path):
    text = str(ranked)
    assert text.splitlines()[0].split()[-3:] == ["kNN", "LogME", "LEEP"]
    assert "50.0%   1.000   -0.500" in text
    assert "25.0%   1.000        -" in text
    assert "Best first by knn. Scored on 120 training images; the test split is untouched." in text
    ranked.to_csv(tmp_path / "ranking.csv")
    ranked.to_json(tmp_path / "ranking.json")
    rows = list(csv.DictReader((tmp_path / "ranking.csv").read_text().splitlines()))
    assert [row["leep"] for row in rows] == ["-0.5", "", ""]
    assert rows[2]["backbone"] == "b"
    assert json.loads((tmp_path / "ranking.json").read_text()) == ranked.to_dict()
    assert ranked.to_dict()[0] == {
        "backbone": "a",
        "boundary": "stage2",
        "width": 8,
        "multiply_adds": 300,
        "knn": 0.5,
        "logme": 1.0,
        "leep": -0.5,
    }


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backbones": "MobileNetV3Smal"}, "`backbone` must be one of .*'MobileNetV3Small'"),
        ({"backbones": []}, r"`backbones` must be at least one backbone.*Received: \[\]"),
        ({"backbones": ["VGG16", "VGG16"]}, "no two of one name.*mapping from names"),
        ({"backbones": "VGG16", "by": "log_me"}, "`by` must be one of .*Did you mean 'logme'"),
        ({"backbones": "VGG16", "scores": ["nn"]}, "`scores` must be one of .*Did you mean 'knn'"),
        ({"backbones": "VGG16", "scores": []}, "`scores` must be one of"),
        ({"backbones": "VGG16", "verbose": 2}, "`verbose` must be one of"),
        ({"backbones": "VGG16", "weights": {"VGG": None}}, "Did you mean 'VGG16'"),
        ({"backbones": "nothing.keras"}, "must be a `.keras` file"),
        (
            {"boundaries": "stagee1"},
            "names of stages or blocks of 'a', which are stage1, stage2, stage1.block1",
        ),
        ({"boundaries": ["stage1.block9"]}, r"Received: boundaries=\['stage1.block9'\]"),
        ({"boundaries": "blocks"}, "Did you mean 'block'"),
        ({"boundaries": []}, "`boundaries` must be 'stage', 'block', 'last', or names"),
    ],
)
def test_what_cannot_be_ranked_is_said(options, message, make_tiny, data):
    backbones = options.pop("backbones", {"a": make_tiny("plain")})
    with pytest.raises(ValueError, match=message):
        rank(data, backbones, **options)


def test_several_labels_or_a_single_class_are_refused(arrays, make_tiny):
    images, labels = arrays
    one_hot = np.eye(3, dtype=int)[labels]
    many = ktl.load_data((images, one_hot), image_size=16, multi_label=True)
    with pytest.raises(ValueError, match=r"one label an image.*'linear-probe'"):
        rank(many, make_tiny("plain"))
    with pytest.warns(UserWarning, match="bee, cat"):
        alone = ktl.load_data((images, 0 * labels), image_size=16, class_names=CLASSES)
    with pytest.raises(ValueError, match=r"at least two classes.*'ant': \d+, 'bee': 0"):
        rank(alone, make_tiny("plain"))


def letters(data, weights="glyphs", boundary="stage4"):
    return ktl.build_classifier("MobileNetV2", data, weights=weights, boundary=boundary)


def test_letters_come_before_the_same_network_with_random_weights():
    data = ktl.load_data("digits", image_size=64, labels_per_class=10)
    networks = {"random": letters(data, None), "letters": letters(data)}
    ranking = rank(data, networks, boundaries="last", scores=["knn", "logme", "h_score"])
    for score in ranking.scores:
        assert ranking.sorted_by(score).best.backbone == "letters"


def digits(size, labels, seed):
    """The letters were learned at 64 pixels; at that size their last boundary is best."""
    return ktl.load_data("digits", image_size=size, labels_per_class=labels, seed=seed)


def rank_blocks(data, **options):
    return rank(data, "MobileNetV2", weights="glyphs", boundaries="block", **options)


def test_an_inner_boundary_of_the_letters_is_found_better_than_their_last():
    ranking = rank_blocks(digits(32, 20, seed=0), scores=["knn", "linear_probe"])
    last = next(row for row in ranking.rows if row.boundary == "stage4.block7")
    for score in ranking.scores:
        best = ranking.sorted_by(score).best
        assert best.multiply_adds < last.multiply_adds
        assert best.scores[score] > last.scores[score] + 0.02


@pytest.mark.slow
def test_a_probe_on_the_test_split_is_better_at_the_inner_boundary_that_was_found():
    def reached(data, boundary):
        return np.mean(linear_probe(letters(data, boundary=boundary), data) == data.test.labels)

    gains = []
    for seed in range(3):
        data = digits(128, 5, seed)
        found = rank_blocks(data, scores="knn").best.boundary
        gains.append(reached(data, found) - reached(data, "stage4"))
    assert np.mean(gains) > 0.02
