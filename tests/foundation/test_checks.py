import pytest

from keras_tl.foundation.checks import at_least, in_range, known_keys, one_of, suggestion


def test_one_of_returns_a_known_value():
    assert one_of("resize", "pad", ("crop", "pad")) == "pad"


def test_one_of_names_argument_value_options_and_the_nearest():
    message = r"`resize` must be one of 'crop', 'pad'\. Received: resize='Cropp'\. Did you mean 'cr"
    with pytest.raises(ValueError, match=message):
        one_of("resize", "Cropp", ("crop", "pad"))


def test_suggestion_ignores_case_and_is_silent_when_nothing_is_near():
    assert suggestion("mobilenetv2", ["MobileNetV2", "VGG16"]) == " Did you mean 'MobileNetV2'?"
    assert suggestion("zzz", ["MobileNetV2", "VGG16"]) == ""
    assert suggestion(3, ["VGG16"]) == ""


def test_unknown_key_is_named_with_the_nearest():
    known_keys("plan", ["depth"], ["depth", "batch_norm"])
    with pytest.raises(ValueError, match=r"`plan`: 'dept'.*Did you mean 'depth'"):
        known_keys("plan", ["dept"], ["depth", "batch_norm"])


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), "0.5", None])
def test_in_range_refuses_what_is_outside(value):
    with pytest.raises(ValueError, match=r"`share` must be between 0 and 1\. Received: share="):
        in_range("share", value, 0, 1)


@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_in_range_includes_both_ends(value):
    assert in_range("share", value, 0, 1) == value


@pytest.mark.parametrize("value", [0, 1.0, "1", None, True])
def test_at_least_takes_integers_only(value):
    with pytest.raises(ValueError, match=r"`epochs` must be an integer >= 1\. Received: epochs="):
        at_least("epochs", value, 1)
    assert at_least("epochs", 1, 1) == 1
