import json
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_tl.evaluation.reporting.missing import Missing
from keras_tl.evaluation.reporting.picture import Picture
from keras_tl.evaluation.reporting.plain_data import as_plain


@dataclass(frozen=True)
class Part:
    name: str
    values: np.ndarray
    picture: Picture | None


def test_sections_become_data_without_pictures():
    part = Part("a", np.array([[1, 2]]), Picture("data:", "a picture"))
    found = as_plain({"part": part, "share": np.float32(0.5), 3: (True, None)})
    assert found == {"part": {"name": "a", "values": [[1, 2]]}, "share": 0.5, "3": [True, None]}
    json.dumps(found, allow_nan=False)


def test_what_json_has_no_word_for():
    assert as_plain([math.nan, math.inf, Path("/tmp")]) == [None, None, "/tmp"]
    assert as_plain(Missing("why")) == {"reason": "why"}
