"""Whether transfer is worth it: against the same network from scratch, and against random ones."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import keras

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.dataset import Data
from keras_tl.evaluation.advising.contestants import (
    CONTESTANTS,
    RANDOM,
    SCRATCH,
    TRANSFER,
    Answers,
    Contest,
    same_budget,
)
from keras_tl.evaluation.advising.transfer_check import TransferCheck
from keras_tl.foundation.checks import at_least
from keras_tl.foundation.files import discard, write_json
from keras_tl.foundation.progress import is_shown, track
from keras_tl.models.backbone_arguments import BackboneLike, backbone_name, loaded_backbone
from keras_tl.models.build import build_classifier
from keras_tl.models.copies import copied
from keras_tl.structure.digests import digest_of_weights
from keras_tl.training.recipe import Recipe
from keras_tl.training.recipes import as_recipe
from keras_tl.training.run_directory import RunDirectory


def check_transfer(
    data: Data,
    backbone: BackboneLike,
    *,
    weights: str | os.PathLike[str] | None = "imagenet",
    boundary: str | None = None,
    pooling: str = "avg",
    head: str = "linear",
    backbone_options: Mapping[str, Any] | None = None,
    recipe: str | Recipe = "lp-ft",
    scratch: Recipe | None = None,
    seeds: int = 5,
    run_dir: str | os.PathLike[str] | None = None,
    verbose: str | int = "auto",
) -> TransferCheck:
    """Tells whether transfer helps, harms, or whether the data are too few to tell.

    With each seed the pretrained network is fine-tuned by the recipe, the same network is trained
    from scratch for as many epochs, and a logistic regression learns from what the same network
    gives with random weights. All learn from the training split and are scored on the test split,
    where an answer of several labels is right if all are. What transfer gains over either has a
    95 % interval over seeds and test images; it is about this training split, of which no other
    was drawn. Transfer helps if both gains are above 0 beyond their intervals, and harms if one is
    below.

    Source: the negative transfer gap of Wang et al., 2018, arXiv:1811.09751.

    Args:
        data: Data with a test split.
        backbone: As in `build_classifier`; a model is copied, not trained.
        weights: For a backbone by name, as in `build_classifier`.
        boundary: Stage or block at which the backbone ends.
        pooling: `"avg"`, `"max"`, `"concat"` or `"flatten"`.
        head: `"linear"`, `"mlp"` or `"cosine"`.
        backbone_options: For a backbone by name: the constructor's own options.
        recipe: How transfer is done: the name of a recipe, or one with other epochs or rates, such
            as `recipe("lp-ft", epochs=40)`.
        scratch: How the network is trained from scratch. By default all of it, BatchNorm with its
            moments, for as many epochs as the recipe at most takes, at its highest rate, which
            falls along a cosine.
        seeds: Number of seeds, at least 2.
        run_dir: Directory that remembers each training, so that an interrupted check goes on, and
            that more seeds cost only themselves. Result and picture are written there.
        verbose: `"auto"` or 1 shows a progress bar, 0 nothing.

    Returns:
        Accuracies, gains with intervals, the verdict, and what to do then; prints as a table.

    Raises:
        ValueError: If there are fewer than two test images or seeds, or `run_dir` holds a check of
            something else.
    """
    show = is_shown(verbose)
    at_least("seeds", seeds, 2)
    _require_test_images(data)
    options = {
        "weights": weights, "boundary": boundary, "pooling": pooling, "head": head,
        "backbone_options": backbone_options,
    }  # fmt: skip
    build = _builder(loaded_backbone(backbone), data, options)
    chosen = as_recipe(recipe)
    run = None if run_dir is None else RunDirectory(run_dir)
    cache = FeatureCache(run.cache_path if run else None)
    contest = Contest(build, data, chosen, scratch or same_budget(chosen), cache)
    if run is not None:
        run.claim("check_transfer", _settings(contest))
    answers = _all_answers(contest, seeds, run, show)
    what = f"{backbone_name(backbone)}, {chosen.name}"
    check = TransferCheck(answers, what, _budgets(contest), data.train.size)
    if run is not None:
        _keep(check, run)
    return check


def _require_test_images(data: Data) -> None:
    if data.test.size < 2:
        raise ValueError(
            "`data` must have a test split of at least two images. "
            f"Received: {data.test.size}. Load the data with `test=0.3`, say."
        )


def _builder(
    backbone: BackboneLike, data: Data, options: Mapping[str, Any]
) -> Callable[[int], keras.Model]:
    """Returns what builds the classifier with the head of a seed, on weights of its own."""

    def build(seed: int) -> keras.Model:
        own = copied(backbone) if isinstance(backbone, keras.Model) else backbone
        return build_classifier(own, data, seed=seed, **options)

    return build


def _settings(contest: Contest) -> dict[str, Any]:
    """Returns what tells a check from another one; more seeds are the same check."""
    return {
        "model": digest_of_weights(contest.build(0).weights),
        "data": contest.data.fingerprint,
        "recipe": contest.recipe.to_dict(),
        "scratch": contest.scratch.to_dict(),
    }


def _all_answers(
    contest: Contest, seeds: int, run: RunDirectory | None, show: bool
) -> dict[str, tuple[Answers, ...]]:
    work = [(name, seed) for seed in range(seeds) for name in CONTESTANTS]
    found: dict[str, list[Answers]] = {name: [] for name in CONTESTANTS}
    for name, seed in track(work, "Transfer against none", len(work), show=show):
        found[name].append(_answers(contest, name, seed, run))
    return {name: tuple(answers) for name, answers in found.items()}


def _answers(contest: Contest, name: str, seed: int, run: RunDirectory | None) -> Answers:
    """Returns the answers of a contestant, from its file if they have been given before."""
    if run is None:
        return CONTESTANTS[name](contest, seed)
    place = run.path / "answers" / f"{name.replace(' ', '_')}-{seed}"
    path, training = place.with_suffix(".json"), place.with_suffix(".training")
    if not path.is_file():
        answers = CONTESTANTS[name](contest, seed, run_dir=training)
        write_json(path, answers.to_dict())
        discard(training)
    return Answers.from_dict(json.loads(path.read_text(encoding="utf-8")))


def _keep(check: TransferCheck, run: RunDirectory) -> None:
    """Writes result and picture, and removes what only a check that goes on needs."""
    check.to_json(run.path / "transfer_check.json")
    check.picture(run.path / "transfer_check.png")
    run.tidy()


def _budgets(contest: Contest) -> dict[str, str]:
    return {
        TRANSFER: _budget(contest.recipe),
        SCRATCH: _budget(contest.scratch),
        RANDOM: "logistic regression",
    }


def _budget(recipe: Recipe) -> str:
    """Says how long a recipe trains at most, and how fast."""
    if any(phase.solver for phase in recipe):
        return "closed form"
    epochs = " + ".join(str(phase.epochs) for phase in recipe)
    rates = ", then ".join(dict.fromkeys(f"{phase.learning_rate:.2g}" for phase in recipe))
    return f"{epochs} epochs at {rates}"
