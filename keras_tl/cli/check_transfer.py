"""`keras-tl check-transfer`: whether transfer is worth it on some pictures."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.defaults import completed
from keras_tl.cli.loading import load
from keras_tl.cli.options import (
    Backbone,
    BatchSize,
    Boundary,
    Epochs,
    ImageSize,
    LabelsPerClass,
    Pooling,
    RecipeName,
    Resize,
    Weights,
    unless_none,
)
from keras_tl.cli.quiet import start_keras
from keras_tl.cli.recipes import recipe_called
from keras_tl.foundation.progress import say

NAME = "check-transfer"


def run(
    source: Annotated[str, typer.Argument(help="As for `train`.")],
    out: Annotated[
        Path | None, typer.Option(help="Directory for result and picture; the same again goes on.")
    ] = None,
    backbone: Backbone = None,
    weights: Weights = None,
    boundary: Boundary = None,
    pooling: Pooling = None,
    recipe: RecipeName = "lp-ft",
    epochs: Epochs = None,
    seeds: Annotated[int, typer.Option(help="How often each is trained.")] = 5,
    image_size: ImageSize = None,
    resize: Resize = "crop",
    labels_per_class: LabelsPerClass = None,
    batch_size: BatchSize = 32,
    validation: Annotated[float, typer.Option(help="Share to stop by.")] = 0.15,
    test: Annotated[float, typer.Option(help="Share to score on.")] = 0.15,
    seed: Annotated[int, typer.Option(help="Seed of the division.")] = 0,
) -> None:
    """Train with transfer and without it, over seeds: does it help, does it harm?"""
    settings = dict(locals())
    start_keras()
    import keras_tl as ktl

    settings = completed(settings)
    check = ktl.check_transfer(
        load(settings),
        settings["backbone"],
        weights=unless_none(settings["weights"]),
        boundary=boundary,
        pooling=settings["pooling"],
        recipe=recipe_called(recipe).adjusted(epochs=epochs),
        seeds=seeds,
        run_dir=out,
    )
    say(str(check))
    if out is not None:
        say(f"Picture  {out / 'transfer_check.png'}")
