"""`keras-tl export`: a proven SavedModel from a trained model."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.cli.result import serve_command
from keras_tl.foundation.progress import console, say

NAME = "export"


def run(
    model: Annotated[Path, typer.Argument(help="A `.keras` file, or the directory of a run.")],
    out: Annotated[Path, typer.Argument(help="Directory to write, such as export/1.")],
    verify_on: Annotated[
        Path, typer.Option(help="Pictures on which the export must answer as the model does.")
    ],
) -> None:
    """Export a trained model as a SavedModel that takes encoded pictures."""
    start_keras()
    import keras_tl as ktl
    from keras_tl.data.sources.folder import pictures_in

    classifier = ktl.load_classifier(model)
    pictures = pictures_in(verify_on) if verify_on.is_dir() else [verify_on]
    with console.status("Exporting, and proving the export in a fresh process"):
        path = ktl.export_saved_model(classifier, out, verify_on=pictures)
    say(f"Proven on {len(pictures)} pictures: {path}\nServe")
    parent = path.resolve().parent
    say(serve_command(parent, parent.name))
