import keras_tl as ktl


def test_stages_of_a_backbone_are_shown(cli):
    code, text = cli("stages", "MobileNetV2", "--image-size", 32)
    assert code == 0, text
    assert "stage1" in text
    assert "stage5" in text


def test_blocks_are_finer_than_stages(cli):
    stages, blocks = (
        cli("stages", "MobileNetV2", "--image-size", 32, "--granularity", g)[1]
        for g in ("stage", "block")
    )
    assert len(blocks.splitlines()) > len(stages.splitlines())
    assert "stage3.block" in blocks


def test_stages_of_a_trained_model_end_in_its_head(cli, run_dir):
    code, text = cli("stages", run_dir / "model.keras")
    assert code == 0, text
    for name in ktl.chain(ktl.load_classifier(run_dir)).names:
        assert name in text
    assert "head" in text


def test_mistakes_are_named(cli, tmp_path):
    assert "Did you mean 'MobileNetV2'" in cli("stages", "MobilNetV2")[1]
    assert "no file" in cli("stages", tmp_path / "no.keras")[1]
    code, text = cli("stages", "MobileNetV2", "--image-size", 32, "--granularity", "blok")
    assert code == 1
    assert "Did you mean 'block'" in text
