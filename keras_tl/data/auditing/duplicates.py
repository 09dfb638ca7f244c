"""Pictures that are the same under several names: exact duplicates, by digests of their content."""

from collections.abc import Hashable, Sequence

Pair = tuple[int, int]


def duplicate_groups(digests: Sequence[str], rows: Sequence[int]) -> list[tuple[int, ...]]:
    """Returns, for each content that several pictures among `rows` have, their rows."""
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(digests[row], []).append(row)
    return [tuple(group) for group in found.values() if len(group) > 1]


def pairs_of(groups: Sequence[Sequence[int]]) -> list[Pair]:
    """Returns each further picture of a group with the first one."""
    return [(group[0], row) for group in groups for row in group[1:]]


def without_copies(rows: Sequence[int], groups: Sequence[Sequence[int]]) -> list[int]:
    """Returns `rows` without the further pictures of each group."""
    copies = {row for group in groups for row in group[1:]}
    return [row for row in rows if row not in copies]


def disagreeing(groups: Sequence[Sequence[int]], keys: Sequence[Hashable]) -> list[Pair]:
    """Returns pairs of duplicates that stand under different keys, such as labels or parts.

    In each group the first picture of each further key, with the first of all.
    """
    found = []
    for group in groups:
        first_of = {keys[row]: row for row in reversed(group)}
        found += [(group[0], row) for row in sorted(first_of.values()) if row != group[0]]
    return found
