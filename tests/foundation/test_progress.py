import pytest

from keras_tl.foundation.progress import track


@pytest.mark.parametrize("show", [True, False])
def test_items_pass_through_a_progress_bar_unchanged(show):
    assert list(track(iter("abc"), "Reading", 3, show=show)) == ["a", "b", "c"]


def test_a_hidden_bar_writes_nothing(capfd):
    list(track(range(3), "Reading", 3, show=False))
    assert capfd.readouterr().out.strip() == ""
