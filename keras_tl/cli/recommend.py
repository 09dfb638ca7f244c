"""`keras-tl recommend`: what to build and how to train it, before anything is trained."""

import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from keras_tl.cli.defaults import completed
from keras_tl.cli.options import ImageSize, LabelsPerClass, Resize, Validation, unless_none
from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import say

NAME = "recommend"


def run(
    source: Annotated[str, typer.Argument(help="As for `train`.")],
    out: Annotated[
        Path | None, typer.Option(help="Directory for recipe.yaml, advice.json and advice.txt.")
    ] = None,
    backbone: Annotated[
        list[str] | None, typer.Option(help="A candidate; again for more. Default: all at hand.")
    ] = None,
    weights: Annotated[
        str, typer.Option(help="'imagenet', 'glyphs', 'none' or a file.")
    ] = "imagenet",
    image_size: ImageSize = None,
    resize: Resize = "crop",
    labels_per_class: LabelsPerClass = None,
    validation: Validation = 0.15,
    test: Annotated[float, typer.Option(help="Share to score once.")] = 0.15,
    images: Annotated[int, typer.Option(help="Training images to look at, about.")] = 2000,
    download: Annotated[
        bool, typer.Option("--download", help="Fetch ImageNet weights that are not at hand.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of the division, and of random weights.")] = 0,
) -> None:
    """Recommend backbone, boundary, recipe, image size, augmentation and balance, with reasons."""
    settings = dict(locals())
    start_keras()
    import keras_tl as ktl

    advice = ktl.recommend(
        _load(settings),
        backbone,
        weights=unless_none(weights),
        images=images,
        download=download,
        seed=seed,
    )
    say(str(advice))
    if out is not None:
        recipe = advice.write(out)
        say(f"\nThe recipe is in {recipe}, to be edited. Train with")
        say(f"  {_command(source, advice, recipe)}")


def _load(settings: dict[str, Any]) -> Any:
    """Loads the data at the size that is asked for, or at that of `train` by default."""
    import keras_tl as ktl

    first = (settings["backbone"] or [None])[0]
    open_ones = {"backbone": first, "weights": None, "pooling": None}
    size = completed({**settings, **open_ones})["image_size"]
    names = ("resize", "labels_per_class", "validation", "test", "seed")
    return ktl.load_data(
        settings["source"], image_size=size, **{name: settings[name] for name in names}
    )


def _command(source: str, advice: Any, recipe: Path) -> str:
    """Returns the command that trains as is advised."""
    options = {
        "backbone": advice.backbone,
        "weights": "none" if advice.weights is None else advice.weights,
        "boundary": advice.boundary,
        "pooling": advice.pooling,
        **advice.data_options,
        "recipe": recipe,
        "out": recipe.parent / "run",
    }
    given = [(name, value) for name, value in options.items() if value is not None]
    words = [word for name, value in given for word in (f"--{name.replace('_', '-')}", str(value))]
    return shlex.join(["keras-tl", "train", source, *words])
