import matplotlib.image
import numpy as np
import pytest

from keras_tl.data.auditing.audit_examples import audit_examples
from keras_tl.data.auditing.pairs_picture import MOST_PAIRS


@pytest.fixture
def near(corpus, tmp_path):
    """An audit of pictures with so many that look like another."""

    def make(count, name="again {}.png"):
        good = corpus.healthy(tmp_path / "photos")
        more = []
        for number in range(count):
            path = tmp_path / "photos" / "cat" / name.format(number)
            corpus.picture(0, 96 + number, 72).save(path)
            more.append(corpus.Listed(path))
        return audit_examples(corpus.examples_of([*good, *more]), audit_cache=None)

    return make


def test_pairs_stand_side_by_side_under_their_names(near, tmp_path):
    figure = near(1).picture(tmp_path / "out" / "pairs.png")
    shown = [axes for axes in figure.axes if axes.images]
    assert [axes.get_title() for axes in shown] == ["cat/0.png", "cat/again 0.png"]
    first, second = (np.asarray(axes.images[0].get_array()) for axes in shown)
    assert first.shape == (36, 48, 3)
    assert second.shape == (72, 96, 3)
    assert abs(first.mean() - second.mean()) < 3
    assert matplotlib.image.imread(tmp_path / "out" / "pairs.png").std() > 0.01
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["pairs.png"]


def test_nothing_is_written_where_it_is_not_asked_or_there_is_nothing(near, tmp_path):
    assert near(1).picture() is not None
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_no_pairs_are_no_picture(near, tmp_path):
    assert near(0).picture(tmp_path / "pairs.png") is None
    assert not (tmp_path / "pairs.png").exists()


def test_only_the_nearest_are_drawn(near):
    figure = near(MOST_PAIRS + 3).picture()
    assert sum(bool(axes.images) for axes in figure.axes) == 2 * MOST_PAIRS


@pytest.mark.parametrize(
    "name", ["🐈 猫{}.png", "$x${}.png", "{}" + "long" * 40 + ".png", "a\n{}.png"]
)
def test_any_name_can_be_drawn(near, tmp_path, name):
    near(1, name).picture(tmp_path / "pairs.png")
    assert (tmp_path / "pairs.png").stat().st_size > 1000


def test_a_picture_that_has_gone_leaves_its_place_empty(near):
    audit = near(1)
    audit.examples.pictures[-1].unlink()
    figure = audit.picture()
    assert sum(bool(axes.images) for axes in figure.axes) == 1
