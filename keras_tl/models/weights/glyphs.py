"""The embedded default: a small backbone pretrained by us on rendered letters, never digits.

`benchmarks/glyphs/pretrain.py` made the file and makes it again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class EmbeddedWeights:
    """A weights file of the package and the network it belongs to.

    Attributes:
        backbone: Name of the constructor.
        options: Its options.
        boundary: The stage at which the network ends.
        image_size: Height and width it was trained at, in pixels.
        pooling: The pooling that suits it.
        path: The file.
    """

    backbone: str
    options: Mapping[str, Any]
    boundary: str
    image_size: int
    pooling: str
    path: Path


GLYPHS = EmbeddedWeights(
    backbone="MobileNetV2",
    options={},
    boundary="stage4",
    image_size=64,
    pooling="flatten",
    path=Path(__file__).with_name("glyphs.weights.h5"),
)
