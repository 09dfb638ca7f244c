"""From a source to data that are ready to train on."""

import os
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from keras_tl.data.audit import inspect_pictures
from keras_tl.data.augment import AUGMENTATIONS, Augmentation
from keras_tl.data.dataset import Data, Split, digest_of_pixels
from keras_tl.data.examples import Examples, SetAside
from keras_tl.data.pictures import ArrayPictures, EncodedPictures, Pictures, name_of
from keras_tl.data.sources.arrays import from_arrays
from keras_tl.data.sources.digits import digits, digits_on_photographs
from keras_tl.data.sources.folder import from_folder
from keras_tl.data.sources.tfds import from_tfds
from keras_tl.data.split import PARTS, rare_classes, stratified, subsample
from keras_tl.foundation.checks import at_least, in_range, one_of
from keras_tl.foundation.files import digest
from keras_tl.foundation.sizing import RESIZE_POLICIES, as_size

Source = str | os.PathLike[str] | tuple[Any, Any]

BUILT_IN = {"digits": digits, "digits-photo": digits_on_photographs}


def load_data(
    source: Source,
    *,
    image_size: int | tuple[int, int],
    validation: float = 0.15,
    test: float = 0.15,
    labels_per_class: int | None = None,
    batch_size: int = 32,
    resize: str = "crop",
    augment: str = "none",
    flip: bool | None = None,
    class_names: Sequence[str] | None = None,
    data_dir: str | None = None,
    download: bool = True,
    seed: int = 0,
) -> Data:
    """Loads pictures with labels and divides them for training, validation and test.

    Args:
        source: A folder with one folder a class (also under `train`, `validation`, `test`); a
            tuple `(images, labels)` of arrays; `"tfds:NAME"`; `"digits"` or `"digits-photo"`.
        image_size: Pixels, one number or `(height, width)`.
        validation: Share held out to choose by.
        test: Share held out to be scored once. A source that has these parts keeps its own.
        labels_per_class: Keep only so many training images of each class.
        batch_size: Images in a batch.
        resize: `"crop"`, `"pad"` or `"stretch"`: how pictures of another shape are brought to
            `image_size`. The model stores it.
        augment: `"none"`, `"light"`, `"medium"` or `"strong"`: how far training images are moved
            and recoloured, anew in each epoch. Validation and test images never are.
        flip: Whether augmentation also mirrors half of the images, left to right. By default it
            does, but never with the built-in digits: turn it off where a mirrored picture means
            something else, as with text.
        class_names: Names in the order of the labels, for arrays.
        data_dir: Where TFDS keeps its data sets.
        download: Whether TFDS may fetch one.
        seed: Seed of the division, of the order of training and of augmentation.

    Returns:
        Data whose splits give batches `(images, labels)`: float32 in 0..255, integer labels,
        0/1 rows where several classes may hold at once.

    Raises:
        ValueError: If the source cannot be read, or a split that was asked for would be empty.
    """
    size = as_size(image_size)
    _check(validation, test, labels_per_class, batch_size, resize)
    augmentation = _augmentation(source, augment, flip, seed)
    found, digests, set_aside = _usable(_examples(source, class_names, data_dir, download))
    rows = _rows(found, validation, test, labels_per_class, seed)
    _require_examples(rows, {"train": 1.0, "validation": validation, "test": test}, found)
    settings = {
        "source": "arrays" if isinstance(source, tuple) else str(source),
        "image_size": list(size),
        "validation": validation,
        "test": test,
        "labels_per_class": labels_per_class,
        "batch_size": batch_size,
        "resize": resize,
        "augment": augment,
        "flip": augmentation is not None and augmentation.flip,
        "seed": seed,
    }
    pictures = _pictures(found, size, resize)
    return Data(
        **_splits(found, digests, rows, pictures, batch_size, seed, augmentation),
        class_names=found.class_names,
        image_size=size,
        resize=resize,
        multi_label=found.labels.ndim == 2,
        fingerprint=_fingerprint(found, digests, rows, settings),
        set_aside=set_aside,
        settings=settings,
    )


def _check(
    validation: float, test: float, labels_per_class: int | None, batch_size: int, resize: str
) -> None:
    in_range("validation", validation, 0.0, 0.9)
    in_range("test", test, 0.0, 0.9)
    in_range("validation + test", validation + test, 0.0, 0.95)
    at_least("batch_size", batch_size, 1)
    if labels_per_class is not None:
        at_least("labels_per_class", labels_per_class, 1)
    one_of("resize", resize, RESIZE_POLICIES)


def augmented(
    data: Data, strength: str, *, flip: bool | None = None, views: int | None = None
) -> Data:
    """Returns the same data with another augmentation of its training images.

    Args:
        data: Data from `load_data`.
        strength: As `augment` of `load_data`.
        flip: As there.
        views: How many views epochs cycle through, as in `fine_tune`; None has new ones always.
    """
    settings = {**data.settings, "augment": strength}
    found = _augmentation(data.settings["source"], strength, flip, data.settings["seed"])
    train = data.train.with_augmentation(found)
    if found is not None and views is not None:
        train = train.with_views(views)
    return replace(data, train=train, settings={**settings, "flip": bool(found and found.flip)})


