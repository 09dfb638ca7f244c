"""What a division gives to each part, and what it fails to give."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from keras_tl.data.parts import PARTS
from keras_tl.data.splitting.population import Population
from keras_tl.data.splitting.stratified import SMALLEST_CLASS

_SHOWN = 10


def shares_reached(population: Population, parts: np.ndarray) -> str:
    """Returns what share each part came to: `train 70.1 % (701 images, 35 groups), ...`."""
    lines = []
    for part in PARTS:
        rows = parts == part
        images = f"{rows.sum():,} images"
        if population.groups is not None:
            images += f", {len(np.unique(population.groups[rows])):,} groups"
        lines.append(f"{part} {rows.mean():.1%} ({images})".replace("%", " %"))
    return ", ".join(lines)


def warnings_about(
    population: Population, parts: np.ndarray, class_names: Sequence[str]
) -> list[str]:
    """Returns what a reader must know of a division: classes that a part lacks, divided groups.

    Args:
        population: The examples.
        parts: `(examples,)` the part of each; a part without examples is not asked for.
        class_names: Names in the order of the labels.
    """
    lacking = _lacking(_counts(population.labels, parts, len(class_names)))
    named = {
        lost: _listed([class_names[number] for number in numbers])
        for lost, numbers in lacking.items()
    }
    return [*(_about(lost, names) for lost, names in named.items()), *_torn(population, parts)]


def _counts(labels: np.ndarray, parts: np.ndarray, classes: int) -> dict[str, np.ndarray]:
    """Returns the examples of each class, `(classes,)`, in each part that has any."""

    def count(chosen: np.ndarray) -> np.ndarray:
        if chosen.ndim == 2:
            return chosen.sum(axis=0)
        return np.bincount(chosen, minlength=classes)

    return {part: count(labels[parts == part]) for part in PARTS if part in parts}


def _lacking(counts: dict[str, np.ndarray]) -> dict[tuple[str, ...], list[int]]:
    """Returns the classes by the parts that lack them."""
    lacking: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, of_class in enumerate(zip(*counts.values(), strict=True)):
        lost = tuple(part for part, count in zip(counts, of_class, strict=True) if not count)
        if len(lost) == len(counts):
            lacking[PARTS].append(number)
        elif lost:
            lacking[("train",) if "train" in lost else lost].append(number)
    return lacking


def _about(lost: tuple[str, ...], names: str) -> str:
    if lost == PARTS:
        return f"Classes without a usable image: {names}."
    if lost == ("train",):
        return (
            f"Classes without training images: {names}. The model cannot learn them; give them "
            "training images or take them out."
        )
    return (
        f"Classes without {' and '.join(lost)} images: {names}. Nothing is known about them "
        f"there; it takes {SMALLEST_CLASS} different images of a class to have some in every part."
    )


def _torn(population: Population, parts: np.ndarray) -> list[str]:
    """Says which groups a source has in several parts."""
    if population.groups is None:
        return []
    pairs = {(str(group), str(part)) for group, part in zip(population.groups, parts, strict=True)}
    parts_of = defaultdict(list)
    for group, part in sorted(pairs):
        parts_of[group].append(part)
    torn = [f"{group} ({', '.join(found)})" for group, found in parts_of.items() if len(found) > 1]
    return [f"Groups in several parts, as the source has them: {_listed(torn)}."] if torn else []


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
