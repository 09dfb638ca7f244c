"""Where a phase begins to train and where its features are kept: what pays, and why not.

Work is counted in multiply-adds, which the chain knows before anything has run. A training image
costs the forward pass and, for each layer that gradients go through, twice as much again. Reading
from disk is turned into multiply-adds by what the machine was measured to do.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from keras_tl.caching.machine import Machine
from keras_tl.foundation.tables import size
from keras_tl.structure.boundaries import Boundary

WORTH_IT = 0.05


@dataclass(frozen=True)
class Option:
    """A boundary that a phase can begin at.

    Attributes:
        boundary: Where.
        name: What it is called in sentences, such as `"stage4"`: what comes after it.
        work: Multiply-adds before it, for one image.
        bytes: What is stored for one image.
        stored_in: Where the features of all images lie already, `"memory"` or `"disk"`; else empty.
    """

    boundary: Boundary
    name: str
    work: int
    bytes: int
    stored_in: str = ""


@dataclass(frozen=True)
class Need:
    """What a phase is going to do.

    Attributes:
        epochs: How many.
        train: Images in an epoch.
        validation: Images that each epoch is validated on.
        stored: Images that would be stored, all views of them.
        total: Multiply-adds of a forward pass of one image.
        options: Where it can begin, the shallowest first.
        obstacle: Why it can begin nowhere, if it cannot.
    """

    epochs: int
    train: int
    validation: int
    stored: int
    total: int
    options: Sequence[Option]
    obstacle: str = "nothing before the first trained layer to store"

    @property
    def work(self) -> float:
        """Multiply-adds of the phase without a cache."""
        after = self.total - max((option.work for option in self.options), default=0)
        forward = (self.train + self.validation) * self.total
        return self.epochs * (forward + 2 * self.train * after)

    @property
    def reads(self) -> int:
        """Images that are read over all epochs."""
        return self.epochs * (self.train + self.validation)


@dataclass(frozen=True)
class Room:
    """Bytes that features may take."""

    memory: int
    disk: int

    def for_bytes(self, needed: int) -> str:
        """Returns `"memory"` or `"disk"`, whichever has room first; empty if neither has."""
        if needed <= self.memory:
            return "memory"
        return "disk" if needed <= self.disk else ""

    def without(self, storage: str, taken: int) -> "Room":
        """Returns what is left when that much is taken."""
        return Room(
            self.memory - taken * (storage == "memory"), self.disk - taken * (storage == "disk")
        )


@dataclass(frozen=True)
class Decision:
    """Where a phase begins to train.

    Attributes:
        option: The boundary; None if the whole model runs.
        storage: `"memory"` or `"disk"`.
        saved: Multiply-adds saved over the phase; the pass that fills is not counted.
        stored_bytes: What is stored.
        reason: In words.
    """

    option: Option | None
    storage: str = ""
    saved: float = 0.0
    stored_bytes: int = 0
    reason: str = ""

    @property
    def position(self) -> int:
        """The position of the boundary; 0 if the whole model runs."""
        return self.option.boundary.position if self.option else 0

    @property
    def work(self) -> int:
        """Multiply-adds before the boundary, for one image."""
        return self.option.work if self.option else 0

    @property
    def name(self) -> str:
        """What comes after the boundary."""
        return self.option.name if self.option else ""

    @property
    def is_stored(self) -> bool:
        """Whether the features lie there already."""
        return self.option is not None and bool(self.option.stored_in)

    def work_of_filling(self, need: Need) -> int:
        """Returns the multiply-adds of the pass that stores what is not stored yet."""
        return 0 if self.is_stored else need.stored * self.work


def choose(
    needs: Sequence[Need], room: Room, machine: Machine, *, worth: float = WORTH_IT
) -> list[Decision]:
    """Returns what pays for phases that one pass over the images can fill for.

    Each phase begins where it saves most and where there is room; phases that begin at the same
    boundary share what is stored.

    Args:
        needs: What the phases are going to do.
        room: Bytes that features may take.
        machine: What reading and writing cost.
        worth: Share of all work that has to be saved, the pass that fills included, for anything
            to be stored at all.
    """
    decisions: list[Decision] = []
    for need in needs:
        decision = _best(need, room, machine, {d.position: d.storage for d in decisions})
        if not decision.is_stored and decision.position not in [d.position for d in decisions]:
            room = room.without(decision.storage, decision.stored_bytes)
        decisions.append(decision)
    filled = max(d.work_of_filling(need) for need, d in zip(needs, decisions, strict=True))
    saved = sum(decision.saved for decision in decisions) - filled
    total = max(sum(need.work for need in needs), 1)
    if saved >= worth * total:
        return decisions
    return [_not_worth_it(decision, saved / total) for decision in decisions]


def _best(need: Need, room: Room, machine: Machine, kept: Mapping[int, str]) -> Decision:
    """Returns the boundary that saves most of a phase's work.

    `kept` says by position where other phases will have stored features already.
    """
    if not need.options:
        return Decision(None, reason=need.obstacle)
    found = [_weighed(need, option, room, machine, kept) for option in need.options]
    possible = [decision for decision in found if decision.storage]
    if possible:
        return max(possible, key=lambda d: (d.saved - d.work_of_filling(need), d.saved))
    least = min(found, key=lambda decision: decision.stored_bytes)
    return replace(
        least,
        option=None,
        saved=0.0,
        reason=f"{least.name} would need {size(least.stored_bytes)}, and there is room for "
        f"{size(room.memory)} in memory and {size(room.disk)} on disk",
    )


def _weighed(
    need: Need, option: Option, room: Room, machine: Machine, kept: Mapping[int, str]
) -> Decision:
    """Returns what a boundary would save; without storage where there is no room for it."""
    needed = need.stored * option.bytes
    storage = option.stored_in or kept.get(option.boundary.position) or room.for_bytes(needed)
    saved = need.reads * float(option.work)
    if storage == "disk":
        saved -= machine.work_of_reading(need.reads * option.bytes)
        saved -= 0 if option.stored_in else machine.work_of_writing(needed)
    where = f"{size(needed)} {'in memory' if storage == 'memory' else 'on disk'}"
    return Decision(
        option,
        storage,
        saved,
        needed,
        f"features in front of {option.name}, {where}, save {saved / max(need.work, 1):.0%} of the "
        "work",
    )


def _not_worth_it(decision: Decision, saved: float) -> Decision:
    """Returns the decision to store nothing, with the share of all work that it would save."""
    if decision.option is None:
        return decision
    reason = (
        f"{decision.name} would need {size(decision.stored_bytes)} for {max(saved, 0.0):.0%} of "
        "the work of all phases"
    )
    return Decision(None, reason=reason)
