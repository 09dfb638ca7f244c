"""A linear head solved for by scikit-learn instead of trained: the linear probe in one go.

Kornblith et al., 2019, arXiv:1805.08974, fit such a logistic regression on frozen features.
"""

import functools
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from sklearn.preprocessing import StandardScaler

from keras_tl.caching.feature_split import FeatureSplit
from keras_tl.data.balance import effective_number, inverse_frequency, priors
from keras_tl.data.dataset import Data
from keras_tl.data.split import Split
from keras_tl.foundation.checks import in_range, one_of
from keras_tl.models.card import is_multi_label
from keras_tl.models.heads import ClassProbabilities
from keras_tl.models.temperature import temperature
from keras_tl.structure.chain import chain
from keras_tl.training.calibrating_scale import calibrating_scale, log_loss_of
from keras_tl.training.linear_head import LinearHead
from keras_tl.training.matching import require_match
from keras_tl.training.solvers import DEFAULT_C, GRID, SOLVERS, ClassWeights
from keras_tl.training.variables import assign

CLASS_WEIGHTS = {
    "weights": inverse_frequency,
    "effective-number": effective_number,
    "oversample": inverse_frequency,
}
FLOAT_NOISE = 1e-6


def solve_head(
    model: keras.Model,
    data: Data,
    solver: str = "logistic",
    *,
    C: float | None = None,  # noqa: N803 - the name that scikit-learn gives it
    features: tuple[Split, Split] | None = None,
) -> None:
    """Puts the linear classifier that scikit-learn finds on the frozen features into the head.

    The features in front of the head are standardised for the solver, and the standardisation is
    folded into kernel and bias. The logits, over the temperature of the model, are then the
    solver's decision values `d`: with two classes `(-d / 2, d / 2)`, whose difference is `d`. Those
    of the linear support vector machine are multiplied by the one number from 0.01 to 100 at which
    the log loss on the validation split is least, so that labels stay and probabilities mean
    something; without such a split by 1.
    Nothing but the last layer changes.

    The balance of the data acts as weights of the classes, which for more draws are those of
    `"weights"`; logit adjustment takes the logarithm of the classes' shares off the logits, after
    the fact; focal loss does not act on a solver.

    Args:
        model: Classifier from `build_classifier` with `head="linear"`.
        data: Data with one label an image and the same class names, size and resize policy.
        solver: `"logistic"` or `"linear-svm"`.
        C: Inverse strength of regularisation, as in scikit-learn. By default that of 0.0001,
            0.001, 0.01, 0.1, 1 and 10 with the least log loss on the validation split, downhill
            from 0.1; 0.1 if there is no such split.
        features: What the head gets for training and validation images, if it has been computed.

    Raises:
        ValueError: If model and data do not belong together, several labels may hold at once, the
            head is not a linear one, or a class has no training images.
    """
    one_of("solver", solver, SOLVERS)
    strengths = _strengths(C, data)
    require_match(model, data)
    dense = _logits_layer(model)
    _require_every_class(data)
    prefix, _ = chain(model).split(-1)
    splits = (data.train, data.validation) if features is None else features
    train, validation = (head_features(prefix, split) for split in splits)
    scaler = _scaler(train)
    solved = _best(
        solver,
        strengths,
        (scaler.transform(train), data.train.labels),
        (scaler.transform(validation), data.validation.labels) if len(validation) else None,
        _class_weights(data),
    ).behind(scaler)
    if data.balance == "logit-adjustment":
        solved = solved.shifted(-np.log(priors(data.train.counts(), data.train.size)))
    solved = solved.times(temperature(model))
    assign([dense.kernel, dense.bias], [solved.kernel, solved.bias])


