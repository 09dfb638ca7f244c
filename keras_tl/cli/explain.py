"""`keras-tl explain`: where in pictures a classifier sees a class."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import say

NAME = "explain"


def run(
    model: Annotated[Path, typer.Argument(help="A `.keras` file, or the directory of a run.")],
    pictures: Annotated[list[Path], typer.Argument(help="Files, or one folder.")],
    method: Annotated[
        str,
        typer.Option(
            help="grad-cam, grad-cam++, hires-cam, score-cam, integrated-gradients or occlusion."
        ),
    ] = "grad-cam",
    classes: Annotated[
        list[str] | None,
        typer.Option("--class", help="What to explain, several side by side; else the likeliest."),
    ] = None,
    top: Annotated[int, typer.Option(help="Likeliest classes side by side.")] = 1,
    boundary: Annotated[str | None, typer.Option(help="Such as stage3; else the last map.")] = None,
    batch_size: Annotated[int, typer.Option(help="Most pictures at once.")] = 32,
    most: Annotated[int, typer.Option(help="Most pictures drawn.")] = 12,
    out: Annotated[Path, typer.Option(help="PNG file.")] = Path("explanation.png"),
    overlays: Annotated[Path | None, typer.Option(help="Folder for a PNG file each.")] = None,
    size: Annotated[int | None, typer.Option(help="Pixels of those files.")] = None,
) -> None:
    """Draw what in pictures speaks for a class."""
    start_keras()
    import keras_tl as ktl

    found = ktl.explain(
        ktl.load_classifier(model),
        pictures[0] if len(pictures) == 1 else pictures,
        method=method,
        classes=[tuple(classes)] if classes else None,
        top=top,
        boundary=boundary,
        batch_size=batch_size,
    )
    found.picture(out, most=most)
    files = [out] if overlays is None else [out, *found.to_png(overlays, size=size)]
    say("\n".join([str(found), *map(str, files)]))
