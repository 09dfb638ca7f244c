"""`keras-tl report`: what a run is worth, where it is wrong, how it was trained and on what."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from keras_tl.cli.calibrate import run as calibrate_run
from keras_tl.cli.loading import build
from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import say
from keras_tl.training.run_directory import RunDirectory

NAME = "report"


def run(
    run_dir: Annotated[
        Path, typer.Argument(metavar="RUN", help="Directory of a run that has ended.")
    ],
    baselines: Annotated[
        str, typer.Option(help="auto, all or none: what to measure beside what is known.")
    ] = "auto",
    calibrate: Annotated[
        bool,
        typer.Option("--calibrate", help="As `keras-tl calibrate RUN`, before."),
    ] = False,
    cache: Annotated[
        Path | None, typer.Option(help="Directory that keeps features for the next time.")
    ] = None,
) -> None:
    """Write what a run is worth to report.html and report.json."""
    start_keras()
    import keras_tl as ktl

    if calibrate:
        calibrate_run(run_dir)
    path = ktl.report(run_dir, baselines=baselines, cache=cache, before=_before(run_dir))
    say(f"Report  {path}")


def _before(run_dir: Path) -> Callable[[Any], Any] | None:
    """Returns what builds the model as it was before training, if this command line made it."""
    settings = RunDirectory(run_dir).read_config().get("train")
    return None if settings is None else lambda data: build(settings, data)
