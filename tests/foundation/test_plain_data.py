"""Results become data that JSON can say, whatever is in them."""

import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_tl.foundation.plain_data import as_plain, whole


class Picture:
    """Something to look at, which data have no word for."""


@dataclass(frozen=True)
class Part:
    name: str
    values: np.ndarray
    picture: Picture | None


def test_what_is_not_wanted_is_left_out():
    part = Part("a", np.array([[1, 2]]), Picture())
    found = as_plain([{"part": part, "share": np.float32(0.5), 3: (True, None)}], without=Picture)
    assert found == [{"part": {"name": "a", "values": [[1, 2]]}, "share": 0.5, "3": [True, None]}]
    json.dumps(found, allow_nan=False)


def test_what_json_has_no_word_for_is_nothing_or_its_text():
    assert as_plain([math.nan, math.inf, Path("/tmp"), {2}]) == [None, None, "/tmp", "{2}"]
    assert as_plain(np.array([1.0, math.nan])) == [1.0, None]
    assert as_plain((1, True, None, 0.5)) == [1, True, None, 0.5]


def test_half_characters_are_escaped():
    """A file name that is not UTF-8 comes as half characters."""
    odd = b"caf\xe9.jpg".decode("utf-8", "surrogateescape")
    assert whole(odd) == "caf\\udce9.jpg"
    assert as_plain({odd: odd}) == {whole(odd): whole(odd)}
