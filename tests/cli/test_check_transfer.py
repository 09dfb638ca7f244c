import json

import pytest

import keras_tl as ktl


def test_a_check_is_printed_and_written(cli, photos, make_tiny, tmp_path):
    out, backbone = tmp_path / "check", tmp_path / "tiny.keras"
    make_tiny("plain").save(backbone)
    asked = ("--backbone", backbone, "--recipe", "feature-extraction", "--seeds", "2")
    code, text = cli("check-transfer", photos, "--out", out, *asked)
    assert code == 0, text
    written = json.loads((out / "transfer_check.json").read_text())
    assert f"transfer {written['verdict']}" in " ".join(text.split())
    assert (out / "transfer_check.png").stat().st_size > 1000
    assert str(out / "transfer_check.png") in text.replace("\n", "")
    assert written["test_images"] == 6
    code, text = cli("check-transfer", photos, *asked[:-1], "1")
    assert code == 1
    assert "`seeds` must be an integer >= 2" in text


@pytest.fixture
def checked(cli, photos, tmp_path, monkeypatch):
    """Returns the recipe that `check-transfer` is run with, training nothing."""
    seen = []
    monkeypatch.setattr(ktl, "check_transfer", lambda *_, recipe, **__: seen.append(recipe))

    def recipe_of(name, *options):
        code, text = cli("check-transfer", photos, "--recipe", name, *options)
        assert code == 0, text
        return seen[-1]

    return recipe_of


def test_epochs_mean_the_same_for_every_recipe(checked, tmp_path):
    assert checked("lp-ft") == ktl.recipe("lp-ft")
    assert checked("lp-ft", "--epochs", 3) == ktl.recipe("lp-ft", epochs=3)
    path = tmp_path / "mine.yaml"
    ktl.recipe("gradual-unfreezing").to_file(path)
    assert [phase.epochs for phase in checked(path, "--epochs", 2)] == [2] * 5
    (phase,) = checked("feature-extraction", "--epochs", 3)
    assert phase.solver == "logistic"
