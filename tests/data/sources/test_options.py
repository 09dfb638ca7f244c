import json
from pathlib import Path

from keras_tl.data.sources.options import SourceOptions


def test_only_what_was_said_becomes_plain_data():
    assert SourceOptions().to_dict() == {}
    assert SourceOptions(multi_label=False, download=False).to_dict() == {"multi_label": False}


def test_what_was_said_can_be_written_and_said_again():
    columns = {"path": "photo", "group": None}
    said = SourceOptions(("a", "b"), columns, True, Path("pictures")).to_dict()
    again = SourceOptions(**json.loads(json.dumps(said)))
    assert again == SourceOptions(["a", "b"], columns, True, "pictures")
