"""The settings of one trial, and the phases that they mean."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from keras_tl.structure.kinds import TRAINABLE_KINDS
from keras_tl.structure.plan import Plan, Selection
from keras_tl.training.phases import Phase
from keras_tl.training.recipe import Recipe

Phases = tuple[Phase, ...]


@dataclass(frozen=True)
class Settings:
    """What one trial does after the shared probe. The attributes are those of `SearchSpace`."""

    backbone: str
    boundary: str | None = None
    head: str = "linear"
    trainable_stages: int = 0
    recipe: str = "lp-ft"
    head_rate: float = 1e-3
    backbone_rate: float = 1e-4
    layer_decay: float = 1.0
    dropout: float = 0.0
    label_smoothing: float = 0.0
    augment: str = "none"
    granularity: str = "stage"

    @classmethod
    def of(cls, values: Mapping[str, Any], **fixed: Any) -> "Settings":
        """Returns the settings that a trial's values mean; values of others are passed over."""
        names = {f.name for f in fields(cls)}
        found = {k: v for k, v in {**plain(values), **fixed}.items() if k in names}
        boundary = found.get("boundary")
        return cls(**{**found, "boundary": None if boundary == "end" else boundary})

    def to_recipe(self, epochs: int, *, is_going_on: bool = False) -> Recipe:
        """Returns the phases after the probe.

        Args:
            epochs: Of all phases together.
            is_going_on: Whether an earlier trial unfroze everything already.
        """
        is_thawed = is_going_on and self.recipe == "gradual-unfreezing"
        row = self.recipe if self.trainable_stages and not is_thawed else "lp-ft"
        return Recipe(self.recipe, RECIPES[row](self, epochs))

    def plan(self, stages: int, kinds: Sequence[str] = TRAINABLE_KINDS) -> Plan:
        """Returns the plan that trains the head and the last `stages` pieces before it.

        The last piece of the backbone learns at `backbone_rate`, each before it `layer_decay`
        times as fast as the one after it.
        """
        head = Selection(-1)
        if not stages:
            return Plan((head,), granularity=self.granularity)
        ratio = self.backbone_rate / self.head_rate / self.layer_decay
        decay = self.layer_decay
        body = Selection(-1 - stages, -1, kinds=tuple(kinds), rate=ratio, decay=decay)
        policy = "frozen" if "kernel" in kinds else "affine"
        return Plan((head, body), policy, self.granularity)


def scoped(name: str, where: Sequence[str]) -> str:
    """Returns what a setting is called that is another one for each backbone or boundary.

    KerasTuner loses values where one name stands under two conditions.
    """
    return f"{name} ({', '.join(where)})" if where else name


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns values by the plain names of their settings."""
    return {name.split(" (")[0]: value for name, value in values.items()}


def at_once(settings: Settings, epochs: int) -> Phases:
    """Everything that is to train, from the probe on. Kumar et al., 2022, arXiv:2202.10054."""
    return (_phase("fine-tuning", settings.plan(settings.trainable_stages), epochs, settings),)


def gradually(settings: Settings, epochs: int) -> Phases:
    """One piece more each phase. Howard and Ruder, 2018, arXiv:1801.06146.

    With fewer epochs than pieces some phases thaw several.
    """
    count = min(settings.trainable_stages, epochs)
    tops = [-(-settings.trainable_stages * (i + 1) // count) for i in range(count)]
    shares = [epochs * (i + 1) // count - epochs * i // count for i in range(count)]
    return tuple(
        _phase(f"top {top}", settings.plan(top), share, settings)
        for top, share in zip(tops, shares, strict=True)
    )


def norms(settings: Settings, epochs: int) -> Phases:
    """Of the backbone only scale and shift of norms. Frankle et al., 2020, arXiv:2003.00152."""
    plan = settings.plan(settings.trainable_stages, ["norm"])
    return (_phase("norms", plan, epochs, settings),)


RECIPES: dict[str, Callable[[Settings, int], Phases]] = {
    "lp-ft": at_once,
    "gradual-unfreezing": gradually,
    "norm-only": norms,
}
"""The ways to go on from a probe; one row a name in a search space."""


def _phase(name: str, plan: Plan, epochs: int, settings: Settings) -> Phase:
    return Phase(name, plan, epochs, settings.head_rate, schedule="cosine")
