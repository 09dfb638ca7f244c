import numpy as np
import pytest
from PIL import Image

import keras_tl as ktl
from keras_tl.evaluation.advising.evidence import (
    best_of_each,
    cheapest_of_equals,
    few_of,
    picture_side,
)
from keras_tl.evaluation.ranking.ranking import RankedBackbone, Ranking


def ranking(*rows, by="knn"):
    found = [RankedBackbone(name, end, 8, work, {by: score}) for name, end, work, score in rows]
    return Ranking(tuple(found), by, 50, 0).sorted_by(by)


def test_of_equals_the_cheapest_is_chosen():
    near = ranking(("a", "stage2", 90, 0.90), ("a", "stage1", 20, 0.895), ("b", "stage1", 1, 0.88))
    assert cheapest_of_equals(near).boundary == "stage1"
    far = ranking(("a", "stage2", 90, 0.90), ("a", "stage1", 20, 0.88))
    assert cheapest_of_equals(far).boundary == "stage2"


def test_of_equal_work_the_better_is_chosen():
    same = ranking(("a", "stage1", 20, 0.900), ("b", "stage1", 20, 0.905))
    assert cheapest_of_equals(same).backbone == "b"


def test_the_best_boundary_of_each_backbone():
    rows = ranking(("a", "stage2", 90, 0.9), ("b", "stage1", 20, 0.8), ("a", "stage1", 9, 0.7))
    assert {name: row.boundary for name, row in best_of_each(rows).items()} == {
        "a": "stage2",
        "b": "stage1",
    }


def test_the_size_of_pictures_is_the_median_of_their_shorter_sides(tmp_path):
    sides = [40, 50, 60, 70, 80]
    for name in ("ant", "bee"):
        (tmp_path / name).mkdir()
        for number, side in enumerate(sides):
            levels = np.random.default_rng(side).integers(
                0, 255, (side, 2 * side, 3), dtype="uint8"
            )
            levels[0, 0] = name == "ant"
            Image.fromarray(levels).save(tmp_path / name / f"{number}.png")
    data = ktl.load_data(tmp_path, image_size=16, validation=0.0, test=0.0)
    assert picture_side(data.train) == 60


def test_the_size_of_arrays_is_their_shape(make_coloured):
    assert picture_side(make_coloured(60, size=24).train) == 24


@pytest.mark.parametrize("images", [1000, 18])
def test_large_classes_are_looked_at_in_part(images, make_coloured):
    data = make_coloured(240)
    few = few_of(data, images)
    assert few.train.counts().tolist() == [min(images // 3, n) for n in data.train.counts()]
    assert few.test is data.test
    np.testing.assert_array_equal(
        few.train.labels, data.train.labels[np.isin(data.train.numbers, few.train.numbers)]
    )
