"""What errors of other libraries say, in a line that a person can read."""

import re

from keras_tl.foundation.shown import one_line

MOST_CHARACTERS = 100


def plain_message(message: str) -> str:
    """Returns the last line of an error message without the names of TensorFlow's nodes."""
    lines = re.sub(r"\[\[.*?\]\]|\{\{.*?\}\}|\[Op:.*", "", message).strip().splitlines()
    return lines[-1].strip() if lines else ""


def plain_error(error: Exception) -> str:
    """Returns what an error says, on one line; its kind where it says nothing."""
    text = plain_message(str(getattr(error, "message", None) or error)) or type(error).__name__
    return one_line(text, MOST_CHARACTERS)
