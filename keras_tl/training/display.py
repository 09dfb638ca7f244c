"""One progress display over all phases of a run."""

import contextlib
from collections.abc import Iterator
from typing import Any

import keras
from rich.progress import Progress, TaskID

from keras_tl.foundation.progress import bars, say


class TrainingDisplay:
    """Shows phase, epoch, rate of progress and the latest metrics; silent if told so.

    Args:
        show: Whether anything is printed.
    """

    def __init__(self, *, show: bool) -> None:
        self.show = show

    def say(self, text: str) -> None:
        """Prints a line or a table."""
        if self.show:
            say(text)

    @contextlib.contextmanager
    def phase(self, title: str) -> Iterator[list[keras.callbacks.Callback]]:
        """Yields the callback that shows a phase; its bar goes also if the phase breaks off."""
        bar = bars(show=self.show)
        try:
            yield [_PhaseBar(title, bar)] if self.show else []
        finally:
            bar.stop()


class _PhaseBar(keras.callbacks.Callback):
    def __init__(self, title: str, bar: Progress) -> None:
        super().__init__()
        self.title = title
        self.bar = bar

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        self.first: int | None = None
        self.task: TaskID = self.bar.add_task(self.title, total=None, note="")
        self.bar.start()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.first = epoch if self.first is None else self.first
        self.done = (epoch - self.first) * self.params["steps"]
        total = (self.params["epochs"] - self.first) * self.params["steps"]
        title = f"{self.title}, epoch {epoch + 1}/{self.params['epochs']}"
        self.bar.update(self.task, description=title, total=total)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        self.bar.update(self.task, completed=self.done + batch + 1)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        self.bar.update(self.task, note=metrics_line(logs or {}))


def metrics_line(metrics: dict[str, Any]) -> str:
    """Returns metrics as one line, such as `loss 0.31  accuracy 0.92`."""
    return "  ".join(f"{name} {value:.3g}" for name, value in metrics.items())
