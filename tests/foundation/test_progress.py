import pytest

from keras_tl.foundation.progress import shows_progress, track


@pytest.mark.parametrize("show", [True, False])
def test_items_pass_through_a_progress_bar_unchanged(show):
    assert list(track(iter("abc"), "Reading", 3, show=show)) == ["a", "b", "c"]


def test_a_hidden_bar_writes_nothing(capfd):
    list(track(range(3), "Reading", 3, show=False))
    assert capfd.readouterr().out.strip() == ""


@pytest.mark.parametrize(("verbose", "expected"), [("auto", True), (1, True), (0, False)])
def test_verbose_says_whether_progress_is_shown(verbose, expected):
    assert shows_progress(verbose) is expected
    with pytest.raises(ValueError, match="`verbose` must be one of 'auto', 0, 1"):
        shows_progress(2)