def head_features(prefix: keras.Model, split: Split) -> np.ndarray:
    """Returns what comes out of a frozen prefix, in order: float64 `(images, features)`.

    A split of features is taken to hold just that.
    """
    is_computed = isinstance(split, FeatureSplit)
    found = (batch for batch, _ in split.in_order())
    batches = list(found if is_computed else map(prefix.predict_on_batch, found))
    width = int(np.prod(prefix.output_shape[1:]))
    return np.concatenate([np.empty((0, width)), *batches]).astype("float64")


def _class_weights(data: Data) -> ClassWeights:
    if data.balance not in CLASS_WEIGHTS:
        return None
    weights = CLASS_WEIGHTS[data.balance](data.train.counts())
    return {number: float(weight) for number, weight in enumerate(weights)}


def _strengths(strength: float | None, data: Data) -> tuple[float, ...]:
    if strength is not None:
        return (in_range("C", strength, 1e-9, 1e9),)
    return GRID if data.validation.size else (DEFAULT_C,)


def _best(
    solver: str,
    strengths: tuple[float, ...],
    train: tuple[np.ndarray, np.ndarray],
    validation: tuple[np.ndarray, np.ndarray] | None,
    weights: ClassWeights,
) -> LinearHead:
    """Returns the head of least log loss on validation, for standardised features.

    Weak regularisation costs the solver most, so only the strengths downhill from the default are
    tried: the loss falls to its least and then rises.
    """
    if validation is None:
        return _solve(SOLVERS[solver](strengths[0], weights), *train)
    features, labels = validation

    @functools.cache
    def tried(place: int) -> tuple[float, LinearHead]:
        head = _solve(SOLVERS[solver](strengths[place], weights), *train)
        if solver == "linear-svm":
            head = head.times(calibrating_scale(head.logits(features), labels))
        return log_loss_of(head.logits(features), labels), head

    start = strengths.index(DEFAULT_C) if DEFAULT_C in strengths else 0
    return tried(_lowest(lambda place: tried(place)[0], start, len(strengths)))[1]


def _lowest(loss: Callable[[int], float], place: int, places: int) -> int:
    """Walks downhill from `place`, to either side, and returns where the loss is least."""
    for side in (1, -1):
        while 0 <= place + side < places and loss(place + side) < loss(place):
            place += side
    return place


def _solve(estimator: Any, features: np.ndarray, labels: np.ndarray) -> LinearHead:
    found = estimator.fit(features, labels)
    kernel, bias = found.coef_.T, found.intercept_
    if len(found.classes_) == 2:
        kernel, bias = np.hstack([-kernel, kernel]) / 2, np.hstack([-bias, bias]) / 2
    return LinearHead(kernel, bias)


def _scaler(features: np.ndarray) -> StandardScaler:
    """Returns a scaler to which features that vary by float32 noise alone are constant."""
    scaler = StandardScaler().fit(features)
    scaler.scale_[scaler.scale_ < FLOAT_NOISE * np.abs(scaler.mean_)] = 1.0
    return scaler


def _logits_layer(model: keras.Model) -> keras.layers.Dense:
    """Returns the one layer of the head that has weights, if the head is a linear one."""
    if is_multi_label(model):
        raise ValueError(
            "`model` must be a classifier with one label an image. Received: "
            f"{model.name!r}, in which several classes may hold at once"
        )
    passing = (keras.layers.Dropout, ClassProbabilities)
    acting = [layer for layer in chain(model)[-1].layers if not isinstance(layer, passing)]
    if [(type(layer), layer.name) for layer in acting] != [(keras.layers.Dense, "head_logits")]:
        raise ValueError(
            '`model` must have a linear head: `build_classifier(..., head="linear")`. Received: '
            f"{model.name!r}, whose head is {', '.join(layer.name for layer in acting)}"
        )
    return acting[0]


def _require_every_class(data: Data) -> None:
    counts = zip(data.class_names, data.train.counts(), strict=True)
    absent = ", ".join(repr(name) for name, images in counts if not images)
    if absent:
        raise ValueError(
            f"`data` must have training images of every class. Received: none of {absent}"
        )
