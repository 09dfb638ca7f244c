import pytest

from keras_tl.foundation.error_messages import MOST_CHARACTERS, plain_error, plain_message


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("a damaged file", "a damaged file"),
        ("{{function_node a}} Unknown image [Op:DecodePng] name: b", "Unknown image"),
        ("2 root error(s) found.\n  (0) Short file [[{{node DecodeBmp}}]]\n", "(0) Short file"),
        ("", ""),
    ],
)
def test_names_of_nodes_are_left_out_of_messages(message, plain):
    assert plain_message(message) == plain


def test_an_error_is_one_line_of_words():
    assert plain_error(OSError("first\nlast")) == "last"
    assert plain_error(KeyError()) == "KeyError"
    cut = plain_error(ValueError("long" * MOST_CHARACTERS))
    assert len(cut) == MOST_CHARACTERS
    assert cut.endswith("…")
