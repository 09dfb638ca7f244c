"""What each freeze depth is worth: all depths on the shared features, all else at the best."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from keras_tl.foundation.files import digest, discard, write_json
from keras_tl.structure.chain import chain
from keras_tl.tuning.records import DepthPoint, TrialRecord
from keras_tl.tuning.reporting.ranking import ranked, scored
from keras_tl.tuning.settings import Settings
from keras_tl.tuning.trainer import Trainer

SEEDS = 3


def depth_curve(
    trainer: Trainer,
    best: Mapping[str, Any],
    directory: Path,
    objective: str,
    *,
    seeds: int = SEEDS,
    each: Callable[[str, int], None] = lambda what, done: None,
) -> list[DepthPoint]:
    """Trains every depth of the best backbone, and returns what each reached.

    A sweep that was interrupted goes on; each depth and seed is done once for the same settings.

    Args:
        trainer: That of the search, with its features and probes.
        best: The best values by plain names, as `all_that_acts` gives them; `trainable_stages` is
            replaced.
        directory: Where the sweep keeps what it found.
        objective: The metric, such as `"val_accuracy"`.
        seeds: Trainings of each depth, in different orders of the images.
        each: Called with what is done next, and with how many trainings are done.

    Returns:
        A point a depth, the head alone first.
    """
    settings = Settings.of(best, granularity=trainer.granularity)
    model = trainer.candidates[settings.backbone].build(
        trainer.data, boundary=settings.boundary, head=settings.head
    )
    stages = chain(model, trainer.granularity)
    parameters = [stage.parameters for stage in stages]
    fixed = {name: value for name, value in best.items() if name != "trainable_stages"}
    directory = directory / digest(json.dumps(fixed, sort_keys=True))[:8]
    points = []
    for depth in range(len(stages)):
        found = []
        for seed in range(seeds):
            each(f"depth {depth}, seed {seed}", depth * seeds + seed)
            place = directory / f"{depth} of {len(stages) - 1}, seed {seed}"
            found.append(_trained(trainer, {**best, "trainable_stages": depth}, place, seed))
        points.append(
            DepthPoint(
                depth,
                stages[len(stages) - 1 - depth].name,
                sum(parameters[len(stages) - 1 - depth :]),
                tuple(metrics[objective] for metrics, _ in found),
                tuple(seconds for _, seconds in found),
            )
        )
    found_all = {"settings": fixed, "points": [asdict(point) for point in points]}
    write_json(directory / "depth_curve.json", found_all)
    return points


def all_that_acts(
    best: TrialRecord, trials: Sequence[TrialRecord], direction: str
) -> dict[str, Any]:
    """Returns the best settings of a search, also those that do not act in its best trial.

    Where the best trial has too little to thaw for a rate, a decay or a recipe to act, they are
    taken from the best trial in which they do.

    Args:
        best: The best trial.
        trials: All of them.
        direction: `"max"` if more is better, else `"min"`.
    """
    found: dict[str, Any] = {}
    for trial in reversed([best, *scored(ranked(trials, direction))]):
        found.update(trial.settings)
    return {**found, **best.settings}


def trainings(trainer: Trainer, best: Mapping[str, Any], seeds: int = SEEDS) -> int:
    """Returns how many trainings a sweep takes."""
    settings = Settings.of(best)
    pieces = trainer.candidates[settings.backbone].pieces(
        trainer.data, settings.boundary, trainer.granularity
    )
    return (pieces + 1) * seeds


def _trained(
    trainer: Trainer, values: Mapping[str, Any], directory: Path, seed: int
) -> tuple[Mapping[str, float], float]:
    """Trains a depth once; its score and its seconds stay, its model does not."""
    path = directory.with_suffix(".json")
    if not path.is_file():
        outcome = trainer.train(values, directory, again=seed)
        write_json(path, [dict(outcome.metrics), outcome.seconds])
    discard(directory)
    metrics, seconds = json.loads(path.read_text(encoding="utf-8"))
    return metrics, seconds
