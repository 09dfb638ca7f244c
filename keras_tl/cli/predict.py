"""`keras-tl predict`: labels for files and folders."""

import csv
from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.files import replacing
from keras_tl.foundation.progress import console, say
from keras_tl.foundation.tables import table

NAME = "predict"


def run(
    model: Annotated[Path, typer.Argument(help="A `.keras` file, or the directory of a run.")],
    pictures: Annotated[list[Path], typer.Argument(help="Files, or one folder.")],
    out: Annotated[Path | None, typer.Option(help="CSV file for all probabilities.")] = None,
) -> None:
    """Classify pictures."""
    start_keras()
    import keras_tl as ktl
    from keras_tl.models.card import class_names

    classifier = ktl.load_classifier(model)
    found = ktl.predict(classifier, pictures[0] if len(pictures) == 1 else pictures)
    labels = ["; ".join(x) if isinstance(x, tuple) else x for x in found.labels]
    rows = zip(found.names, labels, found.scores, strict=True)
    if out is None:
        columns = ("picture", "label", "probability#")
        console.print(table(columns, [(name, label, f"{p:.3f}") for name, label, p in rows]))
        return
    with replacing(out) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["picture", "label", "probability", *class_names(classifier)])
        for (name, label, p), row in zip(rows, found.probabilities, strict=True):
            writer.writerow([name, label, p, *row])
    say(f"{len(labels)} rows in {out}")
