"""What an audit found: facts of the pictures, and what follows from them."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_tl.data.auditing.class_counts import Counts, class_counts, imbalance, trained_counts
from keras_tl.data.auditing.duplicates import duplicate_groups
from keras_tl.data.auditing.finding import STOPS, Finding
from keras_tl.data.auditing.findings import findings_of, stopping
from keras_tl.data.auditing.inspection import Inspection
from keras_tl.data.auditing.near_duplicates import NearDuplicate, near_duplicates
from keras_tl.data.auditing.pairs_picture import pairs_picture
from keras_tl.data.auditing.report import error_text, report
from keras_tl.data.auditing.sizes import Sizes, sizes_of
from keras_tl.data.examples import Examples, SetAside
from keras_tl.foundation.file_names import storable
from keras_tl.foundation.files import write_json

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False, repr=False)
class Audit:
    """What was found of a source; rows are positions in `examples`.

    Attributes:
        source: What was looked at, in words.
        examples: Pictures, labels and parts.
        inspections: What was found of each picture.
        allows_duplicates: Whether duplicates that contradict each other stop nothing.
    """

    source: str
    examples: Examples
    inspections: tuple[Inspection, ...]
    allows_duplicates: bool = False

    @cached_property
    def usable(self) -> np.ndarray:
        """Rows of the pictures that can be used."""
        is_usable = [not found.reason for found in self.inspections]
        return np.flatnonzero(np.array(is_usable, dtype=bool))

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """Digest of the content of each usable picture, in the order of `usable`."""
        return tuple(self.inspections[row].digest for row in self.usable)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The path of each picture, or its number if it has none."""
        pictures = self.examples.pictures
        return tuple(
            storable(item) if isinstance(item, Path) else f"#{number}"
            for number, item in enumerate(pictures)
        )

    @cached_property
    def set_aside(self) -> tuple[SetAside, ...]:
        """What cannot be used, and what the source passed over."""
        rows = [row for row, found in enumerate(self.inspections) if found.reason]
        mine = (SetAside(self.names[row], self.inspections[row].reason) for row in rows)
        passed_over = (SetAside(storable(i.name), i.reason) for i in self.examples.set_aside)
        return (*mine, *passed_over)

    @cached_property
    def class_counts(self) -> Counts:
        """Number of usable pictures by part and class; not divided, the part is `"pictures"`."""
        return class_counts(self.examples, self.usable)

    @property
    def imbalance(self) -> float:
        """How many times as many pictures to learn from the largest class has as the smallest."""
        return imbalance(trained_counts(self.class_counts))

    @cached_property
    def sizes(self) -> Sizes | None:
        """Smallest, median and largest picture."""
        found = (self.inspections[row] for row in self.usable)
        return sizes_of([(one.height, one.width) for one in found])

    @cached_property
    def formats(self) -> Mapping[str, int]:
        """Number of usable pictures by format and mode, the most common first."""
        counts = Counter(self.inspections[row].format for row in self.usable)
        return dict(counts.most_common())

    @cached_property
    def duplicates(self) -> tuple[tuple[int, ...], ...]:
        """Rows of the pictures of each content that is there more than once."""
        digests = [found.digest for found in self.inspections]
        return tuple(duplicate_groups(digests, self.usable.tolist()))

    @cached_property
    def blanks(self) -> tuple[int, ...]:
        """Rows of the usable pictures in which nothing is to be seen."""
        return tuple(row for row in self.usable.tolist() if self.inspections[row].is_blank)

    @cached_property
    def near_duplicates(self) -> tuple[NearDuplicate, ...]:
        """Pairs of usable pictures that look nearly the same, of duplicates only the first.

        Pictures in memory are not compared.
        """
        if isinstance(self.examples.pictures, np.ndarray):
            return ()
        return tuple(near_duplicates(self.inspections, self.usable.tolist(), self.duplicates))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What there is to say, the gravest first."""
        return tuple(findings_of(self))

    @property
    def stops(self) -> bool:
        """Whether nothing should be trained on this source as it is."""
        return any(finding.severity == STOPS for finding in stopping(self))

    def require_sound(self) -> None:
        """Raises `ValueError` if something stops a run; it names what, and the way out."""
        graves = [finding for finding in stopping(self) if finding.severity == STOPS]
        if graves:
            raise ValueError(error_text(self, graves))

    def __str__(self) -> str:
        return report(self)

    __repr__ = __str__

    def to_dict(self) -> dict[str, Any]:
        """Returns the audit as plain data, with all rows of its findings."""
        return {
            "source": self.source,
            "pictures": len(self.inspections),
            "usable": len(self.usable),
            "set_aside": len(self.set_aside),
            "stops": self.stops,
            "class_counts": self.class_counts,
            "imbalance": self.imbalance,
            "sizes": self.sizes._asdict() if self.sizes else None,
            "formats": dict(self.formats),
            "findings": [finding.to_dict() for finding in self.findings],
        }

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Writes the audit as JSON."""
        write_json(path, self.to_dict())

    def picture(self, path: str | os.PathLike[str] | None = None) -> "Figure | None":
        """Draws the nearest pairs of near duplicates beside each other.

        Args:
            path: Picture to write; its suffix says in which format. None writes none.

        Returns:
            A matplotlib figure, or None if there are no near duplicates.
        """
        return pairs_picture(self, path)
