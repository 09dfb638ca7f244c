"""`keras-tl predict`: labels for files and folders."""

from pathlib import Path
from typing import Annotated, Any

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import console, say
from keras_tl.foundation.tables import table

NAME = "predict"


def run(
    model: Annotated[Path, typer.Argument(help="A `.keras` file, or the directory of a run.")],
    pictures: Annotated[list[Path], typer.Argument(help="Files, or one folder.")],
    out: Annotated[
        Path | None, typer.Option(help="CSV file for all probabilities; the same again goes on.")
    ] = None,
    batch_size: Annotated[int, typer.Option(help="Pictures in a batch, with --out.")] = 32,
) -> None:
    """Classify pictures; with --out as many as there are."""
    start_keras()
    import keras_tl as ktl

    classifier = ktl.load_classifier(model)
    source = pictures[0] if len(pictures) == 1 else pictures
    if out is None:
        _show(ktl.predict(classifier, source))
    else:
        _say_what_was_written(ktl.predict_to_csv(classifier, source, out, batch_size=batch_size))


def _show(found: Any) -> None:
    labels = ["; ".join(x) if isinstance(x, tuple) else x for x in found.labels]
    rows = zip(found.names, labels, found.scores, strict=True)
    columns = ("picture", "label", "probability#")
    console.print(table(columns, [(name, label, f"{p:.3f}") for name, label, p in rows]))


def _say_what_was_written(written: Any) -> None:
    if written.found:
        say(f"{written.found} rows were there from an interrupted run.")
    if written.problems:
        say(f"{written.problems} of the pictures cannot be read; see the column `problem`.")
    say(f"{written.rows} rows in {written.path}")
