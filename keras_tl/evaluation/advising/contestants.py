"""Transfer and what it has to beat: the same network without it, under the same budget."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.evaluation.baselines import decided_by
from keras_tl.evaluation.metrics import is_right
from keras_tl.evaluation.predict import predict_split
from keras_tl.models.card import is_multi_label
from keras_tl.models.copies import redrawn
from keras_tl.models.decisions import decide
from keras_tl.structure.plan import Plan
from keras_tl.training.fine_tune import fine_tune
from keras_tl.training.phases import Phase
from keras_tl.training.recalibrate import recalibrate
from keras_tl.training.recipe import Recipe

TRANSFER, SCRATCH, RANDOM = "transfer", "from scratch", "random features"
CLOSED_FORM_EPOCHS, CLOSED_FORM_RATE = 20, 1e-3


@dataclass(frozen=True)
class Answers:
    """What a contestant gave with one seed.

    Attributes:
        right: Which test pictures it has right, in order.
        learned: Share of the training pictures that it has right; None if it was not asked.
    """

    right: tuple[bool, ...]
    learned: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the answers as plain data."""
        return {"right": list(map(int, self.right)), "learned": self.learned}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "Answers":
        """Returns the answers that `to_dict` gave."""
        return cls(tuple(map(bool, saved["right"])), saved["learned"])


@dataclass(frozen=True, eq=False)
class Contest:
    """What the contestants share.

    Attributes:
        build: Builds the classifier with its pretrained weights, and a head drawn with a seed.
        data: What they learn from and are scored on.
        recipe: The recipe of transfer.
        scratch: That of the network that starts from scratch.
        cache: Where the features of frozen stages are kept.
    """

    build: Callable[[int], keras.Model]
    data: Data
    recipe: Recipe
    scratch: Recipe
    cache: FeatureCache

    def train(self, model: keras.Model, recipe: Recipe, seed: int, **options: Any) -> None:
        """Trains a model; the seed gives the order of the pictures, and dropout."""
        data = replace(self.data, train=self.data.train.with_seed(seed))
        fine_tune(model, data, recipe, cache=self.cache, seed=seed, verbose=0, **options)


def same_budget(recipe: Recipe) -> Recipe:
    """Returns the recipe of the network from scratch: as many epochs, at the recipe's highest rate.

    Everything trains at once, BatchNorm with its moments, the rate falls along a cosine, and
    nothing ends it early. A head in closed form has no epochs; 20 stand against it.
    """
    trained = [phase for phase in recipe if phase.solver is None]
    phase = Phase(
        SCRATCH,
        Plan.freeze_to(0, batch_norm="train"),
        sum(phase.epochs for phase in trained) or CLOSED_FORM_EPOCHS,
        max((phase.learning_rate for phase in trained), default=CLOSED_FORM_RATE),
        schedule="cosine",
        restore_best=False,
    )
    return Recipe(SCRATCH, (phase,))


def transfer(contest: Contest, seed: int, **options: Any) -> Answers:
    """The pretrained network, by the recipe."""
    model = contest.build(seed)
    contest.train(model, contest.recipe, seed, **options)
    return _answers(model, contest.data)


def from_scratch(contest: Contest, seed: int, **options: Any) -> Answers:
    """The same network, its weights drawn anew; its moments are estimated at the end."""
    model = redrawn(contest.build(seed), seed)
    contest.train(model, contest.scratch, seed, **options)
    recalibrate(contest.scratch.phases[-1].plan, model, contest.data.train)
    return _answers(model, contest.data)


def random_features(contest: Contest, seed: int, **options: Any) -> Answers:
    """A logistic regression on what the same network gives before it has learned anything."""
    model = redrawn(contest.build(seed), seed)
    decided = decided_by("linear probe", model, contest.data)
    return Answers(tuple(is_right(contest.data.test.labels, decided).tolist()))


CONTESTANTS: dict[str, Callable[..., Answers]] = {
    TRANSFER: transfer,
    SCRATCH: from_scratch,
    RANDOM: random_features,
}


def _answers(model: keras.Model, data: Data) -> Answers:
    right, learned = (_right(model, split) for split in (data.test, data.train.in_order()))
    return Answers(tuple(right.tolist()), float(learned.mean()))


def _right(model: keras.Model, split: Split) -> np.ndarray:
    probabilities = predict_split(model, split, show=False)
    return is_right(split.labels, decide(probabilities, multi_label=is_multi_label(model)))
