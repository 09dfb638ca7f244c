"""What a model can be exported to: a table, one row a format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ANTIALIASED = "resizing with antialiasing"
BICUBIC = "bicubic resizing"


@dataclass(frozen=True)
class Format:
    """A format, and what an export in it may and must do.

    Attributes:
        name: As people name it in arguments.
        suffix: How its files end; empty where the export is a directory.
        runtime: What runs it.
        takes_encoded: Whether pictures go in as encoded files; if not, as decoded images.
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
    takes_encoded: bool
    keeps_precision: bool
    tolerances: Mapping[str, float]
    mixed: Mapping[str, float]
    lacks: Mapping[str, str] = field(default_factory=dict)


_FROM_MIXED = {"float16": 2e-2, "bfloat16": 1e-1}

FORMATS = {
    row.name: row
    for row in (
        Format(
            "saved_model",
            "",
            "TensorFlow",
            takes_encoded=True,
            keeps_precision=True,
            tolerances={"float32": 1e-4},
            mixed={"float16": 5e-3, "bfloat16": 5e-2},
        ),
        Format(
            "litert",
            ".tflite",
            "LiteRT",
            takes_encoded=False,
            keeps_precision=False,
            tolerances={"float32": 1e-4, "float16": 1e-2},
            mixed=_FROM_MIXED,
            lacks={"ScaleAndTranslate": ANTIALIASED, "ResizeBicubic": BICUBIC},
        ),
        Format(
            "onnx",
            ".onnx",
            "ONNX Runtime",
            takes_encoded=False,
            keeps_precision=False,
            tolerances={"float32": 1e-3},
            mixed=_FROM_MIXED,
            lacks={"ScaleAndTranslate": ANTIALIASED},
        ),
    )
}


def format_of(export: Path) -> Format:
    """Returns the format of an export, told by its suffix."""
    by_suffix = {row.suffix: row for row in FORMATS.values()}
    return by_suffix.get(export.suffix, FORMATS["saved_model"])
