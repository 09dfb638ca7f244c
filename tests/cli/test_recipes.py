import keras_tl as ktl
from keras_tl.cli.recipes import recipe_called


def test_by_name_and_from_a_file(tmp_path):
    assert recipe_called("lp-ft") == ktl.recipe("lp-ft")
    ktl.recipe("full").to_file(tmp_path / "mine.yaml")
    assert recipe_called(str(tmp_path / "mine.yaml")) == ktl.recipe("full")
