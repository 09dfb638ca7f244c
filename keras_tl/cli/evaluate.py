"""`keras-tl evaluate`: scores of a model on pictures."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.files import write_json
from keras_tl.foundation.progress import console

NAME = "evaluate"


def run(
    model: Annotated[Path, typer.Argument(help="A `.keras` file, or the directory of a run.")],
    source: Annotated[str, typer.Argument(help="As for `train`.")],
    split: Annotated[str, typer.Option(help="train, validation, test or all.")] = "test",
    seed: Annotated[int, typer.Option(help="Seed of the division.")] = 0,
    out: Annotated[Path | None, typer.Option(help="JSON file for the scores.")] = None,
) -> None:
    """Score a trained model on a split, or on all pictures of a source."""
    start_keras()
    import keras_tl as ktl
    from keras_tl.foundation.checks import one_of
    from keras_tl.models.card import input_size, resize_policy

    one_of("split", split, ("train", "validation", "test", "all"))
    classifier = ktl.load_classifier(model)
    share = 0.0 if split == "all" else 0.15
    data = ktl.load_data(
        source,
        image_size=input_size(classifier),
        validation=share,
        test=share,
        resize=resize_policy(classifier),
        seed=seed,
    )
    scores = ktl.evaluate(classifier, data.splits["train" if split == "all" else split])
    console.print(str(scores), markup=False)
    if out is not None:
        write_json(out, scores.to_dict())
