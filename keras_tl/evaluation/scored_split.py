"""What a model says of a split beside what is true: all that an analysis looks at, in one file."""

import os
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from keras_tl.evaluation.metrics import Evaluation, is_right, score
from keras_tl.foundation.files import replacing
from keras_tl.models.decisions import decide

ROUNDING = 1e-6

_DECISIONS = "decisions/"
_ARRAYS = ("labels", "probabilities", "multi_label")
_TEXTS = ("names", "class_names", "digests", "fingerprint", "model")


@dataclass(frozen=True, eq=False)
class ScoredSplit:
    """The pictures of a split, their labels, and what a model and some baselines say of them.

    Attributes:
        names: Path, or number, of each picture.
        labels: `(images,)` integers, or `(images, classes)` 0/1 where several classes may hold.
        probabilities: Of the model, `(images, classes)`.
        class_names: Names in the order of the classes.
        multi_label: Whether several classes may hold at once.
        baseline_decisions: What each baseline decided, by its name: like `labels`.
        digests: Digest of the content of each picture; empty if it is not known.
        fingerprint: Of the data that the split is a part of.
        model: Digest of the file of the model.

    Raises:
        ValueError: If there is no picture, shapes do not go together, labels name no class, or
            probabilities are not finite numbers from 0 to 1.
    """

    names: Sequence[str]
    labels: np.ndarray
    probabilities: np.ndarray
    class_names: Sequence[str]
    multi_label: bool = False
    baseline_decisions: Mapping[str, np.ndarray] = field(default_factory=dict)
    digests: Sequence[str] = ()
    fingerprint: str = ""
    model: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def size(self) -> int:
        """Number of pictures."""
        return len(self.labels)

    @cached_property
    def decided(self) -> np.ndarray:
        """What the model decided, like `labels`."""
        return decide(self.probabilities, multi_label=self.multi_label)

    @cached_property
    def right(self) -> np.ndarray:
        """`(images,)` whether the model is right; where several classes may hold, in all."""
        return is_right(self.labels, self.decided)

    @cached_property
    def scores(self) -> Evaluation:
        """Accuracy with its interval, log loss, scores of each class, confusion matrix."""
        return score(
            self.labels, self.probabilities, self.class_names, multi_label=self.multi_label
        )

    def to_file(self, path: str | os.PathLike[str]) -> None:
        """Writes everything to a compressed `.npz` file, whole or not at all."""
        content: dict[str, Any] = {name: getattr(self, name) for name in _ARRAYS}
        content |= {name: np.asarray(getattr(self, name), dtype=str) for name in _TEXTS}
        content |= {_DECISIONS + name: found for name, found in self.baseline_decisions.items()}
        with replacing(path) as temporary:
            np.savez_compressed(temporary, **content)

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "ScoredSplit":
        """Reads what `to_file` wrote; nothing in the file can be code.

        Raises:
            ValueError: If there is no such file, or it is another one.
        """
        try:
            with open(path, "rb") as opened, np.load(opened, allow_pickle=False) as file:
                found = {name: file[name] for name in file.files}
            return cls(**_fields(found))
        except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise ValueError(
                f"`path` must be a file that `ScoredSplit.to_file` wrote. Received: "
                f"path={str(path)!r}: {error}. Delete it, and the model is asked again."
            ) from error


def _fields(found: Mapping[str, np.ndarray]) -> dict[str, Any]:
    decided = {
        name.removeprefix(_DECISIONS): value
        for name, value in found.items()
        if name.startswith(_DECISIONS)
    }
    content: dict[str, Any] = {name: found[name] for name in _ARRAYS}
    content |= {name: found[name].tolist() for name in _TEXTS}
    return {**content, "multi_label": bool(found["multi_label"]), "baseline_decisions": decided}


def _check(scored: ScoredSplit) -> None:
    labels, found = scored.labels, scored.probabilities
    shape = (len(labels), len(scored.class_names))
    wanted = shape if scored.multi_label else shape[:1]
    if not len(labels) or found.shape != shape or labels.shape != wanted:
        raise ValueError(
            f"`labels` and `probabilities` must be those of at least one picture and of "
            f"{shape[1]} classes. Received: shapes {labels.shape} and {found.shape}"
        )
    if not np.isfinite(found).all() or found.min() < 0.0 or found.max() > 1.0 + ROUNDING:
        raise ValueError(
            "`probabilities` must be finite numbers from 0 to 1. Received: values from "
            f"{found.min()} to {found.max()}. The model is broken, as by a learning rate that was "
            "too high, or gives logits."
        )
    largest = 1 if scored.multi_label else shape[1] - 1
    if labels.min() < 0 or labels.max() > largest:
        raise ValueError(
            f"`labels` must be from 0 to {largest}. Received: values from {labels.min()} to "
            f"{labels.max()}"
        )
    for name, made in [("names", scored.names), *scored.baseline_decisions.items()]:
        if len(made) != len(labels):
            raise ValueError(
                f"`{name}` must hold one for each of the {len(labels)} pictures. "
                f"Received: {len(made)}"
            )
