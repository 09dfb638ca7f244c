"""`keras-tl evaluate`: scores of a model on pictures."""

from pathlib import Path
from typing import Annotated, Any

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.files import write_json
from keras_tl.foundation.progress import say
from keras_tl.training.run_directory import RunDirectory

NAME = "evaluate"
USUAL = {"validation": 0.15, "test": 0.15, "seed": 0}


def run(
    model: Annotated[Path, typer.Argument(help="A `.keras` file, or the directory of a run.")],
    source: Annotated[str, typer.Argument(help="As for `train`.")],
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "test",
    validation: Annotated[float | None, typer.Option(help="Share; default the run's.")] = None,
    test: Annotated[float | None, typer.Option(help="Share; default the run's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the division; default the run's.")] = None,
    out: Annotated[Path | None, typer.Option(help="JSON file for the scores.")] = None,
) -> None:
    """Score a trained model on a split, or on all pictures of a source."""
    start_keras()
    import keras_tl as ktl
    from keras_tl.foundation.checks import one_of
    from keras_tl.models.card import background, input_size, resize_policy

    one_of("split", split, ("train", "validation", "test", "all"))
    classifier = ktl.load_classifier(model)
    asked = {"validation": validation, "test": test, "seed": seed}
    data = ktl.load_data(
        source,
        image_size=input_size(classifier),
        resize=resize_policy(classifier),
        background=background(classifier),
        duplicates="allow",
        **({"validation": 0.0, "test": 0.0} if split == "all" else _division(model, asked)),
    )
    scores = ktl.evaluate(classifier, data.whole() if split == "all" else data.splits[split])
    say(str(scores))
    if out is not None:
        write_json(out, scores.to_dict())


def _division(model: Path, asked: dict[str, Any]) -> dict[str, Any]:
    """Returns the division that is asked for, else that of the run, else the usual one.

    With another one, pictures of the test split may have been trained on.
    """
    run = RunDirectory(model if model.is_dir() else model.parent)
    saved = {**USUAL, **run.read_config().get("data", {})}
    return {name: saved[name] if value is None else value for name, value in asked.items()}
