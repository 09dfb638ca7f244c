from keras_tl.evaluation.reporting.figures.errors_by_class import errors_by_class


def test_missed_goes_left_and_named_in_error_right():
    figure = errors_by_class(["ant", "a name that is far too long"], [3, 0], [1, 2], "words")
    (axes,) = figure.axes
    assert [bar.get_width() for bar in axes.patches] == [-3, 0, 1, 2]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["ant", "a name that is …"]
    assert axes.xaxis.get_major_formatter()(-3, 0) == "3"
    assert figure.get_label() == "words"
