"""`keras-tl calibrate`: probabilities that mean what they say."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.files import write_json
from keras_tl.foundation.progress import say
from keras_tl.training.run_directory import RunDirectory

NAME = "calibrate"


def run(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Directory of a run.")],
) -> None:
    """Fit a temperature on the validation split of a run and store it in its model."""
    start_keras()
    import keras_tl as ktl
    from keras_tl.evaluation.calibrate import calibrate
    from keras_tl.evaluation.run_data import finished_run, run_data

    directory = finished_run(run_dir)
    data, classifier = run_data(run_dir), ktl.load_classifier(run_dir)
    found = calibrate(classifier, data)
    say(str(found))
    if found.temperature != found.temperature_before:
        _keep(directory, classifier, data)
        say("An export keeps the temperature that it was made with: make another one.")
        say(f"  keras-tl export {run_dir} {run_dir}/export/2 --verify-on PICTURES")


def _keep(directory: RunDirectory, classifier: Any, data: Any) -> None:
    """Writes the model, and what it says of the test split by now."""
    from keras_tl.evaluation.scored_run import scored

    directory.save_model(classifier)
    scores = scored(directory.path, data=data, model=classifier).scores.to_dict()
    if directory.metrics_path.is_file():
        metrics = json.loads(directory.metrics_path.read_text(encoding="utf-8"))
        write_json(directory.metrics_path, {**metrics, **scores})
