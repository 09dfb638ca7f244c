import pytest

from keras_tl.cli.defaults import completed

OPEN = {"source": "x", "backbone": None, "weights": None, "pooling": None, "image_size": None}


@pytest.mark.parametrize("source", ["digits", "digits-photo"])
def test_the_digits_go_with_the_backbone_of_the_package(source):
    filled = completed({**OPEN, "source": source})
    assert filled["weights"] == "glyphs"
    assert filled["image_size"] == 64


def test_other_pictures_go_with_imagenet_at_the_native_size():
    filled = completed({**OPEN, "source": "photos"})
    assert (filled["backbone"], filled["weights"]) == ("EfficientNetV2B0", "imagenet")
    assert filled["image_size"] == 224
    assert completed({**OPEN, "backbone": "Xception"})["image_size"] == 299


def test_what_is_given_stays_and_the_settings_are_not_changed():
    given = {**OPEN, "source": "digits", "weights": "glyphs", "image_size": 32, "pooling": "avg"}
    before = dict(given)
    filled = completed(given)
    assert (filled["image_size"], filled["pooling"]) == (32, "avg")
    assert given == before
    assert completed({**OPEN, "source": "digits", "backbone": "VGG16"})["weights"] == "imagenet"


def test_nothing_is_left_open():
    assert None not in completed(OPEN).values()


def test_an_unknown_backbone_is_named_with_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'MobileNetV2'"):
        completed({**OPEN, "backbone": "mobilenet_v2"})
