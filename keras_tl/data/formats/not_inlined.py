"""Graphs that are traced once and cost nothing where they are not run."""

import functools
from collections.abc import Callable
from typing import Any


def not_inlined(reader: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Makes a reader of a format a TensorFlow function that is never inlined.

    Inlined, the readers of all formats together would slow a JPEG down by a tenth, and be traced
    and optimised anew in every graph that decodes pictures.

    Args:
        reader: Function from a scalar string tensor to a tensor, of TensorFlow operations.

    Returns:
        The same function. Called outside of a graph it raises TensorFlow's errors with nothing
        but what happened in their messages, and not where.
    """

    @functools.cache
    def graph() -> Any:
        import tensorflow as tf

        return tf.function(
            reader,
            input_signature=[tf.TensorSpec((), tf.string)],
            autograph=False,
            experimental_attributes={"_noinline": True},
        )

    @functools.wraps(reader)
    def read(encoded: Any) -> Any:
        import tensorflow as tf

        try:
            return graph()(encoded)
        except tf.errors.OpError as error:
            raise type(error)(None, None, _what_happened(error.message)) from None

    return read


def _what_happened(message: str) -> str:
    """Returns the last line before the name of the node."""
    return message.split("\n\t [[")[0].strip().splitlines()[-1]
