import json
import re

import pytest
from keras_tuner import HyperParameters
from keras_tuner.engine.trial import Trial

from keras_tl.tuning.oracles.files import read_json, read_trial

WHOLE = json.dumps(Trial(HyperParameters(), trial_id="07").get_state())


def test_what_was_written_is_read(tmp_path):
    path = tmp_path / "trial.json"
    path.write_text(WHOLE)
    assert read_json(path) == json.loads(WHOLE)
    assert read_trial(path).trial_id == "07"


@pytest.mark.parametrize(
    "content", [b"", WHOLE[:-9].encode(), b"\xff\xfe", b"[]", b"{}", b"3", b'{"trial_id": "1"}']
)
def test_a_damaged_trial_is_an_error_that_names_the_file_and_the_way_out(tmp_path, content):
    path = tmp_path / "trial_07" / "trial.json"
    path.parent.mkdir()
    path.write_bytes(content)
    way_out = r".* Put that file back .* or search in another directory"
    with pytest.raises(ValueError, match=re.escape(str(path)) + way_out):
        read_trial(path)


def test_a_missing_file_is_the_same_error(tmp_path):
    with pytest.raises(ValueError, match=r"trial\.json'.*FileNotFoundError.*another directory"):
        read_trial(tmp_path / "trial.json")
