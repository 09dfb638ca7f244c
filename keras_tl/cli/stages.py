"""`keras-tl stages`: the chain of a backbone or a model."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import say

NAME = "stages"


def run(
    backbone: Annotated[str, typer.Argument(help="Name of a backbone, or a `.keras` file.")],
    granularity: Annotated[str, typer.Option(help="stage or block.")] = "stage",
    image_size: Annotated[int | None, typer.Option(help="Pixels; default native.")] = None,
) -> None:
    """Show where a backbone can be frozen, ended and cached, and what each stage costs."""
    start_keras()
    import keras_tl as ktl
    from keras_tl.models.backbones import find_backbone, load_backbone
    from keras_tl.models.card import read_model

    if Path(backbone).suffix == ".keras":
        model = read_model(backbone)
    else:
        size = image_size or find_backbone(backbone).native_size
        model = load_backbone(backbone, image_size=(size, size), weights=None)
    say(ktl.chain(model, granularity).table())
