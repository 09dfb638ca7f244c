"""What a report is about: a run that has ended, its model, its data, and what the model says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import keras

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.evaluation.analysing.ranked_scores import RankedScores, ranked_scores
from keras_tl.evaluation.predict import predict_split
from keras_tl.evaluation.reporting.missing import Unavailable
from keras_tl.evaluation.scored_run import scored
from keras_tl.evaluation.scored_split import ScoredSplit
from keras_tl.structure.chain import chain
from keras_tl.structure.digests import digest_of_weights
from keras_tl.training.run_directory import RunDirectory


@dataclass(frozen=True, eq=False)
class Subject:
    """What the sections of a report look at; what is costly is done once.

    Attributes:
        run: The directory of the run.
        model: The trained classifier.
        data: What it was trained on, divided as it was then.
        cache: Where what enters its head is kept.
        baselines: Names of the baselines to set beside it; those that are known already come too.
        before: Builds the classifier that the run began with; None if it is not known how.
        show: Whether to show progress bars.
    """

    run: RunDirectory
    model: keras.Model
    data: Data
    cache: FeatureCache
    baselines: Sequence[str] = ()
    before: Callable[[Data], keras.Model] | None = None
    show: bool = False

    @cached_property
    def scored(self) -> ScoredSplit:
        """What the model says of the test split.

        Raises:
            Unavailable: If no test images were held out.
        """
        if not self.data.test.size:
            raise Unavailable(
                "No test images were held out, so nothing is known of what the model is worth on "
                "pictures that it has not seen. Divide the data with a test split and train anew."
            )
        return scored(self.run.path, data=self.data, model=self.model, show=self.show)

    @property
    def has_data_of_run(self) -> bool:
        """Whether the data are those that the run was trained on, divided as they were."""
        return self.run.data_fingerprint == self.data.fingerprint

    @cached_property
    def ranked(self) -> RankedScores:
        """How well `scored` ranks, class by class."""
        return ranked_scores(self.scored)

    @cached_property
    def untrained(self) -> keras.Model:
        """The classifier that the run began with.

        Raises:
            Unavailable: If it is not known how to build it, or `before` builds another one.
        """
        if self.before is None:
            raise Unavailable(
                "It looks at the backbone as it was before training, which is not kept. Pass "
                "`before=` what builds the classifier."
            )
        found = self.before(self.data)
        if digest_of_weights(found.weights) != self.run.started_from:
            raise Unavailable(
                "It looks at the backbone as it was before training, and what `before` builds has "
                "other weights than the classifier that the run began with."
            )
        return found

    @cached_property
    def validated(self) -> ScoredSplit | None:
        """What the model says of the validation split; None if there is none."""
        split = self.data.validation
        return self._by_its_head(split) if split.size else None

    def _by_its_head(self, split: Split) -> ScoredSplit:
        """Returns what the head makes of the features of a split, which the cache keeps."""
        stages = chain(self.model)
        place = self.cache.place(stages[-2].boundary)
        ((found,),) = self.cache.splits(self.model, [split.in_order()], [place])
        return ScoredSplit(
            names=split.names(),
            labels=split.labels,
            probabilities=predict_split(stages.split(-1)[1], found, show=False),
            class_names=split.class_names,
            multi_label=self.data.multi_label,
        )
