"""One trial on our own space: from the shared probe through the phases of its settings."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.augmented import augmented
from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.evaluation.metrics import evaluate
from keras_tl.models.card import read_model
from keras_tl.training.fine_tune import fine_tune
from keras_tl.training.recipe import Recipe
from keras_tl.training.run_directory import RunDirectory
from keras_tl.tuning.budget import Budget
from keras_tl.tuning.candidates import Candidate
from keras_tl.tuning.forgetting import forgetting
from keras_tl.tuning.memory_limit import within_memory
from keras_tl.tuning.outcome import Outcome, metrics_of
from keras_tl.tuning.probes import Probes
from keras_tl.tuning.scoring import score_file
from keras_tl.tuning.settings import Settings
from keras_tl.tuning.shared_features import share_features


@dataclass
class Trainer:
    """Trains and scores the model that settings describe.

    Attributes:
        data: What models are trained and validated on.
        candidates: The backbones, by name.
        probes: Where fine-tuning begins.
        cache: The features that trials share.
        epochs: Epochs after the probe, where the oracle does not say.
        depths: How many pieces may train, for each backbone and boundary.
        granularity: What is counted: `"stage"` or `"block"`.
        trials: How many trials are expected, by which it is judged what pays to be stored.
        views: Views of augmented images that epochs cycle through; None has new ones always.
        flip: Whether augmentation mirrors images; None as `load_data` does.
        seed: Seed of training.
    """

    data: Data
    candidates: Mapping[str, Candidate]
    probes: Probes
    cache: FeatureCache
    epochs: int
    depths: Mapping[tuple[str, str | None], list[int]]
    granularity: str = "stage"
    trials: int = 1
    views: int | None = None
    flip: bool | None = None
    seed: int = 0
    _shared: set[tuple[str, str | None]] = field(default_factory=set)

    @forgetting()
    def train(
        self,
        values: Mapping[str, Any],
        directory: Path,
        parent: Path | None = None,
        *,
        again: int = 0,
    ) -> Outcome:
        """Trains what is left of a trial in its directory, and scores the file that it leaves.

        Args:
            values: The values of the trial, by KerasTuner's names.
            directory: Of the trial; a trial that was interrupted there goes on.
            parent: The model that an earlier trial left to go on from, if it is still there.
            again: Each number is another order of the images and other noise.
        """
        begun = time.perf_counter()
        settings = Settings.of(values, granularity=self.granularity)
        budget = Budget.of(values, self.epochs)
        model = self._start(settings, parent)
        left = budget.epochs - (budget.initial if parent else 0)
        if left:
            recipe = settings.to_recipe(left, is_going_on=parent is not None)
            file, notes = self._fit(model, settings, recipe, directory, again)
        else:
            file, notes = _save(model, directory), ()
        if budget.parent and parent is None:
            notes = (*notes, f"trial {budget.parent} was not kept: began from the probe again")
        found = score_file(file, self.data.validation, self.cache)
        return Outcome(
            metrics_of(found),
            str(file.relative_to(directory)),
            budget.epochs,
            time.perf_counter() - begun,
            notes,
        )

    def scores(self, path: Path, split: Split) -> dict[str, Any]:
        """Returns the scores of the model in a file."""
        return evaluate(read_model(path), split).to_dict()

    def _start(self, settings: Settings, parent: Path | None) -> keras.Model:
        """Returns a new model, with the weights that training begins with."""
        candidate = self.candidates[settings.backbone]
        model = candidate.build(
            self.data,
            boundary=settings.boundary,
            head=settings.head,
            dropout=settings.dropout,
            seed=self.seed,
        )
        self._share(model, settings)
        if parent is None:
            self.probes.put_into(model, candidate, settings.boundary, settings.head)
        else:
            model.set_weights(read_model(parent).get_weights())
        return model

    def _share(self, model: keras.Model, settings: Settings) -> None:
        """Fills the features that trials of this backbone need, when it is first chosen."""
        place = (settings.backbone, settings.boundary)
        if place in self._shared:
            return
        self._shared.add(place)
        depths = self.depths[place]
        share_features(
            model,
            self.data,
            [settings.plan(depth) for depth in depths],
            self.epochs * max(self.trials // (len(self.depths) * len(depths)), 1),
            self.cache,
            show=False,
        )

    def _fit(
        self,
        model: keras.Model,
        settings: Settings,
        recipe: Recipe,
        directory: Path,
        again: int,
    ) -> tuple[Path, tuple[str, ...]]:
        """Runs the phases, and returns the file of the model that they leave."""
        start = model.get_weights()

        def train(data: Data, recipe: Recipe) -> Path:
            model.set_weights(start)
            run = RunDirectory(directory / f"batches of {data.train.batch_size}")
            fine_tune(
                model,
                data,
                recipe,
                label_smoothing=settings.label_smoothing,
                run_dir=run.path,
                cache=self.cache,
                seed=self.seed + again,
                verbose=0,
            )
            return run.model_path

        data = augmented(self.data, settings.augment, flip=self.flip, views=self.views)
        if again:
            data = replace(data, train=data.train.with_seed((data.train.seed or 0) + again))
        return within_memory(train, data, recipe)


def _save(model: keras.Model, directory: Path) -> Path:
    run = RunDirectory(directory)
    run.save_model(model)
    return run.model_path
