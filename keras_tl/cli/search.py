"""`keras-tl search`: the settings that fine-tune best, found and written as a recipe."""

import contextlib
from pathlib import Path
from typing import Annotated, Any

import typer

from keras_tl.cli.defaults import completed
from keras_tl.cli.loading import load
from keras_tl.cli.options import (
    BatchSize,
    ImageSize,
    LabelsPerClass,
    Pooling,
    Resize,
    Validation,
    Weights,
    unless_none,
)
from keras_tl.cli.quiet import start_keras
from keras_tl.cli.workers import run_in_parallel
from keras_tl.foundation.progress import say
from keras_tl.training.run_directory import RunDirectory
from keras_tl.tuning.occupancy import clear
from keras_tl.tuning.parallel import is_parallel, is_worker

NAME = "search"


def run(
    source: Annotated[str, typer.Argument(help="Folder, 'digits', 'digits-photo' or 'tfds:NAME'.")],
    out: Annotated[Path, typer.Option(help="Directory of the search.")],
    backbone: Annotated[
        list[str] | None, typer.Option(help="One to choose from; give it again for more.")
    ] = None,
    weights: Weights = None,
    pooling: Pooling = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="What a setting may be: dropout=0,0.5 or trainable_stages=0:4 or head=mlp.",
        ),
    ] = None,
    oracle: Annotated[
        str, typer.Option(help="halving, bayesian, hyperband, random or grid.")
    ] = "halving",
    max_trials: Annotated[int, typer.Option(help="Trials at most.")] = 20,
    max_minutes: Annotated[
        float | None, typer.Option(help="After so long no trial is begun.")
    ] = None,
    epochs: Annotated[int, typer.Option(help="Of a trial, after the shared probe.")] = 10,
    objective: Annotated[
        str, typer.Option(help="val_accuracy, val_macro_f1 or val_loss.")
    ] = "val_accuracy",
    granularity: Annotated[str, typer.Option(help="Depths count 'stage' or 'block'.")] = "stage",
    depth_curve: Annotated[
        bool, typer.Option("--depth-curve", help="Train every freeze depth, three seeds each.")
    ] = False,
    keep: Annotated[int, typer.Option(help="Models to keep.")] = 3,
    workers: Annotated[
        int, typer.Option(min=0, help="Processes that run trials at once; 0 runs them in this one.")
    ] = 0,
    image_size: ImageSize = None,
    resize: Resize = "crop",
    labels_per_class: LabelsPerClass = None,
    batch_size: BatchSize = 32,
    validation: Validation = 0.15,
    test: Annotated[float, typer.Option(help="Share to score once, at the end.")] = 0.15,
    seed: Annotated[int, typer.Option(help="Seed of everything.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Begin anew.")] = False,
) -> None:
    """Search for the settings that fine-tune best on your pictures."""
    settings = {**locals(), "backbone": backbone[0] if backbone else None}
    space = dict(map(_setting, vary or []))
    if workers and not is_parallel():
        if overwrite:
            clear(RunDirectory(out))
        run_in_parallel(workers, out)
        return
    start_keras()
    settings = completed(settings)
    if is_worker():
        _work(settings, backbone or [settings["backbone"]], space)
    else:
        say(_ending(_search(settings, backbone or [settings["backbone"]], space)))


def _work(*asked: Any) -> None:
    """Runs trials for a chief, which says itself if none has succeeded."""
    from keras_tl.tuning.conclusion import NothingFoundError

    with contextlib.suppress(NothingFoundError):
        _search(*asked)


def _search(settings: dict[str, Any], backbones: list[str], space: dict[str, Any]) -> Any:
    from keras_tl.tuning.search import search

    names = ("pooling", "oracle", "max_trials", "max_minutes", "epochs", "objective")
    more = ("granularity", "depth_curve", "keep", "seed", "overwrite")
    return search(
        load(settings),
        backbones=backbones,
        space=space,
        weights=unless_none(settings["weights"]),
        run_dir=settings["out"],
        **{name: settings[name] for name in (*names, *more)},
    )


def _setting(text: str) -> tuple[str, Any]:
    """Returns what `--set` says: `a,b` is a choice, `low:high` a range, else a fixed value.

    Raises:
        BadParameter: If it names no setting.
    """
    name, sign, said = text.partition("=")
    if not sign or not said:
        raise typer.BadParameter(f"--set {text!r}: write NAME=VALUE, NAME=A,B or NAME=LOW:HIGH")
    values = list(map(_value, said.split(",")))
    low, colon, high = said.partition(":")
    if colon:
        return name, (_value(low), _value(high))
    return name, values if len(values) > 1 else values[0]


def _value(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return unless_none(text)


def _ending(result: Any) -> str:
    lines = [f"Best    trial {result.best.number}: {result.objective} {result.best.score:.4f}"]
    if result.test:
        lines.append(f"Test    {result.test_line}")
    lines.append(f"Model   {result.best.model}")
    lines.append(f"Report  {result.report}")
    return "\n".join(lines)
