from keras_tl.evaluation.reporting.figures.coverage import coverage


def test_the_curve_goes_by_rising_coverage():
    figure = coverage([(1.0, 0.8), (0.5, 0.9), (0.25, 1.0)], "words")
    (axes,) = figure.axes
    assert axes.lines[0].get_xydata().tolist() == [[0.25, 1.0], [0.5, 0.9], [1.0, 0.8]]
    assert figure.get_label() == "words"
