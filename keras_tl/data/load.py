"""From a source to data that are ready to train on."""

import os
import warnings
from collections.abc import Sequence
from typing import Any

from keras_tl.data.assemble import assemble, rows_of_parts
from keras_tl.data.auditing.audit_cache import AUTO, AuditCacheOption
from keras_tl.data.auditing.audit_examples import audit_examples
from keras_tl.data.auditing.result import Audit
from keras_tl.data.augmenting.choice import Augment, find_augmentation
from keras_tl.data.dataset import Data
from keras_tl.data.examples import Examples
from keras_tl.data.preparation import Preparation
from keras_tl.data.sources.columns import Given
from keras_tl.data.sources.options import SourceOptions
from keras_tl.data.sources.resolve import examples_of, name_of_source
from keras_tl.data.splitting.coverage import shares_reached, warnings_about
from keras_tl.data.splitting.divide import divide
from keras_tl.data.splitting.groups import with_groups
from keras_tl.data.splitting.population import Population
from keras_tl.foundation.colours import WHITE, Colour, as_colour
from keras_tl.foundation.file_names import printable
from keras_tl.foundation.sizing import as_size


def load_data(
    source: Any,
    *,
    image_size: int | tuple[int, int],
    validation: float = 0.15,
    test: float = 0.15,
    split: str = "stratified",
    group: str | None = None,
    labels_per_class: int | None = None,
    batch_size: int = 32,
    resize: str = "crop",
    background: Colour = WHITE,
    augment: Augment = "none",
    flip: bool | None = None,
    mix: str | None = None,
    balance: str | None = None,
    duplicates: str = "stop",
    class_names: Sequence[str] | None = None,
    columns: Given | None = None,
    multi_label: bool | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    download: bool = True,
    audit_cache: AuditCacheOption = AUTO,
    seed: int = 0,
) -> Data:
    """Loads pictures with labels, looks at each, and divides them.

    Args:
        source: A folder with one folder a class (also under `train`, `validation`, `test`); a CSV
            file or DataFrame of paths and labels; a list of `(path, label)`; a tuple
            `(images, labels)` of arrays; a `tf.data.Dataset` of `(image, label)`, or a mapping of
            parts to such; `"tfds:NAME"`; `"digits"` or `"digits-photo"`.
        image_size: Pixels, one number or `(height, width)`.
        validation: Share held out to choose by.
        test: Share held out to be scored once. A source that has these parts keeps its own.
        split: How pictures are divided: `"stratified"` gives each part its share of each class;
            `"hashed"` leaves each picture where it is when data grow; `"grouped"` keeps groups
            together. Copies of a picture stay together in each.
        group: A regular expression with a part in brackets; pictures in whose file names that part
            is the same are a group. A column of groups is named in `columns`.
        labels_per_class: Keep only so many training images of each class.
        batch_size: Images in a batch.
        resize: `"crop"`, `"pad"` or `"stretch"`: how pictures of another shape are brought to
            `image_size`. The model stores it.
        background: Red, green and blue, in 0..255, that show where a picture is transparent. The
            model stores it.
        augment: `"none"`, `"light"`, `"medium"` or `"strong"`: how far training images are moved
            and recoloured, anew in each epoch; `"rand"`, which is RandAugment; or a list of Keras's
            random layers. Validation and test images never are.
        flip: Whether augmentation also mirrors half of the images, left to right. By default it
            does, but never with the built-in digits: turn it off where a mirrored picture means
            something else, as with text.
        mix: `"mixup"` or `"cutmix"` mixes the images of a training batch, and their labels.
        balance: What training does about classes that are rarer than others: `"weights"` by the
            inverse of their number, or by their `"effective-number"`; `"logit-adjustment"`;
            `"focal"` loss; or `"oversample"`, which shows their images more often.
        duplicates: `"stop"` refuses pictures that are there under two labels, or in two parts that
            the source gives; `"allow"` takes them.
        class_names: Names in the order of the labels.
        columns: Which columns of a table hold what: `"path"`, `"label"` (or several of 0/1),
            `"group"`, `"split"`; None passes over one that has a usual name.
        multi_label: What labels of 0/1 rows mean if each holds a single 1: one class an image
            (False), or several that may hold at once (True).
        data_dir: Where TFDS keeps its data sets; where relative paths of a table or list begin.
        download: Whether TFDS may fetch one.
        audit_cache: Directory that remembers what was found of files, so that unchanged ones are
            looked at once; `"auto"` for the user's own, None for none.
        seed: Seed of the division, of the order of training and of augmentation.

    Returns:
        Data whose splits give batches `(images, labels)`: float32 in 0..255, integer labels,
        0/1 rows where several classes may hold at once.

    Raises:
        ValueError: If the source cannot be read, or a split that was asked for would be empty.
    """
    preparation = Preparation(
        image_size=as_size(image_size),
        validation=validation,
        test=test,
        split=split,
        group=group,
        labels_per_class=labels_per_class,
        batch_size=batch_size,
        resize=resize,
        background=as_colour(background),
        augmentation=find_augmentation(augment, source=source, flip=flip, seed=seed),
        mix=mix,
        balance=balance,
        seed=seed,
    )
    options = SourceOptions(class_names, columns, multi_label, data_dir, download)
    examples, name = examples_of(source, options), name_of_source(source)
    if group is not None:
        examples = with_groups(examples, group)
    audit = audit_examples(examples, duplicates=duplicates, audit_cache=audit_cache, source=name)
    usable = _usable(audit)
    population = Population(usable.labels, audit.digests, groups=usable.groups)
    parts = divide(population, preparation.shares, seed, split=split, parts=usable.parts)
    for line in warnings_about(population, parts, usable.class_names):
        warnings.warn(line, stacklevel=2)
    return assemble(
        usable,
        audit,
        rows_of_parts(usable, parts, preparation),
        preparation,
        settings={"source": name, **preparation.to_dict(), **options.to_dict()},
        division=shares_reached(population, parts),
    )


def _usable(audit: Audit) -> Examples:
    """Returns the examples that can be used, and says what is set aside; or what stops a run."""
    audit.require_sound()
    if audit.set_aside:
        first = audit.set_aside[0]
        warnings.warn(
            f"Set aside, but still on disk: {len(audit.set_aside)} beside {len(audit.usable)} "
            f"pictures in use. First: {printable(first.name)}: {first.reason}",
            stacklevel=3,
        )
    return audit.examples.take(audit.usable.tolist())
