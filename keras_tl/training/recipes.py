"""Recipes: named sequences of phases, as data that can be printed, edited and run."""

import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keras_tl.foundation.checks import known_keys, one_of
from keras_tl.foundation.files import read_yaml, write_yaml
from keras_tl.structure.plan import Plan
from keras_tl.training.phases import Phase


@dataclass(frozen=True)
class Recipe:
    """A tuple of phases with a name.

    Attributes:
        name: What it is called.
        phases: The phases, in order.
    """

    name: str
    phases: tuple[Phase, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "phases", tuple(self.phases))
        if not self.phases:
            raise ValueError("`phases` must hold at least one phase. Received: phases=()")

    def __iter__(self) -> Iterator[Phase]:
        return iter(self.phases)

    def __len__(self) -> int:
        return len(self.phases)

    def to_dict(self) -> dict[str, Any]:
        """Returns the recipe as plain data."""
        return {"name": self.name, "phases": [phase.to_dict() for phase in self.phases]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Recipe":
        """Returns the recipe that `to_dict` gave; unknown keys are a `ValueError`."""
        known_keys("recipe", data, ("name", "phases"))
        return cls(data.get("name", "custom"), tuple(map(Phase.from_dict, data["phases"])))

    def to_file(self, path: str | os.PathLike[str]) -> None:
        """Writes the recipe as YAML."""
        write_yaml(path, self.to_dict())

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> "Recipe":
        """Reads a recipe from YAML.

        Raises:
            ValueError: If it is no recipe, or has an unknown key; it suggests the nearest.
        """
        data = read_yaml(path)
        if not isinstance(data, dict) or not isinstance(data.get("phases"), list):
            raise ValueError(
                f"`path` must be a recipe: a mapping with `name` and a list `phases`. "
                f"Received: path={str(path)!r}"
            )
        return cls.from_dict(data)


def linear_probe(
    *, epochs: int = 20, learning_rate: float = 1e-3, patience: int | None = 5
) -> tuple[Phase, ...]:
    """Trains the head on a frozen backbone (Kornblith et al., 2019, arXiv:1805.08974)."""
    plan = Plan.freeze_to(-1)
    return (Phase("linear probe", plan, epochs, learning_rate, patience=patience),)


def lp_ft(
    *,
    epochs: int | tuple[int, int] = (10, 10),
    learning_rate: float = 1e-3,
    fine_tuning_rate: float | None = None,
    patience: int | None = 5,
    batch_norm: str = "frozen",
) -> tuple[Phase, ...]:
    """Trains the head first, then everything from there (Kumar et al., 2022, arXiv:2202.10054).

    `fine_tuning_rate` is a tenth of `learning_rate` unless it is given.
    """
    probing, tuning = (epochs, epochs) if isinstance(epochs, int) else epochs
    rate = learning_rate / 10 if fine_tuning_rate is None else fine_tuning_rate
    everything = Plan.freeze_to(0, batch_norm=batch_norm)
    return (
        Phase("linear probe", Plan.freeze_to(-1), probing, learning_rate, patience=patience),
        Phase("fine-tuning", everything, tuning, rate, schedule="cosine", patience=patience),
    )


RECIPES: dict[str, Callable[..., tuple[Phase, ...]]] = {
    "linear-probe": linear_probe,
    "lp-ft": lp_ft,
}


def recipe(name: str, **options: Any) -> Recipe:
    """Returns a recipe by name.

    Args:
        name: `"linear-probe"` or `"lp-ft"`.
        **options: `epochs`, `learning_rate`, `patience`; for `"lp-ft"` also `fine_tuning_rate`
            and `batch_norm`, and `epochs` may be a pair.

    Raises:
        ValueError: On an unknown name or option, with the nearest known one.
    """
    make = RECIPES[one_of("recipe", name, RECIPES)]
    known_keys("options", options, inspect.signature(make).parameters)
    return Recipe(name, make(**options))
