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
from keras_tl.foundation.files import replacing
from keras_tl.models.card import read_model
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
        hypermodel: KerasTuner's `HyperModel`; its `fit` is called if it has one of its own, and
            must return what KerasTuner allows: a history, or metrics by name.
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
        self, values: Mapping[str, Any], directory: Path, parent: Path | None = None
    ) -> Outcome:
        """Builds, trains, saves, and scores what was saved with the metrics it was compiled with.

        Of the epochs that are trained, the weights of the best validation loss are kept.
        """
        begun = time.perf_counter()
        keras.utils.set_random_seed(self.seed)
        hp = kt.HyperParameters()
        hp.values = dict(values)
        model = self.hypermodel.build(hp)
        if parent is not None:
            model.set_weights(read_model(parent).get_weights())
        budget = Budget.of(values, self.epochs)
        left = budget.epochs - (budget.initial if parent else 0)
        self._fit(hp, model, max(left, 1))
        with replacing(directory / MODEL) as temporary:
            model.save(temporary)
        reloaded = read_model(directory / MODEL)
        reloaded.compile(**{**compile_arguments(model), "optimizer": "sgd"})
        found = reloaded.evaluate(self.data.validation, verbose=0, return_dict=True)
        metrics = {f"val_{name}": float(value) for name, value in found.items()}
        return Outcome(metrics, MODEL, budget.epochs, time.perf_counter() - begun)

    def _fit(self, hp: Any, model: keras.Model, epochs: int) -> None:
        if type(self.hypermodel).fit is not kt.HyperModel.fit:
            self.hypermodel.fit(
                hp, model, self.data.train, validation_data=self.data.validation, epochs=epochs
            )
            return
        best = _BestWeights()
        fit(
            model,
            self.data.train,
            validation_data=self.data.validation,
            epochs=epochs,
            cache=self.cache,
            callbacks=[best],
            verbose=0,
        )
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
