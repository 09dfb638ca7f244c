"""The recipe that an option of the command line names."""

from typing import Any


def recipe_called(name: str, epochs: int | None = None) -> Any:
    """Returns the recipe in a YAML file, or one by name.

    Args:
        name: Name of a recipe, or the path of a YAML file.
        epochs: Epochs of each phase, for a recipe by name.

    Raises:
        ValueError: On an unknown name, or if `epochs` is given with a file.
    """
    import keras_tl as ktl

    if not name.endswith((".yaml", ".yml")):
        return ktl.recipe(name) if epochs is None else ktl.recipe(name, epochs=epochs)
    if epochs is not None:
        raise ValueError(
            f"`epochs` must be left out with a recipe from a file. Received: epochs={epochs} with "
            f"recipe={name!r}. Write them into the file."
        )
    return ktl.Recipe.from_file(name)
