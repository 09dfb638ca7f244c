"""The recipe that an option of the command line names."""

from typing import Any


def recipe_called(name: str) -> Any:
    """Returns a recipe by its name, or the one in a YAML file by its path."""
    import keras_tl as ktl

    is_file = name.endswith((".yaml", ".yml"))
    return ktl.Recipe.from_file(name) if is_file else ktl.recipe(name)
