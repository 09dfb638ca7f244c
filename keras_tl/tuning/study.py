"""What is searched: the space as KerasTuner knows it, and what makes a model of its values."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import keras_tuner as kt

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.dataset import Data
from keras_tl.models.backbone_arguments import BackbonesLike
from keras_tl.tuning.candidates import candidates
from keras_tl.tuning.own_models import OwnModels
from keras_tl.tuning.probes import Probes
from keras_tl.tuning.space import SearchSpace
from keras_tl.tuning.trainer import Trainer


@dataclass(frozen=True)
class Study:
    """A space, and a trainer of its values.

    Attributes:
        trainer: What makes a model of the values of a trial.
        described: All that tells it from another study, as plain data.
        space: The space; None if a hypermodel declares it.
        hypermodel: A user's own; None on our space.
    """

    trainer: Trainer | OwnModels
    described: Mapping[str, Any]
    space: kt.HyperParameters | None = None
    hypermodel: kt.HyperModel | None = None


def study_of_backbones(
    data: Data,
    backbones: BackbonesLike,
    space: SearchSpace,
    directory: Path,
    cache: FeatureCache,
    *,
    build: Mapping[str, Any],
    granularity: str,
    seed: int,
    **how: Any,
) -> Study:
    """Returns the study of how to fine-tune some backbones.

    Args:
        data: What is trained on.
        backbones: The backbones.
        space: What each setting may be.
        directory: Where probes are kept, and backbones that are given as models.
        cache: Where features are kept.
        build: Arguments of `build_classifier` for all backbones.
        granularity: What depths count.
        seed: Seed of all trainings.
        **how: Other attributes of `Trainer`.
    """
    found = candidates(backbones, directory / "backbones", **build)
    pieces = {
        name: {b: candidate.pieces(data, b, granularity) for b in space.boundaries(name)}
        for name, candidate in found.items()
    }
    trainer = Trainer(
        data,
        found,
        Probes(directory / "probes", data, cache, seed),
        cache,
        depths={
            (n, b): space.depths(count) for n, ends in pieces.items() for b, count in ends.items()
        },
        granularity=granularity,
        seed=seed,
        **how,
    )
    described = {
        "backbones": {name: candidate.backbone for name, candidate in found.items()},
        "contents": {name: candidate.content for name, candidate in found.items()},
        "space": asdict(space),
        **{name: value if value is None else str(value) for name, value in build.items()},
        **{"granularity": granularity, "seed": seed, **how},
    }
    return Study(trainer, described, space.declare(pieces))


def study_of_models(
    hypermodel: Any, data: Data, cache: FeatureCache, *, epochs: int, seed: int
) -> Study:
    """Returns the study of a user's own `HyperModel`, or of a function `build(hp)`."""
    own = hypermodel if isinstance(hypermodel, kt.HyperModel) else _Built(hypermodel)
    name = getattr(hypermodel, "__name__", type(hypermodel).__name__)
    described = {"hypermodel": name, "epochs": epochs, "seed": seed}
    return Study(OwnModels(own, data, cache, epochs, seed), described, hypermodel=own)


class _Built(kt.HyperModel):
    """A function that builds a model, as a hypermodel."""

    def __init__(self, build: Any) -> None:
        super().__init__()
        self.function = build

    def build(self, hp: Any) -> Any:
        return self.function(hp)
