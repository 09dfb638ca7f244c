"""Options that mean the same in several commands."""

from typing import Annotated

import typer

Backbone = Annotated[str | None, typer.Option(help="As `keras-tl backbones` lists.")]
Weights = Annotated[str | None, typer.Option(help="'imagenet', 'glyphs', 'none' or a file.")]
Boundary = Annotated[str | None, typer.Option(help="Stage the backbone ends at.")]
Pooling = Annotated[str | None, typer.Option(help="avg, max, concat or flatten.")]
RecipeName = Annotated[str, typer.Option(help="A recipe by name, or a YAML file.")]
Epochs = Annotated[int | None, typer.Option(help="Epochs of each phase.")]
ImageSize = Annotated[int | None, typer.Option(help="Pixels; default native.")]
Resize = Annotated[str, typer.Option(help="crop, pad or stretch.")]
LabelsPerClass = Annotated[int | None, typer.Option(help="Train on so many only.")]
BatchSize = Annotated[int, typer.Option(help="Images in a batch.")]
Validation = Annotated[float, typer.Option(help="Share to choose by.")]


def unless_none(text: str | None) -> str | None:
    """Returns what an option says; None for the word `none`."""
    return None if text == "none" else text
