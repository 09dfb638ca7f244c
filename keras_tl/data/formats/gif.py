"""GIF: the first frame in its place, with the colour that is declared transparent.

TensorFlow paints transparent pixels black. So the frame is cut out and given a palette in which
the colour is the number, TensorFlow unpacks it, and the numbers are looked up here.

Source: Graphics Interchange Format, version 89a, CompuServe, 1990.
"""

from typing import Any, NamedTuple

from keras_tl.data.formats.binary import (
    File,
    number_at,
    numbers_at,
    opened,
    piece_at,
    require,
    starts,
    step,
    walk,
)
from keras_tl.data.formats.not_inlined import not_inlined
from keras_tl.data.formats.palette import colours

_AFTER_SCREEN = 13
_EXTENSION, _CONTROL, _FRAME = b"\x21", b"\x21\xf9", b"\x2c"
_MOST_EXTENSIONS = 64
_NUMBERS = bytes(number for number in range(256) for _ in range(3))


class _Frame(NamedTuple):
    """Where the first frame lies in the file, its palette, and its transparent number or -1."""

    position: Any
    palette: Any
    transparent: Any


@not_inlined
def decode_gif(encoded: Any) -> Any:
    """Decodes the first frame of a GIF: uint8 `(height, width, 4)`."""
    import tensorflow as tf

    file = opened(encoded)
    frame = _first_frame(file)
    is_opaque = tf.range(256)[:, None] != frame.transparent
    opacity = tf.cast(tf.where(is_opaque, 255, 0), tf.uint8)
    table = tf.concat([colours(frame.palette, 3), opacity], axis=1)
    return tf.gather(table, tf.cast(_on_screen(file, frame), tf.int32))


def _first_frame(file: File) -> _Frame:
    import tensorflow as tf

    common = _palette_size(number_at(file, 10, 1))
    control, end = _before_frame(file, _AFTER_SCREEN + common)
    position = require(starts(file, _FRAME, end), "GIF without a picture", end)
    own = _palette_size(number_at(file, position + 9, 1))
    start = tf.where(own > 0, position + 10, _AFTER_SCREEN)
    palette = piece_at(file, start, tf.where(own > 0, own, common))
    is_declared = starts(file, _CONTROL, control) & (number_at(file, control + 3, 1) % 2 == 1)
    return _Frame(position, palette, tf.where(is_declared, number_at(file, control + 6, 1), -1))


def _before_frame(file: File, start: Any) -> tuple[Any, Any]:
    """Returns where the last control extension, or else 0, and what follows extensions are."""
    import tensorflow as tf

    def is_before(_: Any, position: Any) -> Any:
        return starts(file, _EXTENSION, position)

    def go_on(control: Any, position: Any) -> tuple[Any, Any]:
        found = tf.where(starts(file, _CONTROL, position), position, control)
        return found, step(file, position, _length_of_extension(file, position))

    return tf.while_loop(is_before, go_on, (0, start), maximum_iterations=_MOST_EXTENSIONS)


def _palette_size(flags: Any) -> Any:
    """Returns the bytes of the palette that follows a header with these flags; 0 for none."""
    import tensorflow as tf

    return tf.where(flags >= 128, 3 * tf.bitwise.left_shift(2, flags % 8), 0)


def _length_of_extension(file: File, position: Any) -> Any:
    """Returns the length of an extension: two bytes, blocks with their sizes, and a zero."""
    end = walk(
        file,
        position + 2,
        lambda block: 1 + number_at(file, block, 1),
        lambda block: starts(file, b"\0", block),
    )
    return end + 1 - position


def _on_screen(file: File, frame: _Frame) -> Any:
    """Returns the number of each pixel of the screen, which grows if the frame sticks out.

    Beside the frame the screen is transparent, or else has the first colour, as in Pillow.
    """
    import tensorflow as tf

    corner, size = tf.split(numbers_at(file, frame.position + 1, 4, 2), 2)
    screen = tf.maximum(numbers_at(file, 6, 2, 2), corner + size)
    beside = tf.stack([corner, screen - corner - size], axis=1)
    ground = tf.cast(tf.maximum(frame.transparent, 0), tf.uint8)
    return tf.pad(_numbers(file, frame.position), beside[::-1], constant_values=ground)


def _numbers(file: File, position: Any) -> Any:
    """Unpacks a frame into the numbers of its colours: uint8 `(height, width)`."""
    import tensorflow as tf

    size = piece_at(file, position + 5, 4)
    flags = number_at(file, position + 9, 1)
    is_interlaced = tf.where(tf.bitwise.bitwise_and(flags, 64) > 0, b"\x40", b"\0")
    pixels = piece_at(file, position + 10 + _palette_size(flags), file.size)
    header = [b"GIF89a", size, b"\xf7\0\0" + _NUMBERS + _FRAME + bytes(4), size, is_interlaced]
    alone = tf.strings.join([*header, pixels])
    image = tf.io.decode_image(alone, channels=3, expand_animations=False)
    return tf.ensure_shape(image, (None, None, 3))[..., 0]
