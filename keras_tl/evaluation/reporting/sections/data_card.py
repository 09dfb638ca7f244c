"""The data that a model was trained on: what they are, and how they were divided."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_tl.data.examples import SetAside
from keras_tl.evaluation.reporting.subject import Subject


@dataclass(frozen=True)
class DataCard:
    """What the data are, and how they were divided.

    Attributes:
        source: Path or name.
        fingerprint: Digest of all pictures, labels and parts.
        is_of_run: Whether these are the data that the run was trained on.
        counts: Images of each class, by class and split.
        images: Images of each split.
        division: What share each split came to.
        settings: How they were loaded.
        set_aside: What could not be read.
    """

    source: str
    fingerprint: str
    is_of_run: bool
    counts: Mapping[str, Mapping[str, int]]
    images: Mapping[str, int]
    division: str
    settings: Mapping[str, Any]
    set_aside: tuple[SetAside, ...]


def data_card(subject: Subject) -> DataCard:
    """Returns what the data of a run are."""
    data = subject.data
    by_split = {name: split.counts().tolist() for name, split in data.splits.items()}
    counts = {
        name: {split: found[number] for split, found in by_split.items()}
        for number, name in enumerate(data.class_names)
    }
    settings = {name: value for name, value in data.settings.items() if value is not None}
    return DataCard(
        source=settings.pop("source", ""),
        fingerprint=data.fingerprint,
        is_of_run=subject.has_data_of_run,
        counts=counts,
        images={name: split.size for name, split in data.splits.items()},
        division=data.division,
        settings=settings,
        set_aside=data.set_aside,
    )
