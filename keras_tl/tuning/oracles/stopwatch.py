"""Seconds that are counted in several stretches."""

from time import monotonic


class Stopwatch:
    """Counts seconds between `start` and `stop`, on top of those before.

    Args:
        seconds: What was counted before.
    """

    def __init__(self, seconds: float = 0.0) -> None:
        self._before = seconds
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """What was counted until now."""
        return self._before + (0.0 if self._since is None else monotonic() - self._since)

    def start(self) -> None:
        """Begins to count; without effect while it counts."""
        if self._since is None:
            self._since = monotonic()

    def stop(self) -> None:
        """Ends counting, until `start` is called again."""
        self._before, self._since = self.seconds, None
