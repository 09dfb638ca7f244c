import json

import pytest

from keras_tl.serving.proving.measure import Measurement
from keras_tl.serving.proving.verification import Verification

PROOF = Verification(
    examples=40,
    label_agreement=0.975,
    largest_difference=2e-6,
    batch_difference=3e-7,
    repeat_difference=0.0,
    to_itself=1e-4,
    tolerance=1e-4,
    bad_images="nan",
)
MEASURED = Measurement(14_200_000, 1.25, 0.03, 0.04, {1: 33.0, 8: 60.0, 32: 70.0})


def row(text, start):
    return next(line for line in text.splitlines() if line.strip().startswith(start))


@pytest.mark.parametrize(
    ("start", "value"),
    [
        ("pictures, in a fresh process", "40"),
        ("same labels", "97.5%"),
        ("largest difference", "2.0e-06 (allowed 1e-04)"),
        ("alone", "3.0e-07 (allowed 1e-04)"),
        ("first against second", "0.0e+00 (allowed 1e-04)"),
        ("bytes that are no picture", "NaN in their row"),
    ],
)
def test_the_table_has_every_comparison(start, value):
    assert value in row(str(PROOF), start)


def test_what_was_not_asked_for_is_not_shown():
    assert "accuracy" not in str(PROOF)
    assert "latency" not in str(PROOF)
    whole = Verification(**{**vars(PROOF), "accuracy": 0.9, "model_accuracy": 0.95,
                            "measurement": MEASURED})  # fmt: skip
    assert "90.0%" in row(str(whole), "accuracy of the export")
    assert "95.0%" in row(str(whole), "accuracy of the model")
    assert "14.2 MB" in row(str(whole), "size on disk")


def test_it_is_plain_data():
    whole = Verification(**{**vars(PROOF), "accuracy": 0.9, "measurement": MEASURED})
    again = json.loads(json.dumps(whole.to_dict()))
    assert again["label_agreement"] == 0.975
    assert again["accuracy"] == 0.9
    assert again["measurement"] == MEASURED.to_dict()
    assert PROOF.to_dict()["measurement"] is None
    assert Verification.from_dict(again) == whole
    assert Verification.from_dict(PROOF.to_dict()) == PROOF


def test_what_quantisation_lost_is_shown_in_place_of_a_tolerance():
    changed = {"tolerance": None, "drop": 0.015, "largest_drop": 0.02, "bad_images": None}
    text = str(Verification(**{**vars(PROOF), **changed}))
    assert "1.5% (allowed 2.0%)" in row(text, "lost to quantisation")
    assert row(text, "largest difference").endswith("2.0e-06")
    assert "lost" not in str(PROOF)
