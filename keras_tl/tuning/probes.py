"""One linear probe for each backbone, boundary and head: where the fine-tuning of trials begins.

Kumar et al., 2022, arXiv:2202.10054: fine-tuning from a converged probe distorts the pretrained
features less. The probe is the same for all trials, so a search pays for it once.
"""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from filelock import FileLock

from keras_tl.caching.feature_cache import FeatureCache
from keras_tl.data.dataset import Data
from keras_tl.foundation.files import replacing
from keras_tl.structure.chain import chain
from keras_tl.structure.plan import Plan
from keras_tl.training.fine_tune import fine_tune
from keras_tl.training.phases import Phase
from keras_tl.training.recipe import Recipe
from keras_tl.training.variables import assign, values
from keras_tl.tuning.candidates import Candidate

HEAD_ONLY = Plan.freeze_to(-1)
SOLVED = Recipe("probe", (Phase("probe", HEAD_ONLY, 1, solver="logistic", restore_best=False),))
TRAINED = Recipe("probe", (Phase("probe", HEAD_ONLY, 100, 1e-3, patience=8),))


@dataclass(frozen=True)
class Probes:
    """The probes of a search, in files that its processes share.

    Attributes:
        directory: Where they are kept.
        data: What they are trained on.
        cache: The features that they are trained on.
        seed: Seed of their training.
    """

    directory: Path
    data: Data
    cache: FeatureCache | bool
    seed: int = 0

    def put_into(
        self, model: keras.Model, candidate: Candidate, boundary: str | None, head: str
    ) -> None:
        """Gives a model the converged head of its backbone, boundary and kind of head.

        The probe is trained when it is first asked for, without dropout, smoothing or
        augmentation; other processes wait for it.
        """
        path = self.directory / f"{candidate.name}-{boundary or 'end'}-{head}.npz"
        self.directory.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_suffix(".lock")):
            if not path.is_file():
                self._train(candidate, boundary, head, path)
        with np.load(path) as stored:
            assign(_head_weights(model), [stored[name] for name in stored.files])

    def _train(self, candidate: Candidate, boundary: str | None, head: str, path: Path) -> None:
        model = candidate.build(self.data, boundary=boundary, head=head, seed=self.seed)
        recipe = probe_recipe(head, multi_label=self.data.multi_label)
        fine_tune(model, self.data, recipe, cache=self.cache, seed=self.seed, verbose=0)
        with replacing(path) as temporary:
            np.savez(temporary, *values(_head_weights(model)))


def probe_recipe(head: str, *, multi_label: bool) -> Recipe:
    """Returns how a head is brought to convergence: solved for if it is linear, else trained."""
    return SOLVED if head == "linear" and not multi_label else TRAINED


def _head_weights(model: keras.Model) -> list[keras.Variable]:
    return [weight for layer in chain(model)[-1].layers for weight in layer.weights]
