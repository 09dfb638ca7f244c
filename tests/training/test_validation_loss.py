import pytest

from keras_tl.training.validation_loss import best_epoch, plateau_factor, should_stop


def rows(*losses):
    return [{"val_loss": loss} for loss in losses]


@pytest.mark.parametrize(
    ("history", "best"),
    [(rows(), None), (rows(3, 1, 2), 1), (rows(1, 1), 0), ([{"loss": 1}], None)],
)
def test_best_epoch(history, best):
    assert best_epoch(history) == best


def test_nan_is_never_best():
    assert best_epoch(rows(float("nan"), 2.0)) == 1
    assert best_epoch(rows(float("nan"))) is None


@pytest.mark.parametrize(
    ("losses", "patience", "stops"),
    [((3, 2, 1), 1, False), ((1, 2), 1, True), ((1, 2), 2, False), ((1, 2, 3), 2, True)],
)
def test_stopping(losses, patience, stops):
    assert should_stop(rows(*losses), patience) == stops


def test_no_patience_never_stops():
    assert not should_stop(rows(1, 2, 3, 4), None)


def test_plateau_without_validation_keeps_the_rate():
    assert plateau_factor([{"loss": 1.0}] * 10) == 1.0


@pytest.mark.parametrize(
    ("losses", "factor"),
    [
        ((3, 2, 1), 1.0),
        ((1, 2), 1.0),
        ((1, 2, 2), 0.1),
        ((1, 2, 2, 2), 0.1),
        ((1, 2, 2, 2, 2), 0.01),
    ],
)
def test_plateau(losses, factor):
    assert plateau_factor(rows(*losses)) == pytest.approx(factor)
