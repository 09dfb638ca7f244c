from keras_tl.evaluation.analysing.calibration import Bin
from keras_tl.evaluation.reporting.figures.reliability_diagram import reliability_diagram


def test_bins_stand_at_their_mean_confidence_and_empty_ones_are_left_out():
    bins = [Bin(0.0, 0.5, 4, 0.4, 0.25), Bin(0.5, 0.75, 0, None, None), Bin(0.75, 1.0, 6, 0.9, 1.0)]
    figure = reliability_diagram(bins, "words")
    above, below = figure.axes
    points = above.lines[-1].get_xydata().tolist()
    assert points == [[0.4, 0.25], [0.9, 1.0]]
    gaps = [segment.tolist() for segment in above.collections[0].get_segments()]
    assert gaps == [[[0.4, 0.4], [0.4, 0.25]], [[0.9, 0.9], [0.9, 1.0]]]
    assert [bar.get_height() for bar in below.patches] == [4, 0, 6]
    assert [bar.get_width() for bar in below.patches] == [0.5, 0.25, 0.25]
    assert figure.get_label() == "words"