def _augmentation(
    source: Source, strength: str, flip: bool | None, seed: int
) -> Augmentation | None:
    one_of("augment", strength, AUGMENTATIONS)
    one_of("flip", flip, (None, True, False))
    if flip and _is_built_in(source):
        raise ValueError(
            f"`flip` must not be True with {source!r}: a mirrored digit is another sign. "
            "Received: flip=True"
        )
    if strength == "none":
        if flip:
            raise ValueError(
                "`flip` needs an augmentation. Received: flip=True with augment='none'. "
                "Pass `augment='light'`."
            )
        return None
    return Augmentation(strength, not _is_built_in(source) if flip is None else flip, seed)


def _is_built_in(source: Source) -> bool:
    return isinstance(source, str) and source in BUILT_IN


def _examples(
    source: Source, class_names: Sequence[str] | None, data_dir: str | None, download: bool
) -> Examples:
    if isinstance(source, tuple):
        return from_arrays(*source, class_names)
    if _is_built_in(source):
        return BUILT_IN[str(source)]()
    if str(source).startswith("tfds:"):
        return from_tfds(str(source).removeprefix("tfds:"), data_dir, download)
    if not Path(source).exists():
        raise ValueError(
            "`source` must be a folder, (images, labels), 'tfds:NAME', "
            f"{' or '.join(map(repr, BUILT_IN))}. Received: {str(source)!r}, which does not exist."
        )
    return from_folder(Path(source))


def _usable(found: Examples) -> tuple[Examples, list[str], tuple[SetAside, ...]]:
    """Returns the examples that can be decoded, their digests, and the others by name."""
    if isinstance(found.pictures, np.ndarray):
        return found, [digest_of_pixels(image) for image in found.pictures], ()
    digests, reasons = inspect_pictures(found.pictures)
    rows = [row for row in range(len(digests)) if row not in reasons]
    aside = tuple(SetAside(name_of(found.pictures, row), why) for row, why in reasons.items())
    aside = (*aside, *found.set_aside)
    if aside:
        warnings.warn(
            f"Set aside, but still on disk: {len(aside)} beside {len(rows)} pictures in use. "
            f"First: {aside[0].name}: {aside[0].reason}",
            stacklevel=3,
        )
    return found.take(rows), [digests[row] for row in rows], aside


def _rows(
    found: Examples, validation: float, test: float, labels_per_class: int | None, seed: int
) -> dict[str, np.ndarray]:
    """Returns the rows of each part, the training ones subsampled if that is asked for."""
    parts = _parts(found, validation, test, seed)
    rows = {part: np.flatnonzero(parts == part) for part in PARTS}
    if labels_per_class is not None:
        chosen = subsample(found.labels[rows["train"]], labels_per_class, seed)
        rows["train"] = rows["train"][chosen]
    return rows


def _parts(found: Examples, validation: float, test: float, seed: int) -> np.ndarray:
    """Returns the part of each example; parts of the source stay, missing ones are drawn."""
    if found.labels.ndim == 1 and (rare := rare_classes(found.labels, found.class_names)):
        warnings.warn(
            f"Classes with fewer than 3 images are kept whole in training: {', '.join(rare)}. "
            "They are in no validation or test split, so that nothing is known about them.",
            stacklevel=3,
        )
    if found.parts is None:
        return stratified(found.labels, validation, test, seed)
    parts = found.parts.astype(f"<U{max(map(len, PARTS))}")
    rows = np.flatnonzero(parts == "train")
    missing = {part: part not in parts for part in PARTS}
    parts[rows] = stratified(
        found.labels[rows],
        validation if missing["validation"] else 0.0,
        test if missing["test"] else 0.0,
        seed,
    )
    return parts


def _require_examples(
    rows: dict[str, np.ndarray], asked: dict[str, float], found: Examples
) -> None:
    for part, share in asked.items():
        if share and not len(rows[part]):
            raise ValueError(
                f"The {part} split would be empty: {len(found.labels)} usable images in "
                f"{len(found.class_names)} classes, and a class needs 3 to be divided. Add "
                f"images, or pass `{part}=0.0` to do without."
            )


def _pictures(found: Examples, size: tuple[int, int], policy: str) -> Pictures:
    if isinstance(found.pictures, np.ndarray):
        return ArrayPictures(found.pictures, size, policy)
    return EncodedPictures(found.pictures, size, policy)


def _splits(
    found: Examples,
    digests: list[str],
    rows: dict[str, np.ndarray],
    pictures: Pictures,
    batch_size: int,
    seed: int,
    augmentation: Augmentation | None,
) -> dict[str, Split]:
    return {
        part: Split(
            pictures,
            numbers,
            found.labels[numbers],
            found.class_names,
            batch_size=batch_size,
            seed=seed if part == "train" else None,
            augment=augmentation if part == "train" else None,
            digests=[digests[number] for number in numbers],
        )
        for part, numbers in rows.items()
    }


def _fingerprint(
    found: Examples, digests: list[str], rows: dict[str, np.ndarray], settings: dict[str, Any]
) -> str:
    divided = [f"{part}:{numbers.tolist()}" for part, numbers in rows.items()]
    shape = f"{settings['image_size']}{settings['resize']}"
    return digest(*digests, found.labels.tobytes(), *found.class_names, *divided, shape)
