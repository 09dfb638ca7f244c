import keras
import pytest

from keras_tl.tuning.candidates import candidates


def test_a_model_is_written_and_read_again(make_backbone, data, tmp_path):
    backbone = make_backbone()
    found = candidates(backbone, tmp_path, pooling="avg")["small"]
    assert found.backbone == str(tmp_path / "small.keras")
    models = [found.build(data, boundary=None, head="linear") for _ in range(2)]
    layers = [set(map(id, model.layers)) for model in (*models, backbone)]
    assert not layers[0] & layers[1]
    assert not layers[0] & layers[2]
    weights = [model.layers[-3].get_weights() for model in models]
    assert all((a == b).all() for a, b in zip(*weights, strict=True))
    assert found.pieces(data, None, "stage") == 3
    assert found.pieces(data, "stage2", "stage") == 2


def test_names_files_and_mappings(tmp_path, make_backbone):
    make_backbone().save(tmp_path / "mine.keras")
    assert list(candidates(["MobileNetV2", tmp_path / "mine.keras"], tmp_path)) == [
        "MobileNetV2",
        "mine",
    ]
    named = candidates({"first": "MobileNetV2", "second": "MobileNetV2"}, tmp_path, weights=None)
    assert [candidate.backbone for candidate in named.values()] == ["MobileNetV2"] * 2
    assert named["first"].options == {"weights": None}


@pytest.mark.parametrize("backbones", [[], {}, ["MobileNetV2", "MobileNetV2"]])
def test_none_or_two_of_a_name_are_an_error(backbones, tmp_path):
    with pytest.raises(ValueError, match="`backbones` must be one or more backbones"):
        candidates(backbones, tmp_path)


def test_two_models_of_one_name_are_an_error(tmp_path, make_backbone):
    assert isinstance(make_backbone(), keras.Model)
    with pytest.raises(ValueError, match="different names"):
        candidates([make_backbone(), make_backbone()], tmp_path)
