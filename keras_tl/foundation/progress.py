"""The one console and the one look of progress bars."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from keras_tl.foundation.checks import one_of

Item = TypeVar("Item")

console = Console(highlight=False)
error_console = Console(highlight=False, stderr=True)


def say(text: str) -> None:
    """Prints text as it is: no markup, no wrapping of wide tables."""
    console.print(text, markup=False, soft_wrap=True)


def is_shown(verbose: str | int) -> bool:
    """Tells whether progress is shown: `"auto"` and 1 show it, 0 does not.

    Raises:
        ValueError: If `verbose` is something else.
    """
    one_of("verbose", verbose, ("auto", 0, 1))
    return verbose != 0


def bars(*, show: bool = True) -> Progress:
    """Returns a progress display: what is happening, how far it is, how long it will take."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
        transient=True,
        disable=not show,
    )


def track(items: Iterable[Item], description: str, total: int, *, show: bool) -> Iterator[Item]:
    """Yields `items` under a progress bar of `total` units."""
    with bars(show=show) as display:
        task = display.add_task(description, total=total, note="")
        for item in items:
            yield item
            display.advance(task)
