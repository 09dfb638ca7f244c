"""Numbers at a place in an encoded file, and the way from one piece of it to the next."""

from collections.abc import Callable
from typing import Any, NamedTuple

MOST_PIECES = 4096
_BEYOND = bytes(128)
_TYPES = {1: "uint8", 2: "uint16", 4: "int32"}


class File(NamedTuple):
    """An encoded file in a graph.

    Attributes:
        content: Scalar string tensor.
        padded: The same with zeros after its end, so that a header can be read there too.
        size: Bytes of `content`, an int32 scalar.
    """

    content: Any
    padded: Any
    size: Any


def opened(encoded: Any) -> File:
    """Returns the file that a scalar string tensor holds."""
    import tensorflow as tf

    return File(encoded, tf.strings.join([encoded, _BEYOND]), tf.strings.length(encoded))


def starts(file: File, beginning: bytes, position: Any = 0) -> Any:
    """Tells whether `beginning` stands at `position`; after the end of the file there are zeros."""
    import tensorflow as tf

    return tf.equal(tf.strings.substr(file.padded, position, len(beginning)), beginning)


def numbers_at(file: File, position: Any, count: int, width: int, *, little: bool = True) -> Any:
    """Returns numbers that lie one after another, as int32 `(count,)`.

    Args:
        file: The file; beyond its end there are zeros.
        position: Where the first one begins.
        count: How many.
        width: Bytes of each, 1, 2 or 4; of four bytes the highest bit is a sign.
        little: Whether the lowest byte comes first.
    """
    import tensorflow as tf

    piece = tf.strings.substr(file.padded, position, count * width)
    found = tf.io.decode_raw(piece, _TYPES[width], little_endian=little)
    return tf.reshape(tf.cast(found, tf.int32), (count,))


def number_at(file: File, position: Any, width: int, *, little: bool = True) -> Any:
    """Returns one number as int32 scalar; see `numbers_at`."""
    import tensorflow as tf

    piece = tf.strings.substr(file.padded, position, width)
    found = tf.io.decode_raw(piece, _TYPES[width], little_endian=little)
    return tf.cast(tf.reshape(found, ()), tf.int32)


def piece_at(file: File, position: Any, count: Any) -> Any:
    """Returns the bytes from `position` on, at most `count`; none that are beyond the end."""
    import tensorflow as tf

    start = tf.minimum(position, file.size)
    return tf.strings.substr(file.content, start, tf.maximum(count, 0))


def step(file: File, position: Any, length: Any) -> Any:
    """Returns the position after a piece, ahead whatever its length says, but within the file."""
    import tensorflow as tf

    return position + tf.minimum(tf.maximum(length, 1), file.size - position)


def walk(
    file: File, start: Any, length_at: Callable[[Any], Any], is_wanted: Callable[[Any], Any]
) -> Any:
    """Goes from piece to piece of a file until one is wanted, the file ends, or after 4096.

    Every step leads forward and none beyond the end, so that no file can hold it up.

    Args:
        file: The file.
        start: Position of the first piece.
        length_at: Function from the position of a piece to its length, header and all.
        is_wanted: Function from the position of a piece to a boolean.

    Returns:
        Position of the piece that is wanted, or of where the walk ended, as int32 scalar.
    """
    import tensorflow as tf

    (end,) = tf.while_loop(
        lambda position: (position < file.size) & ~is_wanted(position),
        lambda position: (step(file, position, length_at(position)),),
        (tf.minimum(start, file.size),),
        maximum_iterations=MOST_PIECES,
    )
    return end


def contains(encoded: Any, what: bytes) -> Any:
    """Tells whether `what` occurs anywhere; one pass in C++, at about a nanosecond a byte."""
    import tensorflow as tf

    pieces = tf.raw_ops.StringSplitV2(input=encoded[None], sep=what, maxsplit=1).values
    return tf.size(pieces) > 1


def require(condition: Any, what: str, value: Any) -> Any:
    """Returns `value`.

    Args:
        condition: Scalar boolean tensor.
        what: What the file is if it does not hold, for people.
        value: Any tensor.

    Raises:
        tf.errors.InvalidArgumentError: If the condition does not hold when the graph runs.
    """
    import tensorflow as tf

    with tf.control_dependencies([tf.raw_ops.Assert(condition=condition, data=[what])]):
        return tf.identity(value)
