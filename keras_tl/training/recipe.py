"""A recipe: phases one after the other, as data that can be printed, edited and run."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from keras_tl.foundation.checks import known_keys
from keras_tl.foundation.files import read_yaml, write_yaml
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

    def adjusted(
        self, *, epochs: int | Sequence[int] | None = None, learning_rate: float | None = None
    ) -> "Recipe":
        """Returns the recipe with other epochs or another rate.

        Args:
            epochs: Epochs of each phase: one number, or one a phase; None keeps them.
            learning_rate: Rate of the first phase; those of later phases keep their ratio to it.

        Raises:
            ValueError: If `epochs` are not as many as phases, or a phase cannot have them or the
                rate.
        """
        counts = list(epochs) if isinstance(epochs, Sequence) else [epochs] * len(self)
        if len(counts) != len(self):
            raise ValueError(
                f"`epochs` must be one number or one a phase; {self.name!r} has {len(self)}. "
                f"Received: epochs={epochs!r}"
            )
        factor = 1.0 if learning_rate is None else learning_rate / self.phases[0].learning_rate
        phases = (
            replace(
                phase,
                epochs=phase.epochs if count is None else count,
                learning_rate=phase.learning_rate * factor,
            )
            for phase, count in zip(self, counts, strict=True)
        )
        return Recipe(self.name, tuple(phases))

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
