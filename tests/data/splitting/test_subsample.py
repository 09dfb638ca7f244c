import numpy as np

from keras_tl.data.splitting.subsample import subsample


def test_subsample_takes_so_many_of_each_class_or_all_there_are():
    labels = np.array([0] * 10 + [1] * 4 + [2])
    rows = subsample(labels, 4, 0)
    assert np.bincount(labels[rows]).tolist() == [4, 4, 1]
    assert sorted(set(rows)) == rows.tolist()
    np.testing.assert_array_equal(rows, subsample(labels, 4, 0))
    assert rows.tolist() != subsample(labels, 4, 1).tolist()


def test_subsample_of_several_labels_keeps_the_rarest_class():
    labels = np.ones((50, 2), int)
    labels[2:, 1] = 0
    rows = subsample(labels, 2, 0)
    assert {0, 1} <= set(rows)
    assert len(rows) == 4
