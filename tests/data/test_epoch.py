import numpy as np

from keras_tl.data.epoch import draw_epoch, epoch_size

LABELS = np.repeat([0, 1, 2], [12, 5, 1])


def draw(labels, *, oversample=True):
    return draw_epoch(np.asarray(labels), np.random.default_rng(0), oversample=oversample)


def test_plainly_every_row_is_drawn_once():
    rows, times = draw(LABELS, oversample=False)
    assert sorted(rows) == list(range(18))
    assert not times.any()
    assert epoch_size(LABELS, oversample=False) == 18


def test_every_class_is_drawn_as_often_as_the_largest():
    rows, _ = draw(LABELS)
    assert len(rows) == epoch_size(LABELS, oversample=True) == 36
    assert np.bincount(LABELS[rows]).tolist() == [12, 12, 12]
    times = np.bincount(rows)
    assert (times[:12] == 1).all()
    assert set(times[12:17]) <= {2, 3}
    assert times[17] == 12


def test_labels_need_not_be_numbered_from_zero():
    assert sorted(draw([7, 7, 7, 3]).rows) == [0, 1, 2, 3, 3, 3]


def test_times_count_what_has_come_before():
    rows, times = draw(LABELS)
    seen = {}
    for row, time in zip(rows.tolist(), times.tolist(), strict=True):
        assert time == seen.get(row, 0)
        seen[row] = time + 1


def test_an_image_of_several_classes_is_drawn_with_the_rarest():
    labels = np.array([[1, 0], [1, 0], [1, 0], [1, 1]], float)
    assert sorted(draw(labels).rows) == [0, 1, 2, 3, 3, 3]


def test_no_images_make_an_empty_epoch():
    empty = np.empty(0, int)
    assert not len(draw(empty).rows)
    assert epoch_size(empty, oversample=True) == 0
