"""`keras-tl backbones`: what can be built on."""

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import console, say
from keras_tl.foundation.tables import table

NAME = "backbones"


def run() -> None:
    """List the backbones, their sizes, and whether ImageNet weights are at hand."""
    start_keras()
    from keras_tl.models.backbones import BACKBONES, has_imagenet_weights
    from keras_tl.models.weights.glyphs import GLYPHS

    rows = [
        (
            row.name,
            row.family,
            row.native_size,
            row.smallest_size,
            "at hand" if has_imagenet_weights(row) else "to be fetched",
            ", ".join(row.options),
        )
        for row in BACKBONES.values()
    ]
    columns = ("backbone", "family", "native#", "smallest#", "ImageNet weights", "options")
    console.print(table(columns, rows))
    say(f'weights="glyphs", carried by the package: {GLYPHS.backbone}')
