from keras_tl.evaluation.comparing.overlaid_curves import overlaid_curves
from keras_tl.foundation.figures import as_png

FIT = [{"loss": 2.0 - n, "val_loss": 2.5 - n, "accuracy": n / 2, "val_accuracy": n / 3}
       for n in range(3)]  # fmt: skip
WITHOUT = [{"loss": 1.0, "binary_accuracy": 0.5}, {"loss": 0.5, "binary_accuracy": 0.75}]


def lines(axes):
    return {line.get_label(): list(line.get_ydata()) for line in axes.lines}


def test_validation_is_drawn_where_there_is_some_and_training_elsewhere():
    loss, accuracy = overlaid_curves({"a": FIT, "b": WITHOUT}).axes
    assert lines(loss) == {"a, validation": [2.5, 1.5, 0.5], "b, training": [1.0, 0.5]}
    assert lines(accuracy) == {"a, validation": [0, 1 / 3, 2 / 3], "b, training": [0.5, 0.75]}


def test_epochs_without_a_number_are_passed_over():
    loss, accuracy = overlaid_curves({"a": [{"phase": "solved"}, *FIT], "b": [{}]}).axes
    assert list(loss.lines[0].get_xdata()) == [2, 3, 4]
    assert len(loss.lines) == len(accuracy.lines) == 1


def test_a_dozen_runs_are_told_apart():
    figure = overlaid_curves({f"run {number}": FIT for number in range(12)})
    looks = {(line.get_color(), line.get_linestyle()) for line in figure.axes[0].lines}
    assert len(looks) == 12


def test_the_figure_says_what_it_shows_and_draws_any_name():
    figure = overlaid_curves({"$a^{": FIT, "line\nbreak": FIT})
    assert figure.get_label().startswith("Loss and accuracy over the epochs of")
    assert as_png(figure).startswith(b"\x89PNG")


def test_runs_without_epochs_are_an_empty_figure():
    assert as_png(overlaid_curves({"a": [], "b": []})).startswith(b"\x89PNG")
