"""What may be said about a source beside its name."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras_tl.data.sources.columns import Given


@dataclass(frozen=True)
class SourceOptions:
    """How a source is to be understood, and where it lies.

    Attributes:
        class_names: Names in the order of the labels.
        columns: Which columns of a table hold what: `"path"`, `"label"`, `"group"`, `"split"`.
        multi_label: What labels of 0/1 rows mean if each holds a single 1: one class an image
            (False), or several that may hold at once (True).
        data_dir: Where TFDS keeps its data sets; where relative paths of a table or list begin.
        download: Whether TFDS may fetch a data set.
    """

    class_names: Sequence[str] | None = None
    columns: Given | None = None
    multi_label: bool | None = None
    data_dir: str | os.PathLike[str] | None = None
    download: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Returns what the examples follow from, as plain data, as far as it was said."""
        said = {
            "class_names": None if self.class_names is None else list(map(str, self.class_names)),
            "columns": None if self.columns is None else dict(self.columns),
            "multi_label": self.multi_label,
            "data_dir": None if self.data_dir is None else str(self.data_dir),
        }
        return {name: value for name, value in said.items() if value is not None}
