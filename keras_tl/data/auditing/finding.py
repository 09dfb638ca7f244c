"""What an audit has to say, with rows for a table and a way out."""

from dataclasses import dataclass
from typing import Any

STOPS = "stops"
SET_ASIDE = "set aside"
NOTED = "noted"


@dataclass(frozen=True)
class Finding:
    """One kind of thing that was found.

    Attributes:
        kind: In a word or two, the same in every audit, such as `"near duplicates"`.
        severity: `"stops"` if nothing is trained because of it, `"set aside"` if it costs these
            files, `"noted"` if it costs nothing.
        what: In a sentence, with the number.
        columns: What the rows hold; a name that ends in `#` is that of a number.
        rows: The places where it was found, all of them, names first.
        way_out: What can be done.
    """

    kind: str
    severity: str
    what: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    way_out: str

    def to_dict(self) -> dict[str, Any]:
        """Returns the finding as plain data, each row by its columns."""
        keys = [column.removesuffix("#") for column in self.columns]
        rows = [dict(zip(keys, row, strict=True)) for row in self.rows]
        facts = {name: vars(self)[name] for name in ("kind", "severity", "what", "way_out")}
        return {**facts, "rows": rows}


def plural(number: int, noun: str) -> str:
    """Returns such as `1 picture` or `2,000 pictures`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
