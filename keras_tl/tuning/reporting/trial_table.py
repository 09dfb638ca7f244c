"""The trials of a search as they run, and the table that stays when they are over."""

from collections.abc import Sequence
from types import TracebackType

from rich.console import Group, RenderableType
from rich.live import Live
from rich.progress import TaskID

from keras_tl.foundation import progress
from keras_tl.foundation.checks import one_of
from keras_tl.foundation.shown import one_line, shown, shown_score, shown_seconds
from keras_tl.foundation.tables import as_text
from keras_tl.tuning.records import RUNNING, TrialRecord
from keras_tl.tuning.reporting.ranking import DIRECTIONS, ranked, scored
from keras_tl.tuning.reporting.trial_grid import trial_grid

MOST_ROWS = 15
WIDTH = 110


class TrialTable:
    """Shows the trials of a search while they run, over a bar of what is left of the budget.

    On a terminal it is a live table: the best, the running and the latest trials. Elsewhere, as
    in logs and notebooks, each trial that ends is a line. The final table stays, also where the
    search breaks off.

    Args:
        direction: `"max"` if more is better, else `"min"`.
        objective: What the score is, such as `"val_accuracy"`.
        max_trials: The budget in trials; None if there is none.
        max_minutes: The budget in minutes; None if there is none.
        earlier: Trials of a search that goes on; those that have ended are not told again.
        show: Whether anything is shown.

    Raises:
        ValueError: If the direction is another.

    Example:
        with TrialTable(direction="max", max_trials=20) as display:
            display.update(records)
    """

    def __init__(
        self,
        *,
        direction: str,
        objective: str = "score",
        max_trials: int | None = None,
        max_minutes: float | None = None,
        earlier: Sequence[TrialRecord] = (),
        show: bool = True,
    ) -> None:
        self.direction = one_of("direction", direction, DIRECTIONS)
        self.objective = objective
        self.max_trials = max_trials
        self.max_minutes = max_minutes
        self.show = show
        self.records = tuple(earlier)
        self._told = {(record.number, record.status) for record in ended(earlier)}
        self._drawn: list[RenderableType] = []
        self._live: Live | None = None

    def __enter__(self) -> "TrialTable":
        console = progress.console
        if self.show and console.is_terminal and not console.is_dumb_terminal:
            self._budget = _Budget(self.max_trials, self.max_minutes, len(ended(self.records)))
            self._live = Live(get_renderable=self._drawing, console=console, transient=True)
            self._live.start()
            self.update(self.records)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        if self.show and self.records:
            console = progress.console
            width = min(WIDTH, console.width) if console.is_terminal else WIDTH
            grid = trial_grid(self.records, self.direction, self.objective, MOST_ROWS, width)
            progress.say(as_text(grid, width))

    def update(self, records: Sequence[TrialRecord]) -> None:
        """Shows trials.

        Args:
            records: All trials, those of before as well, in the order in which they began.
        """
        self.records = tuple(records)
        if self._live is not None:
            self._draw(self._live)
        elif self.show:
            self._tell()

    def _draw(self, live: Live) -> None:
        width = live.console.width
        grid = trial_grid(self.records, self.direction, self.objective, MOST_ROWS, width)
        self._drawn = [grid] if self.records else []
        self._budget.set_trials(len(ended(self.records)))
        live.refresh()

    def _drawing(self) -> RenderableType:
        return Group(*self._drawn, self._budget.bars())

    def _tell(self) -> None:
        for done, record in enumerate(ended(self.records), start=1):
            key = record.number, record.status
            if key not in self._told:
                self._told.add(key)
                progress.say(self._line(record, done))

    def _line(self, record: TrialRecord, done: int) -> str:
        budget = "" if self.max_trials is None else f"/{self.max_trials}"
        before = ended(self.records)[:done]
        is_best = record in scored(ranked(before, self.direction)[:1])
        score = f"{one_line(self.objective)} {shown_score(record.score)}"
        parts = [
            f"{done}{budget}",
            f"trial {one_line(record.number)}",
            record.status,
            *([score] if record.score is not None else []),
            *(["best so far"] if is_best else []),
            f"{shown_seconds(record.seconds)} s",
            *(f"{one_line(name)} {shown(value)}" for name, value in record.settings.items()),
            *(one_line(remark, None) for remark in (*record.notes, record.error) if remark),
        ]
        return "  ".join(parts)


class _Budget:
    """Bars over what a search may take; time goes on between trials.

    Args:
        max_trials: The budget in trials.
        max_minutes: The budget in minutes.
        done: How many trials have ended before.
    """

    def __init__(self, max_trials: int | None, max_minutes: float | None, done: int) -> None:
        self._bars = progress.bars()
        self._bars.speed_estimate_period = float("inf")
        self._trials = self._bars.add_task("Trials", total=max_trials, completed=done, note="")
        self._minutes: TaskID | None = None
        if max_minutes is not None:
            self._minutes = self._bars.add_task("Minutes", total=max_minutes, note="")

    def set_trials(self, done: int) -> None:
        """Takes note of how many trials have ended."""
        self._bars.update(self._trials, completed=done)

    def bars(self) -> RenderableType:
        """Returns the bars as they stand now."""
        if self._minutes is not None:
            elapsed = self._bars.tasks[-1].elapsed or 0.0
            self._bars.update(self._minutes, completed=elapsed / 60)
        return self._bars.get_renderable()


def ended(records: Sequence[TrialRecord]) -> list[TrialRecord]:
    """Returns the trials that do not run any more, completed or failed."""
    return [record for record in records if record.status != RUNNING]


def final_table(
    records: Sequence[TrialRecord],
    *,
    direction: str,
    objective: str = "score",
    most: int = MOST_ROWS,
    width: int = WIDTH,
) -> str:
    """Returns the best, the running and the latest trials as text.

    Args:
        records: Trials, in the order in which they began.
        direction: `"max"` if more is better, else `"min"`.
        objective: What the score is, as the heading of its column.
        most: How many trials are shown.
        width: Characters in a line; settings for which there is no room are named below.

    Raises:
        ValueError: If the direction is another.
    """
    return as_text(trial_grid(records, direction, objective, most, width), width)
