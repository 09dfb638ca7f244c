import pytest

import keras_tl as ktl
from keras_tl.cli.recipes import recipe_called


def test_by_name_with_epochs_and_from_a_file(tmp_path):
    assert recipe_called("lp-ft") == ktl.recipe("lp-ft")
    assert recipe_called("lp-ft", 3) == ktl.recipe("lp-ft", epochs=3)
    ktl.recipe("full").to_file(tmp_path / "mine.yaml")
    path = str(tmp_path / "mine.yaml")
    assert recipe_called(path) == ktl.recipe("full")
    with pytest.raises(ValueError, match="Write them into the file"):
        recipe_called(path, 3)
