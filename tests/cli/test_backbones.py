import re

from keras_tl.models.backbones import BACKBONES


def test_every_backbone_is_listed_with_its_sizes(cli):
    code, text = cli("backbones")
    assert code == 0, text
    for row in BACKBONES.values():
        pattern = rf"{row.name}\s+{row.family}\s+{row.native_size}\s+{row.smallest_size}\b"
        assert re.search(pattern, text)
    assert "carried by the package: MobileNetV2" in text


def test_weights_in_the_cache_are_at_hand(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert "at hand" not in cli("backbones")[1]
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5").touch()
    _, text = cli("backbones")
    assert [line.split()[0] for line in text.splitlines() if "at hand" in line] == ["VGG16"]
