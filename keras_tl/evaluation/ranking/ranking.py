"""A table of backbones and boundaries, the best first."""

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from keras_tl.evaluation.ranking.transfer_scores import SCORES
from keras_tl.foundation.checks import one_of
from keras_tl.foundation.files import write_csv, write_json
from keras_tl.foundation.tables import as_text, count, table


@dataclass(frozen=True)
class RankedBackbone:
    """A backbone that ends at a boundary, and what its pooled features are worth.

    Attributes:
        backbone: Its name in the ranking.
        boundary: The stage or block it ends at, for `build_classifier(..., boundary=)`.
        width: Number of pooled features.
        multiply_adds: Multiply-adds of one image up to there.
        scores: By name; one that could not be had is not among them.
    """

    backbone: str
    boundary: str
    width: int
    multiply_adds: int
    scores: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Returns the row as flat, plain data."""
        facts = {name: value for name, value in vars(self).items() if name != "scores"}
        return {**facts, **self.scores}


@dataclass(frozen=True)
class Ranking:
    """Backbones and boundaries, the best first; of equals, the one with fewer multiply-adds.

    Attributes:
        rows: One for each backbone and boundary.
        by: The score that orders them.
        train_images: Images that all scores look at; the linear probe learns from them.
        validation_images: Images that the linear probe is scored on.
    """

    rows: tuple[RankedBackbone, ...]
    by: str
    train_images: int
    validation_images: int

    @property
    def best(self) -> RankedBackbone:
        """The first row."""
        return self.rows[0]

    @property
    def scores(self) -> list[str]:
        """Names of the scores that some row has."""
        return [name for name in SCORES if any(name in row.scores for row in self.rows)]

    def sorted_by(self, score: str) -> "Ranking":
        """Returns the same rows ordered by another score; rows without it come last.

        Raises:
            ValueError: If no row has such a score; it names those that there are.
        """
        one_of("by", score, self.scores)

        def place(row: RankedBackbone) -> tuple[float, int]:
            return -row.scores.get(score, -math.inf), row.multiply_adds

        return replace(self, rows=tuple(sorted(self.rows, key=place)), by=score)

    def table(self) -> str:
        """Returns the ranking as a table."""
        facts = ("backbone", "boundary", "features#", "multiply-adds#")
        titles = [f"{SCORES[name].title}#" for name in self.scores]
        return as_text(table((*facts, *titles), map(self._cells, self.rows)))

    def _cells(self, row: RankedBackbone) -> list[object]:
        cells = [
            format(row.scores[name], SCORES[name].form) if name in row.scores else "-"
            for name in self.scores
        ]
        return [row.backbone, row.boundary, row.width, count(row.multiply_adds), *cells]

    def __str__(self) -> str:
        probe = f", the linear probe on {self.validation_images} validation images"
        return (
            f"{self.table()}\n  Best first by {self.by}. Scored on {self.train_images} training "
            f"images{probe if 'linear_probe' in self.scores else ''}; the test split is untouched."
        )

    def to_dict(self) -> list[dict[str, Any]]:
        """Returns the rows as plain data, in order."""
        return [row.to_dict() for row in self.rows]

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Writes the rows as a JSON list, in order."""
        write_json(path, self.to_dict())

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes the rows as CSV, in order; a score that a row lacks is left empty."""
        columns = [*(name for name in vars(self.best) if name != "scores"), *self.scores]
        write_csv(path, columns, self.to_dict(), end_of_row="\n")
