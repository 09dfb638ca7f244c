"""`keras-tl train`: from pictures to a served classifier."""

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from keras_tl.cli.defaults import completed
from keras_tl.cli.loading import build, load
from keras_tl.cli.options import (
    Backbone,
    BatchSize,
    Boundary,
    Epochs,
    ImageSize,
    LabelsPerClass,
    Pooling,
    RecipeName,
    Resize,
    Validation,
    Weights,
)
from keras_tl.cli.quiet import start_keras
from keras_tl.cli.recipes import recipe_called
from keras_tl.cli.result import show_result
from keras_tl.foundation.checks import one_of
from keras_tl.foundation.files import read_yaml, write_json
from keras_tl.foundation.progress import console, say
from keras_tl.training.run_directory import RunDirectory

NAME = "train"
NOT_SETTINGS = ("out", "config", "overwrite", "show_recipe", "cache")
BASELINE_CHOICES = ("auto", "all", "none")


def _from_file(context: typer.Context, path: Path | None) -> Path | None:
    """Takes the settings of a saved configuration as defaults; options given still win."""
    if path is not None:
        if not path.is_file():
            raise typer.BadParameter(f"{path} is not a file")
        saved = (read_yaml(path) or {}).get("train")
        if not isinstance(saved, dict):
            raise typer.BadParameter(f"{path} holds no section `train`")
        context.default_map = {k: v for k, v in saved.items() if v is not None}
    return path


def run(
    source: Annotated[
        str, typer.Argument(help="Folder, CSV, 'digits', 'digits-photo' or 'tfds:NAME'.")
    ],
    out: Annotated[Path, typer.Option(help="Directory of the run.")],
    backbone: Backbone = None,
    weights: Weights = None,
    boundary: Boundary = None,
    pooling: Pooling = None,
    head: Annotated[str, typer.Option(help="linear, mlp or cosine.")] = "linear",
    dropout: Annotated[float, typer.Option(help="Dropout before the head.")] = 0.0,
    image_size: ImageSize = None,
    resize: Resize = "crop",
    augment: Annotated[
        str, typer.Option(help="none, light, medium, strong or rand: vary the training images.")
    ] = "none",
    flip: Annotated[
        bool | None, typer.Option("--flip/--no-flip", help="Mirror half of the varied images.")
    ] = None,
    mix: Annotated[str | None, typer.Option(help="mixup or cutmix.")] = None,
    balance: Annotated[
        str | None,
        typer.Option(
            help="Rare classes: weights, effective-number, logit-adjustment, focal or oversample."
        ),
    ] = None,
    views: Annotated[
        int | None, typer.Option(help="Cycle through so many views of each image; they are cached.")
    ] = None,
    labels_per_class: LabelsPerClass = None,
    batch_size: BatchSize = 32,
    validation: Validation = 0.15,
    test: Annotated[float, typer.Option(help="Share to score once.")] = 0.15,
    split: Annotated[str, typer.Option(help="stratified, hashed or grouped.")] = "stratified",
    group: Annotated[
        str | None, typer.Option(help="Pattern for file names; its brackets name the group.")
    ] = None,
    duplicates: Annotated[
        str, typer.Option(help="stop or allow: a picture under two labels or parts.")
    ] = "stop",
    recipe: RecipeName = "lp-ft",
    epochs: Epochs = None,
    learning_rate: Annotated[float | None, typer.Option(help="Rate of the first phase.")] = None,
    label_smoothing: Annotated[float, typer.Option(help="Label smoothing.")] = 0.0,
    baselines: Annotated[str, typer.Option(help="auto, all or none.")] = "auto",
    seed: Annotated[int, typer.Option(help="Seed of everything.")] = 0,
    cache: Annotated[
        str, typer.Option(help="Features of frozen stages: 'auto', 'off', or a shared directory.")
    ] = "auto",
    config: Annotated[
        Path | None,
        typer.Option(help="Repeat the run of a config.yaml.", is_eager=True, callback=_from_file),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Begin anew.")] = False,
    show_recipe: Annotated[
        bool, typer.Option("--show-recipe", help="Print the recipe as YAML and stop.")
    ] = False,
) -> None:
    """Train, score and export a classifier for your pictures."""
    given = dict(locals())
    asked = {k: v for k, v in given.items() if k not in NOT_SETTINGS}
    if show_recipe:
        start_keras()
        say(yaml.safe_dump(_recipe(asked).to_dict(), sort_keys=False))
        return
    one_of("baselines", baselines, BASELINE_CHOICES)
    settings = completed(asked)
    directory = RunDirectory(out)
    if not overwrite and "train" in directory.read_config():
        directory.claim("train", settings)
    if overwrite or not _is_finished(directory):
        start_keras()
        _train(settings, directory, overwrite, False if cache == "off" else cache)
    show_result(directory)


def _is_finished(run: RunDirectory) -> bool:
    return run.metrics_path.is_file() and run.export_path.is_dir()


def _train(settings: dict[str, Any], run: RunDirectory, overwrite: bool, cache: bool | str) -> None:
    """Runs the main job and writes its scores and its export.

    The directory is claimed, or cleared, once the settings have proved to be good.
    """
    import keras

    import keras_tl as ktl
    from keras_tl.evaluation.baselines import accuracy_with_interval
    from keras_tl.evaluation.scored_run import score_test

    keras.utils.set_random_seed(settings["seed"])
    data = load(settings)
    say(data.summary())
    model = build(settings, data)
    recipe = _recipe(settings)
    if overwrite:
        run.clear()
    run.claim("train", settings)
    decided = _baselines(settings["baselines"], model, data)
    ktl.fine_tune(
        model,
        data,
        recipe,
        label_smoothing=settings["label_smoothing"],
        run_dir=run.path,
        cache=cache,
        views=settings["views"],
        seed=settings["seed"],
    )
    found = score_test(run, model, data, decided)
    found.to_file(run.predictions_path)
    if not run.export_path.is_dir():
        with console.status("Exporting, and proving the export in a fresh process"):
            ktl.export_saved_model(model, run.export_path, verify_on=data.test)
    baselines = {name: accuracy_with_interval(made, found.labels) for name, made in decided.items()}
    aside = [vars(item) for item in data.set_aside]
    scores = found.scores.to_dict()
    write_json(run.metrics_path, {**scores, "baselines": baselines, "set_aside": aside})
    kept = cache if isinstance(cache, str) and cache != "auto" else None
    ktl.report(run.path, data=data, baselines="none", cache=kept)


def _recipe(settings: dict[str, Any]) -> Any:
    """Returns the recipe that is followed: the one that is named, with the epochs and the rate."""
    named = recipe_called(settings["recipe"])
    return named.adjusted(epochs=settings["epochs"], learning_rate=settings["learning_rate"])


def _baselines(choice: str, model: Any, data: Any) -> dict[str, Any]:
    """Returns what the baselines that were asked for decide, before the model is trained."""
    from keras_tl.evaluation.baselines import decided_by, wanted_baselines
    from keras_tl.foundation.progress import track

    names = wanted_baselines(choice, data)
    found = track(names, "Baselines", len(names), show=bool(names))
    return {name: decided_by(name, model, data) for name in found}
