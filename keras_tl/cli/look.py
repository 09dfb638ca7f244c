"""`keras-tl look`: what the network will see."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import say

NAME = "look"


def run(
    source: Annotated[str, typer.Argument(help="As for `train`.")],
    image_size: Annotated[int, typer.Option(help="Pixels.")] = 224,
    resize: Annotated[str, typer.Option(help="crop, pad or stretch.")] = "crop",
    augment: Annotated[str, typer.Option(help="none, light, medium, strong or rand.")] = "light",
    flip: Annotated[bool | None, typer.Option(help="Mirror too; never the digits.")] = None,
    mix: Annotated[str | None, typer.Option(help="mixup or cutmix.")] = None,
    pictures: Annotated[int, typer.Option(help="Rows.")] = 6,
    epochs: Annotated[int, typer.Option(help="Columns, beside the plain pictures.")] = 5,
    seed: Annotated[int, typer.Option(help="Of the choice and of augmentation.")] = 0,
    out: Annotated[Path, typer.Option(help="PNG file.")] = Path("contact_sheet.png"),
) -> None:
    """Draw training pictures as they are and as epochs bring them, before anything is trained."""
    start_keras()
    import keras_tl as ktl

    data = ktl.load_data(
        source,
        image_size=image_size,
        resize=resize,
        augment=augment,
        flip=flip,
        mix=mix,
        validation=0.0,
        test=0.0,
        seed=seed,
    )
    figure = ktl.contact_sheet(data.train, pictures=pictures, epochs=epochs, seed=seed, path=out)
    say(f"{figure.get_label()}\n{out}")
