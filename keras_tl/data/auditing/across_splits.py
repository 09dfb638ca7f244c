"""Pictures that are in two splits, the same or nearly: what was trained on tells nothing there."""

from typing import NamedTuple

import numpy as np

from keras_tl.data.auditing.audit_cache import AUTO, AuditCacheOption, directory_of
from keras_tl.data.auditing.duplicates import duplicate_groups, pairs_of
from keras_tl.data.auditing.look import look_at
from keras_tl.data.auditing.near_duplicates import near_duplicates
from keras_tl.data.dataset import Data
from keras_tl.data.pictures import EncodedPictures


class DuplicateAcrossSplits(NamedTuple):
    """Two pictures of different splits, each by the name of its split and its row there.

    `bits` is in how many bits of 64 their difference hashes differ; None if their content is the
    same.
    """

    first: tuple[str, int]
    second: tuple[str, int]
    bits: int | None


def duplicates_across_splits(
    data: Data, *, audit_cache: AuditCacheOption = AUTO
) -> list[DuplicateAcrossSplits]:
    """Finds pairs of pictures in different splits that are the same, or look nearly the same.

    Pictures in arrays, and blank ones, are compared for the same content alone, as in an audit.

    Args:
        data: The splits.
        audit_cache: As for `audit`: where it is remembered what files look like.

    Returns:
        The pairs, those of the same content first, then the nearest.
    """
    places = [(name, row) for name, split in data.splits.items() for row in range(split.size)]
    digests = [digest for split in data.splits.values() for digest in split.digests]
    groups = duplicate_groups(digests, range(len(digests)))
    pairs: list[tuple[int, int, int | None]] = [(*pair, None) for pair in pairs_of(groups)]
    pictures = data.train.pictures
    if isinstance(pictures, EncodedPictures):
        numbers = np.concatenate([split.numbers for split in data.splits.values()])
        items = [pictures.items[number] for number in numbers]
        inspections = look_at(items, directory_of(audit_cache))
        pairs += near_duplicates(inspections, range(len(digests)), groups)
    found = [DuplicateAcrossSplits(places[one], places[other], bits) for one, other, bits in pairs]
    return [pair for pair in found if pair.first[0] != pair.second[0]]
