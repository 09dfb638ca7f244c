"""Batches of pictures that are read while the model is busy with those before."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import keras
import numpy as np

from keras_tl.data.auditing.content import read_content
from keras_tl.data.auditing.header import read_picture_header
from keras_tl.data.auditing.inspection import inspect
from keras_tl.data.auditing.reasons import UnusableError
from keras_tl.data.decode import decode_levels
from keras_tl.data.pictures import EncodedPictures
from keras_tl.foundation.error_messages import plain_error
from keras_tl.models.card import input_format

AHEAD = 2

Item = TypeVar("Item")
Done = TypeVar("Done")
Read = Callable[[list[bytes]], np.ndarray]


@dataclass(frozen=True, eq=False)
class Batch:
    """Pictures of a batch, and what is wrong with the others.

    Attributes:
        paths: All of them.
        images: Those that can be read, in order: float32 `(readable, height, width, 3)` in 0..255.
        problems: Why each of the others cannot, by its number in the batch.
    """

    paths: Sequence[Path]
    images: np.ndarray
    problems: dict[int, str]


def batches_for(
    model: keras.Model, paths: Sequence[Path], batch_size: int
) -> Generator[Batch, None, None]:
    """Yields pictures as `model` takes them; at most `AHEAD` batches are in memory besides."""
    form = input_format(model)

    def read(contents: list[bytes]) -> np.ndarray:
        pictures = EncodedPictures(contents, **form._asdict())
        return pictures.read(range(len(contents)))

    starts = range(0, len(paths), batch_size)
    parts = (paths[start : start + batch_size] for start in starts)
    return ahead(parts, lambda part: _batch(part, read, form.size))


def ahead(
    items: Iterable[Item], work: Callable[[Item], Done], number: int = AHEAD
) -> Generator[Done, None, None]:
    """Yields what `work` makes of each item, in order, up to `number` of them begun early."""
    pool = ThreadPoolExecutor(number)
    begun: deque[Future[Done]] = deque()
    try:
        for item in items:
            begun.append(pool.submit(work, item))
            if len(begun) > number:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _batch(paths: Sequence[Path], read: Read, size: tuple[int, int]) -> Batch:
    contents, problems = _contents(paths)
    if not contents:
        return Batch(paths, np.zeros((0, *size, 3), "float32"), problems)
    try:
        return Batch(paths, read(list(contents.values())), problems)
    except OSError:
        return _batch_one_by_one(paths, contents, problems, read, size)


def _contents(paths: Sequence[Path]) -> tuple[dict[int, bytes], dict[int, str]]:
    """Reads files; those that are none, or whose header says that they are no picture, are told."""
    contents, problems = {}, {}
    for number, path in enumerate(paths):
        try:
            content = read_content(path)
            read_picture_header(content)
        except UnusableError as found:
            problems[number] = str(found)
        else:
            contents[number] = content
    return contents, problems


def _batch_one_by_one(
    paths: Sequence[Path],
    contents: dict[int, bytes],
    problems: dict[int, str],
    read: Read,
    size: tuple[int, int],
) -> Batch:
    """Reads each picture by itself, since one of them cannot be decoded."""
    images = [np.zeros((0, *size, 3), "float32")]
    told = dict(problems)
    for number, content in contents.items():
        try:
            images.append(read([content]))
        except OSError as error:
            told[number] = inspect(content, decode_levels).reason or plain_error(error)
    return Batch(paths, np.concatenate(images), told)
