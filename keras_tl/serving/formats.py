"""What a model can be exported to: a table, one row a format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from keras_tl.serving.card_file import read_card

ANTIALIASED = "resizing with antialiasing"
BICUBIC = "bicubic resizing"


@dataclass(frozen=True)
class Format:
    """A format, and what an export in it may and must do.

    Attributes:
        name: As people name it in arguments.
        suffix: How its files end; empty where the export is a directory.
        runtime: What runs it.
        takes: What goes in: `"encoded"` pictures, decoded `"images"`, or `"features"` of them.
        keeps_precision: Whether it computes in the precision of the model; if not, of a float32
            copy of it.
        tolerances: Largest difference of a probability from the model's, by precision; one that
            is not here is quantised, and held against its labels instead.
        mixed: The same where the model is of mixed precision, by the type that it computes in.
        lacks: Operations of TensorFlow that it has none for, and what they do.
    """

    name: str
    suffix: str
    runtime: str
    takes: str
    keeps_precision: bool
    tolerances: Mapping[str, float]
    mixed: Mapping[str, float]
    lacks: Mapping[str, str] = field(default_factory=dict)


_MIXED = {"float16": 5e-3, "bfloat16": 5e-2}
_FROM_MIXED = {"float16": 2e-2, "bfloat16": 1e-1}

FORMATS = {
    row.name: row
    for row in (
        Format(
            "saved_model",
            "",
            "TensorFlow",
            takes="encoded",
            keeps_precision=True,
            tolerances={"float32": 1e-4},
            mixed=_MIXED,
        ),
        Format(
            "head",
            "",
            "TensorFlow",
            takes="features",
            keeps_precision=True,
            tolerances={"float32": 1e-4},
            mixed=_MIXED,
        ),
        Format(
            "litert",
            ".tflite",
            "LiteRT",
            takes="images",
            keeps_precision=False,
            tolerances={"float32": 1e-4, "float16": 1e-2},
            mixed=_FROM_MIXED,
            lacks={"ScaleAndTranslate": ANTIALIASED, "ResizeBicubic": BICUBIC},
        ),
        Format(
            "onnx",
            ".onnx",
            "ONNX Runtime",
            takes="images",
            keeps_precision=False,
            tolerances={"float32": 1e-3},
            mixed=_FROM_MIXED,
            lacks={"ScaleAndTranslate": ANTIALIASED},
        ),
    )
}


def format_of(export: Path) -> Format:
    """Returns the format of an export, told by its suffix, of a directory by its card."""
    files = {row.suffix: row for row in FORMATS.values() if row.suffix}
    return files.get(export.suffix) or FORMATS[read_card(export).get("format", "saved_model")]
