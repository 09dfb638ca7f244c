"""Pictures that are in two splits, the same or nearly."""

from dataclasses import dataclass

from keras_tl.data.auditing.across_splits import duplicates_across_splits
from keras_tl.data.dataset import Data
from keras_tl.data.pictures import ArrayPictures
from keras_tl.evaluation.reporting.picture import Picture, small_picture
from keras_tl.evaluation.reporting.subject import Subject

MOST_SHOWN = 12

Place = tuple[str, int]


@dataclass(frozen=True)
class Twin:
    """One of two pictures.

    Attributes:
        name: Path, or number, of the picture.
        split: The split that it is in.
        picture: The picture; None if it is not shown.
    """

    name: str
    split: str
    picture: Picture | None


@dataclass(frozen=True)
class Pair:
    """Two pictures of different splits.

    Attributes:
        first: One.
        second: The other.
        bits: In how many of 64 bits their difference hashes differ; None if they are the same.
    """

    first: Twin
    second: Twin
    bits: int | None


@dataclass(frozen=True)
class TwinsAcrossSplits:
    """Pairs of pictures in different splits, the most alike first.

    Attributes:
        pairs: The pairs.
        same_only: Whether only pictures of the same content were looked for.
        images: Number of pictures that were compared.
    """

    pairs: tuple[Pair, ...]
    same_only: bool
    images: int


def twins(subject: Subject) -> TwinsAcrossSplits:
    """Looks for pictures in two splits."""
    data = subject.data
    pairs = tuple(
        Pair(
            _twin(data, found.first, number < MOST_SHOWN),
            _twin(data, found.second, number < MOST_SHOWN),
            found.bits,
        )
        for number, found in enumerate(duplicates_across_splits(data))
    )
    images = sum(split.size for split in data.splits.values())
    return TwinsAcrossSplits(pairs, isinstance(data.train.pictures, ArrayPictures), images)


def _twin(data: Data, place: Place, is_shown: bool) -> Twin:
    name, row = place
    split = data.splits[name]
    (called,) = split.pictures.names(split.numbers[[row]])
    picture = small_picture(split.read([row])[0], f"{called}, {name}") if is_shown else None
    return Twin(called, name, picture)
