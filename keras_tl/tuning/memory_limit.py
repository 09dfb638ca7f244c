"""Training that goes on with smaller batches where the memory of the machine is exhausted."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from keras_tl.data.dataset import Data
from keras_tl.training.recipe import Recipe

Found = TypeVar("Found")
_SIGNS = ("RESOURCE_EXHAUSTED", "ResourceExhausted", "out of memory", "OOM when allocating")


def within_memory(
    train: Callable[[Data, Recipe], Found], data: Data, recipe: Recipe
) -> tuple[Found, tuple[str, ...]]:
    """Calls `train(data, recipe)`; out of memory, with half the batch and twice the accumulation.

    Gradients of as many images as before make an update, so that rates stay what they mean; half
    of an odd batch is accumulated once more.

    Returns:
        What `train` returned, and what was done, in words.

    Raises:
        MemoryError: As it came, or the backend's own error, if batches of one do not fit.
    """
    notes: list[str] = []
    while True:
        try:
            return train(data, recipe), tuple(notes)
        except Exception as error:
            if not is_out_of_memory(error) or data.train.batch_size == 1:
                raise
        before, data = data.train.batch_size, _halved(data)
        recipe = _accumulating(recipe, -(-before // data.train.batch_size))
        notes.append(
            f"out of memory: batches of {data.train.batch_size}, gradients of "
            f"{_accumulated(recipe)} make an update"
        )


def is_out_of_memory(error: BaseException) -> bool:
    """Tells whether an error of Python, TensorFlow or JAX says that memory is exhausted."""
    said = f"{type(error).__name__}: {error}"
    return isinstance(error, MemoryError) or any(sign in said for sign in _SIGNS)


def _halved(data: Data) -> Data:
    size = data.train.batch_size // 2
    return replace(
        data,
        train=data.train.with_batch_size(size),
        validation=data.validation.with_batch_size(size),
    )


def _accumulating(recipe: Recipe, times: int) -> Recipe:
    """Returns a recipe whose updates wait for the gradients of so many times as many batches."""
    key = "gradient_accumulation_steps"
    return Recipe(
        recipe.name,
        tuple(
            replace(
                phase,
                optimizer_options={
                    **phase.optimizer_options,
                    key: times * phase.optimizer_options.get(key, 1),
                },
            )
            for phase in recipe
        ),
    )


def _accumulated(recipe: Recipe) -> int:
    return recipe.phases[0].optimizer_options["gradient_accumulation_steps"]
