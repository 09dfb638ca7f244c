import pytest


def test_a_model_is_exported_proven_and_the_server_named(cli, run_dir, photos, tmp_path):
    out = tmp_path / "bright_or_dark" / "1"
    code, text = cli("export", run_dir, out, "--verify-on", photos)
    assert code == 0, text
    assert (out / "saved_model.pb").is_file()
    assert "Proven on 40 pictures" in text
    assert f'-v "{out.parent}:/models/bright_or_dark" -e MODEL_NAME=bright_or_dark' in text


def test_an_existing_path_is_left_alone(cli, run_dir, photos):
    code, text = cli("export", run_dir, run_dir / "export" / "1", "--verify-on", photos)
    assert code == 1
    assert "`path` must not exist" in text
    assert (run_dir / "export" / "1" / "saved_model.pb").is_file()


@pytest.mark.filterwarnings("default")
def test_pictures_that_are_none_are_an_error_and_nothing_is_written(cli, run_dir, tmp_path):
    (tmp_path / "empty").mkdir()
    for source in (tmp_path / "empty", tmp_path / "missing.jpg"):
        code, text = cli("export", run_dir, tmp_path / "out" / "1", "--verify-on", source)
        assert code == 1
        assert "at least one readable picture" in text
    assert not (tmp_path / "out").exists()


def test_a_model_that_is_none_is_named(cli, photos, tmp_path):
    code, text = cli("export", tmp_path / "no.keras", tmp_path / "1", "--verify-on", photos)
    assert code == 1
    assert "no.keras" in text
