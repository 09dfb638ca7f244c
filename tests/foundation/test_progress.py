import pytest

from keras_tl.foundation.progress import is_shown, track


@pytest.mark.parametrize("show", [True, False])
def test_items_pass_through_a_progress_bar_unchanged(show):
    assert list(track(iter("abc"), "Reading", 3, show=show)) == ["a", "b", "c"]


def test_a_hidden_bar_writes_nothing(capfd):
    list(track(range(3), "Reading", 3, show=False))
    assert capfd.readouterr().out.strip() == ""


@pytest.mark.parametrize(("verbose", "shown"), [("auto", True), (1, True), (0, False)])
def test_what_verbose_shows(verbose, shown):
    assert is_shown(verbose) is shown


@pytest.mark.parametrize("verbose", [2, "yes", None])
def test_another_verbose_is_refused(verbose):
    with pytest.raises(ValueError, match="`verbose` must be one of 'auto', 0, 1"):
        is_shown(verbose)
