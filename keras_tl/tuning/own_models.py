"""A trial of a user's own model-building function, or `HyperModel`."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import keras_tuner as kt

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.evaluation.metrics import evaluate
from keras_tl.foundation.files import replacing
from keras_tl.models.card import is_classifier, read_model
from keras_tl.structure.graph import compile_arguments
from keras_tl.training.fit import fit
from keras_tl.tuning.budget import Budget
from keras_tl.tuning.forgetting import forgetting
from keras_tl.tuning.outcome import Outcome

MODEL = "model.keras"


@dataclass
class OwnModels:
    """Trains what `build(hp)` returns, with the frozen prefix computed once for all trials.

    Attributes:
        hypermodel: KerasTuner's `HyperModel`. If it has a `fit` of its own, that is called as
            KerasTuner does; what it returns is not read, since the file of the model is scored.
        data: What models are trained and validated on.
        cache: Where the features of frozen layers are kept; also for `hypermodel` to use.
        epochs: How many, where the oracle does not say.
        seed: Seed of Keras's generators before each model is built.
    """

    hypermodel: kt.HyperModel
    data: Data
    cache: FeatureCache
    epochs: int
    seed: int = 0

    @forgetting()
    def train(
        self, values: kt.HyperParameters, directory: Path, parent: Path | None = None
    ) -> Outcome:
        """Builds, trains, saves, and scores what was saved with the metrics it was compiled with.

        Of the epochs that are trained, the weights of the best validation loss are kept.

        Args:
            values: The values of the trial; what the hypermodel declares is added to it.
            directory: Of the trial.
            parent: The model that an earlier trial left to go on from, if it is still there.
        """
        begun = time.perf_counter()
        keras.utils.set_random_seed(self.seed)
        model = self.hypermodel.build(values)
        if parent is not None:
            model.set_weights(read_model(parent).get_weights())
        budget = Budget.of(values.values, self.epochs)
        left = budget.epochs - (budget.initial if parent else 0)
        self._fit(values, model, max(left, 1))
        with replacing(directory / MODEL) as temporary:
            model.save(temporary)
        reloaded = read_model(directory / MODEL)
        reloaded.compile(**{**compile_arguments(model), "optimizer": "sgd"})
        found = reloaded.evaluate(self.data.validation, verbose=0, return_dict=True)
        metrics = {f"val_{name}": float(value) for name, value in found.items()}
        return Outcome(metrics, MODEL, budget.epochs, time.perf_counter() - begun)

    def scores(self, path: Path, split: Split) -> dict[str, Any]:
        """Returns the scores of a model in its file; its own metrics if it is none of ours.

        Args:
            path: A `.keras` file that a trial left.
            split: What to score it on.
        """
        model = read_model(path)
        if is_classifier(model):
            return evaluate(model, split).to_dict()
        compiled = keras.saving.load_model(path)
        return dict(compiled.evaluate(split, verbose=0, return_dict=True))

    def _fit(self, hp: kt.HyperParameters, model: keras.Model, epochs: int) -> None:
        best = _BestWeights()
        options: dict[str, Any] = {
            "validation_data": self.data.validation,
            "epochs": epochs,
            "callbacks": [best],
            "verbose": 0,
        }
        if type(self.hypermodel).fit is not kt.HyperModel.fit:
            self.hypermodel.fit(hp, model, self.data.train, **options)
        else:
            fit(model, self.data.train, cache=self.cache, **options)
        model.set_weights(best.weights or model.get_weights())


class _BestWeights(keras.callbacks.Callback):
    """Remembers the weights of the epoch with the lowest validation loss."""

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self.lowest: float | None = None
        self.weights: list[Any] | None = None

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        loss = float((logs or {}).get("val_loss", float("nan")))
        if loss == loss and (self.lowest is None or loss < self.lowest):
            self.lowest, self.weights = loss, self.model.get_weights()
