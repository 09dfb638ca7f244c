"""Which features the phases of a run train on: decided ahead, filled in as few passes as can be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import keras

from keras_tl.caching.choice import Decision, Need
from keras_tl.caching.feature_cache import FeatureCache, Place
from keras_tl.caching.feature_split import FeatureSplit
from keras_tl.caching.options import decide_storage, never_stored, options, work_before
from keras_tl.data.dataset import Data
from keras_tl.structure.boundaries import Boundary
from keras_tl.structure.frozen_prefix import still_boundaries
from keras_tl.training.display import TrainingDisplay
from keras_tl.training.phases import Phase


@dataclass(frozen=True, eq=False)
class Start:
    """Where a phase begins to train.

    Attributes:
        boundary: What lies before it is not run again.
        train: Features of the training images, in the order of each epoch.
        validation: Features of the validation images; empty if there are none.
        work: Multiply-adds of what comes after the boundary, for one image, there and back.
    """

    boundary: Boundary
    train: FeatureSplit
    validation: FeatureSplit
    work: int


class PhaseFeatures:
    """The features that the phases of a run train on.

    Phases that follow each other and only thaw, as in gradual unfreezing, are filled for in one
    pass over the images: what comes before the boundary of a later one has not moved by then.

    Args:
        phases: The phases, in order.
        model: The model that they train.
        data: What it is trained on.
        cache: Where features are kept; None runs the whole model always.
        display: Where it is said what is cached, and why not.
        always: Whether features are also stored where it does not pay.
    """

    def __init__(
        self,
        phases: Sequence[Phase],
        model: keras.Model,
        data: Data,
        cache: FeatureCache | None,
        display: TrainingDisplay,
        *,
        always: bool = False,
    ) -> None:
        self.phases = phases
        self.model = model
        self.data = data
        self.cache = cache
        self.display = display
        self.always = always
        self._decisions: dict[int, Decision] = {}
        self._starts: dict[int, Start] = {}

    @property
    def are_rounded(self) -> bool:
        """Whether what is stored has fewer digits than what was computed."""
        return self.cache is not None and self.cache.dtype == "float16"

    def begin(self, number: int) -> Start | None:
        """Returns where a phase begins; None if it runs the whole model."""
        if self.cache is None:
            return None
        if number not in self._decisions:
            self._prepare(number, self.cache)
        decision = self._decisions[number]
        self.display.say(f"Cache: {decision.reason}.")
        return self._starts.get(decision.position)

    def _prepare(self, number: int, cache: FeatureCache) -> None:
        """Decides for the phases that only thaw from here on, and computes what they need."""
        needs = {q: self._need(q, options, cache) for q, options in self._thawing(number).items()}
        found = decide_storage(list(needs.values()), cache, always=self.always)
        self._decisions |= dict(zip(needs, found, strict=True))
        self._starts = {}
        try:
            self._starts = self._filled([d for d in found if d.option], cache)
        except OSError as error:
            self.display.say(f"Features could not be stored: {error}")
            without = Decision(None, reason="the whole model runs")
            self._decisions |= dict.fromkeys(needs, without)

    def _filled(self, decisions: Sequence[Decision], cache: FeatureCache) -> dict[int, Start]:
        places = {d.position: Place(d.option.boundary, d.storage) for d in decisions if d.option}
        if not places:
            return {}
        splits, wanted = (self.data.train, self.data.validation), list(places.values())
        train, validation = cache.splits(self.model, splits, wanted, show=self.display.show)
        cache.keep([*train, *validation])
        work = work_before(self.model)
        return {
            position: Start(place.boundary, seen, held_out, 3 * (work[-1] - work[position]))
            for (position, place), seen, held_out in zip(
                places.items(), train, validation, strict=True
            )
        }

    def _thawing(self, number: int) -> dict[int, list[Boundary]]:
        """Returns the boundaries of the phases that, one after the other, freeze nothing anew."""
        found: dict[int, list[Boundary]] = {}
        limit: int | None = None
        for following in range(number, len(self.phases)):
            boundaries = still_boundaries(self.phases[following].plan, self.model)
            deepest = boundaries[-1].position if boundaries else 0
            if limit is not None and deepest > limit:
                break
            found[following], limit = boundaries, deepest
        return found

    def _need(self, number: int, boundaries: list[Boundary], cache: FeatureCache) -> Need:
        train, phase = self.data.train, self.phases[number]
        boundaries = boundaries[-1:] if phase.solver else boundaries
        need = Need(
            epochs=1 if phase.solver else phase.epochs,
            train=train.size,
            validation=self.data.validation.size,
            stored=train.size * (train.views or 1) + self.data.validation.size,
            total=work_before(self.model)[-1],
            options=(),
        )
        if obstacle := never_stored(train):
            return replace(need, obstacle=obstacle)
        splits = (train, self.data.validation)
        return replace(need, options=options(self.model, boundaries, cache, splits))
