import json

from keras_tl.serving.card_file import card_of, read_card, write_card


def test_a_card_says_what_the_model_takes(make_model):
    names = ["café", "猫"]
    card = card_of(make_model(names, multi_label=True, resize="pad", background=(1, 2, 3)))
    assert card["class_names"] == names
    assert card["multi_label"] is True
    assert card["image_size"] == [16, 16]
    assert card["resize"] == "pad"
    assert card["background"] == [1, 2, 3]
    assert card["backbone"] == "small"
    assert {"python", "keras", "keras-tl", "tensorflow"} <= set(card["versions"])


def test_a_card_that_is_written_is_read_again(make_model, tmp_path):
    card = card_of(make_model(["café", "猫"]))
    assert read_card(tmp_path) == {}
    write_card(tmp_path, card)
    assert read_card(tmp_path) == json.loads(json.dumps(card)) == card
    assert "猫" in (tmp_path / "assets.extra" / "model_card.json").read_text("utf-8")
