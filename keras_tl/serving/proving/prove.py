"""The proof of an export of any format: the gate, on what a fresh process answers."""

import dataclasses
from pathlib import Path

import keras

from keras_tl.serving.card_file import read_card
from keras_tl.serving.formats import format_of
from keras_tl.serving.proving.allowance import Allowance
from keras_tl.serving.proving.gate import pass_gate
from keras_tl.serving.proving.measure import measurement
from keras_tl.serving.proving.reference import Reference
from keras_tl.serving.proving.served import serve
from keras_tl.serving.proving.verification import Verification


def prove(
    export: Path,
    model: keras.Model,
    expected: Reference,
    allowance: Allowance,
    *,
    measure: bool = False,
) -> Verification:
    """Runs an export in a fresh process and compares it with the model it was made from.

    Args:
        export: The SavedModel, or the file.
        model: The classifier.
        expected: Pictures and what the model says of them.
        allowance: How far the export may be off.
        measure: Whether to measure size and speed, some seconds more.

    Raises:
        ExportError: If it does not run, or anything differs.
    """
    served = serve(export, model, expected.pictures, measure=measure)
    bad_images = None
    if format_of(export).takes == "encoded":
        bad_images = read_card(export).get("bad_images", "raise")
    proof = pass_gate(served, expected, model, allowance, bad_images)
    if not measure:
        return proof
    return dataclasses.replace(proof, measurement=measurement(export, served["measured"]))
