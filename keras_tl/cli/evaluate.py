"""`keras-tl evaluate`: scores of a model on pictures."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.loading import load_as_run
from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.files import write_json
from keras_tl.foundation.progress import say

NAME = "evaluate"


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

    one_of("split", split, ("train", "validation", "test", "all"))
    classifier = ktl.load_classifier(model)
    nothing_held_out = {"validation": 0.0, "test": 0.0}
    asked = {"validation": validation, "test": test, "seed": seed}
    data = load_as_run(model, classifier, source, nothing_held_out if split == "all" else asked)
    scores = ktl.evaluate(classifier, data.whole() if split == "all" else data.splits[split])
    say(str(scores))
    if out is not None:
        write_json(out, scores.to_dict())
