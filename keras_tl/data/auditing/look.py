"""A look at every picture, in parallel, and only at those that are not remembered."""

import contextlib
import functools
import os
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from keras_tl.data.auditing.audit_cache import AuditCache, Known
from keras_tl.data.auditing.header import quiet_pillow
from keras_tl.data.auditing.inspection import Inspection, inspect, inspect_array
from keras_tl.data.auditing.pixels import decoder_for
from keras_tl.data.auditing.stamps import Stamp, common_folder, stamp
from keras_tl.foundation.progress import track

_SHOW_FROM = 200

Items = Sequence[Path | bytes]


def look_at(pictures: Items | np.ndarray, directory: Path | None = None) -> list[Inspection]:
    """Reads and decodes every picture once, in parallel, under a bar if there are many.

    Args:
        pictures: Paths, encoded bytes, or an array `(images, height, width, 3)`.
        directory: Directory in which findings of files are remembered; None remembers nothing.

    Returns:
        What was found of each, in order.
    """
    if isinstance(pictures, np.ndarray):
        return [inspect_array(image) for image in pictures]
    paths = {row: item for row, item in enumerate(pictures) if isinstance(item, Path)}
    folder = common_folder(list(paths.values()))
    if directory is None or folder is None:
        return list(_looks(pictures))
    return _remembering(pictures, paths, AuditCache(directory, folder))


def reasons_of(inspections: Sequence[Inspection]) -> dict[int, str]:
    """Returns the reason, by number, of each picture that cannot be used."""
    return {number: found.reason for number, found in enumerate(inspections) if found.reason}


def _remembering(pictures: Items, paths: Mapping[int, Path], cache: AuditCache) -> list[Inspection]:
    """Looks at what is new or has changed; what was seen before an interruption is remembered."""
    known = cache.read()
    marks = {row: (cache.name(path), stamp(path)) for row, path in paths.items()}
    found = {
        row: known[name][1]
        for row, (name, mark) in marks.items()
        if name in known and known[name][0] == mark
    }
    missing = [row for row in range(len(pictures)) if row not in found]
    try:
        with contextlib.closing(_looks([pictures[row] for row in missing])) as looks:
            found.update(zip(missing, looks, strict=True))
    finally:
        seen = [row for row in missing if row in marks and row in found]
        _remember(cache, known, {marks[row]: found[row] for row in seen})
    return [found[row] for row in range(len(pictures))]


def _remember(
    cache: AuditCache, known: Known, new: Mapping[tuple[str, Stamp | None], Inspection]
) -> None:
    """Adds what will hold as long as the file is the same: what was found of its content."""
    lasting = {
        name: (mark, found)
        for (name, mark), found in new.items()
        if mark is not None and mark.is_settled and found.digest
    }
    if lasting:
        cache.write({**known, **lasting})
    else:
        cache.touch()


def _looks(items: Items) -> Generator[Inspection, None, None]:
    """Yields what is found of each picture; those that nobody waits for are not begun."""
    pool = ThreadPoolExecutor(os.cpu_count())
    show = len(items) >= _SHOW_FROM
    try:
        with quiet_pillow():
            looks = pool.map(functools.partial(inspect, decoder=decoder_for(len(items))), items)
            yield from track(looks, "Looking at pictures", len(items), show=show)
    finally:
        pool.shutdown(cancel_futures=True)
