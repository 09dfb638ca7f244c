import math

import pytest

from keras_tl.tuning.records import COMPLETED, FAILED, RUNNING, TrialRecord
from keras_tl.tuning.reporting.ranking import ranked, scored, setting_names, values_of, varying


def trial(number, score=None, status=COMPLETED, **settings):
    return TrialRecord(number, status, settings, score)


TRIALS = [
    trial("a", status=FAILED),
    trial("b", 0.5),
    trial("c", math.nan),
    trial("d", 0.9),
    trial("e", 0.7, RUNNING),
    trial("f", 0.9),
    trial("g", -math.inf),
    trial("h", 0.1),
]


@pytest.mark.parametrize(("direction", "order"), [("max", "dfbheacg"), ("min", "hbdfeacg")])
def test_best_first_then_running_then_what_has_no_score(direction, order):
    assert "".join(record.number for record in ranked(TRIALS, direction)) == order


def test_scored_are_completed_and_finite():
    assert [record.number for record in scored(TRIALS)] == ["b", "d", "f", "h"]


def test_a_wrong_direction_is_named():
    with pytest.raises(ValueError, match=r"`direction` must be .* Received: direction='maximum'"):
        ranked(TRIALS, "maximum")


def test_settings_vary_where_they_have_several_values_where_they_act():
    records = [
        trial("a", head="linear", depth=0, augment=None, flag=True),
        trial("b", head="linear", depth=2, augment="light", flag=1, decay=0.5),
        trial("c", head="linear", depth=2.0, augment="light", flag=1, decay=0.5),
    ]
    assert set(varying(records)) == {"depth", "augment", "flag"}
    assert values_of(records, "decay") == [0.5]
    assert values_of(records, "depth") == [0, 2]


def test_own_settings_come_first_and_ours_in_a_fixed_order():
    records = [trial("a", dropout=0, zoom=1), trial("b", head_rate=1, backbone="x", angle=2)]
    assert setting_names(records) == ["zoom", "angle", "backbone", "head_rate", "dropout"]
