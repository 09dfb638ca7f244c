"""How large and how fast an export is, on this machine."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keras_tl.foundation.tables import size

BATCH_SIZES = (1, 8, 32)


@dataclass(frozen=True)
class Measurement:
    """What an export costs, from what it takes to its outputs.

    Attributes:
        bytes: Size of the artefact on disk.
        cold_start: Seconds from the beginning of loading to the first answer, the runtime imported.
        latency: Median seconds of a request of one picture.
        latency_p95: Its 95th percentile.
        throughput: Images a second, by batch size.
    """

    bytes: int
    cold_start: float
    latency: float
    latency_p95: float
    throughput: dict[int, float]

    def rows(self) -> list[tuple[str, str]]:
        """Returns rows of a table, what and how much."""
        return [
            ("size on disk", size(self.bytes)),
            ("cold start", f"{self.cold_start:.2f} s"),
            ("latency, one image", f"{self.latency * 1e3:.1f} ms"),
            ("latency, 95th percentile", f"{self.latency_p95 * 1e3:.1f} ms"),
            *(
                (f"throughput, batch of {number}", f"{rate:.1f} images/s")
                for number, rate in self.throughput.items()
            ),
        ]

    def to_dict(self) -> dict[str, Any]:
        """Returns the measurement as plain data, in bytes, seconds and images a second."""
        rates = {str(number): rate for number, rate in self.throughput.items()}
        return {**vars(self), "throughput": rates}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "Measurement":
        """Returns the measurement that `to_dict` gave."""
        rates = {int(number): rate for number, rate in saved["throughput"].items()}
        return cls(**{**saved, "throughput": rates})


def measurement(artefact: Path, seconds: dict[str, np.ndarray]) -> Measurement:
    """Sums up the seconds that `served.serve` gives."""
    one = seconds["1"]
    return Measurement(
        bytes_of(artefact),
        float(seconds["cold_start"]),
        float(np.median(one)),
        float(np.quantile(one, 0.95)),
        {number: number / float(np.median(seconds[str(number)])) for number in BATCH_SIZES},
    )


def bytes_of(artefact: Path) -> int:
    """Returns the size of a file, or of all files in a directory, in bytes."""
    files = artefact.rglob("*") if artefact.is_dir() else [artefact]
    return sum(file.stat().st_size for file in files if file.is_file())
