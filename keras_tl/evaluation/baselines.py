"""What a fine-tuned model has to beat: chance, raw pixels, frozen features, and no transfer."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.svm import SVC

from keras_tl.data.dataset import Data
from keras_tl.data.decode import resize
from keras_tl.data.sources.resolve import is_built_in
from keras_tl.data.split import Split
from keras_tl.evaluation.metrics import interval, is_right
from keras_tl.foundation.checks import one_of
from keras_tl.models.decisions import decide
from keras_tl.structure.chain import chain
from keras_tl.training.closed_form import head_features
from keras_tl.training.solvers import logistic_probe

CHOICES = ("auto", "all", "none")
CHEAP = ("majority class", "linear probe")
RAW_SIZE = 32
SCRATCH_BATCHES = 480
SCRATCH_EPOCHS = (12, 60)


def majority_class(model: keras.Model, data: Data) -> np.ndarray:
    """Always says the most frequent class of the training split; of several, yes or no to each."""
    return _fit_and_predict(DummyClassifier(strategy="most_frequent"), data, _no_features)


def raw_pixel_svm(model: keras.Model, data: Data) -> np.ndarray:
    """A support vector machine with a radial kernel (C=10) on pixels, at 32 by 32."""
    return _fit_and_predict(_for_labels(SVC(C=10), data), data, raw_pixels)


def linear_probe(model: keras.Model, data: Data) -> np.ndarray:
    """Logistic regression (C=0.1) on the standardised features that the head of `model` gets."""
    prefix, _ = chain(model).split(-1)
    probe = _for_labels(logistic_probe(), data)
    return _fit_and_predict(probe, data, lambda split: head_features(prefix, split))


def from_scratch(model: keras.Model, data: Data) -> np.ndarray:
    """A three-layer convolutional network on the same training images, without transfer.

    It trains for about 480 batches, at least 12 and at most 60 epochs.
    """
    network = small_network(len(data.class_names), multi_label=data.multi_label)
    epochs = int(np.clip(SCRATCH_BATCHES // len(data.train), *SCRATCH_EPOCHS))
    network.compile(
        "adam", f"{'binary' if data.multi_label else 'sparse_categorical'}_crossentropy"
    )
    images, labels = raw_pixels(data.train, flat=False), data.train.labels
    network.fit(images, labels, epochs=epochs, batch_size=data.train.batch_size, verbose=0)
    found = network.predict(raw_pixels(data.test, flat=False), verbose=0)
    return decide(found, multi_label=data.multi_label)


BASELINES: dict[str, Callable[[keras.Model, Data], np.ndarray]] = {
    "majority class": majority_class,
    "raw-pixel SVM": raw_pixel_svm,
    "linear probe": linear_probe,
    "from scratch": from_scratch,
}


def wanted_baselines(choice: str, data: Data) -> Sequence[str]:
    """Returns the names of the baselines that a choice means for some data.

    Args:
        choice: `"all"`, `"none"`, or `"auto"`: majority class and linear probe, which cost little,
            and all on the built-in data.
        data: The data.
    """
    one_of("baselines", choice, CHOICES)
    is_all = choice == "all" or is_built_in(data.settings.get("source"))
    return () if choice == "none" else tuple(BASELINES) if is_all else CHEAP


def decided_by(name: str, model: keras.Model, data: Data) -> np.ndarray:
    """Returns what a baseline decides on the test split.

    Args:
        name: A row of `BASELINES`.
        model: Classifier before fine-tuning; only the linear probe looks at it.
        data: Data with training and test images.

    Returns:
        `(images,)` integers; `(images, classes)` 0/1 where several classes may hold.
    """
    decided = BASELINES[one_of("name", name, BASELINES)](model, data)
    return np.asarray(decided).astype("int64")


def accuracy_with_interval(decided: np.ndarray, labels: np.ndarray) -> dict[str, Any]:
    """Returns the `accuracy` of decisions and its 95 % `accuracy_interval`, as plain data."""
    right = is_right(labels, decided)
    return {"accuracy": float(right.mean()), "accuracy_interval": list(interval(right))}


def small_network(classes: int, *, multi_label: bool = False) -> keras.Model:
    """Returns the network that is trained from scratch, for images of 32 by 32 pixels."""
    return keras.Sequential(
        [
            keras.Input((RAW_SIZE, RAW_SIZE, 3)),
            keras.layers.Rescaling(1 / 127.5, offset=-1.0),
            *(
                layer
                for width in (32, 64, 64)
                for layer in (
                    keras.layers.Conv2D(width, 3, padding="same", activation="relu"),
                    keras.layers.MaxPooling2D(),
                )
            ),
            keras.layers.Flatten(),
            keras.layers.Dense(classes, activation="sigmoid" if multi_label else "softmax"),
        ]
    )


def _fit_and_predict(
    classifier: Any, data: Data, features: Callable[[Split], np.ndarray]
) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Label .* is present in all training examples")
        classifier.fit(features(data.train.in_order()), data.train.labels)
    return classifier.predict(features(data.test))


def _for_labels(estimator: Any, data: Data) -> Any:
    """Returns an estimator of one label, or one of each class where several may hold."""
    return OneVsRestClassifier(estimator) if data.multi_label else estimator


def _no_features(split: Split) -> np.ndarray:
    return np.zeros((split.size, 1))


def raw_pixels(split: Split, *, flat: bool = True) -> np.ndarray:
    """Returns images at 32 by 32, `(images, 3072)`, or `(images, 32, 32, 3)` unless `flat`."""
    small = [
        keras.ops.convert_to_numpy(resize(images, (RAW_SIZE, RAW_SIZE), "stretch"))
        for images, _ in split.in_order()
    ]
    pixels = np.concatenate(small)
    return pixels.reshape(len(pixels), -1) if flat else pixels
