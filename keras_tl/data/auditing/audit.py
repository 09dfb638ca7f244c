"""A look before training, at any source that data are loaded from."""

import os
from collections.abc import Sequence
from typing import Any

from keras_tl.data.auditing.audit_cache import AUTO, AuditCacheOption
from keras_tl.data.auditing.audit_examples import audit_examples
from keras_tl.data.auditing.result import Audit
from keras_tl.data.sources.columns import Given
from keras_tl.data.sources.options import SourceOptions
from keras_tl.data.sources.resolve import examples_of, name_of_source


def audit(
    source: Any,
    *,
    duplicates: str = "stop",
    class_names: Sequence[str] | None = None,
    columns: Given | None = None,
    multi_label: bool | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    download: bool = False,
    audit_cache: AuditCacheOption = AUTO,
) -> Audit:
    """Reads and decodes every picture of a source once, and says what it found.

    Files that cannot be used are named, as are duplicates and near duplicates, blank pictures and
    unequal classes. Nothing on disk is changed. `load_data` does the same before it divides the
    pictures; what was found here is remembered for it.

    Args:
        source: As for `load_data`.
        duplicates: `"stop"` if a content under two labels, or in two parts that the source gave,
            is to stop a run; `"allow"` if it is only to be noted.
        class_names: As for `load_data`, like `columns`, `multi_label` and `data_dir`.
        columns: Which columns of a table hold what.
        multi_label: What 0/1 rows with a single 1 mean.
        data_dir: Where TFDS keeps its data sets; where relative paths begin.
        download: Whether TFDS may fetch a data set.
        audit_cache: Directory that remembers what was found of files, by path, size and time;
            `"auto"` for the user's own, None for none.

    Returns:
        The audit: print it, `write` it as JSON, ask whether something `stops` a run, draw its
        `picture` of near duplicates.

    Raises:
        ValueError: If the source cannot be read at all.
    """
    options = SourceOptions(class_names, columns, multi_label, data_dir, download)
    examples, name = examples_of(source, options), name_of_source(source)
    return audit_examples(examples, duplicates=duplicates, audit_cache=audit_cache, source=name)
