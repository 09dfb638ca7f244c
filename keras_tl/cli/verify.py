"""`keras-tl verify`: whether an export, of any format, still does what its model does."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.loading import load_as_run
from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.files import write_json
from keras_tl.foundation.progress import console, say

NAME = "verify"


def run(
    export: Annotated[
        Path, typer.Argument(help="A SavedModel, the folder of its versions, or a file.")
    ],
    model: Annotated[Path, typer.Option(help="A `.keras` file, or the directory of a run.")],
    on: Annotated[str, typer.Option(help="As the source of `train`; its test split is taken.")],
    assert_accuracy_at_least: Annotated[
        float | None, typer.Option(help="Share of right labels; less is an error.")
    ] = None,
    largest_drop: Annotated[
        float | None, typer.Option(help="What a quantised file may lose; 0.02 is 2 % of labels.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Number of pictures at most.")] = 1000,
    measure: Annotated[bool, typer.Option(help="Measure size and speed as well.")] = True,
    out: Annotated[Path | None, typer.Option(help="JSON file for the result.")] = None,
) -> None:
    """Prove an export in a fresh process without Keras, against the model it was made from."""
    start_keras()
    import keras_tl as ktl

    classifier = ktl.load_classifier(model)
    data = load_as_run(model, classifier, on)
    with console.status("Serving the export in a fresh process"):
        proof = ktl.verify_export(
            export,
            classifier,
            data,
            limit=limit,
            accuracy_at_least=assert_accuracy_at_least,
            measure=measure,
            **({} if largest_drop is None else {"largest_drop": largest_drop}),
        )
    say(str(proof))
    if out is not None:
        write_json(out, proof.to_dict())
