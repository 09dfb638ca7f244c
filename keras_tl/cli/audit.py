"""`keras-tl audit`: a look at every picture before training."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import say

NAME = "audit"


def run(
    source: Annotated[str, typer.Argument(help="As for `train`.")],
    out: Annotated[Path | None, typer.Option(help="JSON file for all that was found.")] = None,
    pictures: Annotated[
        Path | None, typer.Option(help="Picture file for pairs of near duplicates.")
    ] = None,
    duplicates: Annotated[
        str, typer.Option(help="stop or allow: the same picture in two classes or two parts.")
    ] = "stop",
) -> None:
    """Look at every picture: bad files, duplicates, blank pictures, unequal classes."""
    start_keras()
    from keras_tl.data.auditing.audit import audit

    found = audit(source, duplicates=duplicates)
    say(str(found))
    if out is not None:
        found.to_json(out)
    if pictures is not None and found.picture(pictures) is None:
        say(f"\nNo near duplicates, and so nothing was written to {pictures}.")
    if found.stops:
        raise typer.Exit(1)
