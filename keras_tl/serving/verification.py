"""The result of the gate: how an export compares with the model it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_tl.foundation.tables import as_text, table
from keras_tl.serving.measure import Measurement


@dataclass(frozen=True)
class Verification:
    """How an export compares with the model it was made from.

    Attributes:
        examples: Number of encoded images that both classified.
        label_agreement: Share of them with the same labels; below 1 only by ties.
        largest_difference: Largest difference between two probabilities.
        batch_difference: Largest difference between a picture alone and in a batch of others.
        repeat_difference: Largest difference between two calls with the same batch.
        tolerance: What was allowed of each difference.
        bad_images: What bytes that are no picture do, which was tried: `"nan"` costs them their
            row, `"raise"` the batch.
        accuracy: Share of right labels, where several classes may hold of right selections; None
            if there are no labels.
        measurement: Size and speed; None if not asked for.
    """

    examples: int
    label_agreement: float
    largest_difference: float
    batch_difference: float
    repeat_difference: float
    tolerance: float
    bad_images: str
    accuracy: float | None = None
    measurement: Measurement | None = None

    def to_dict(self) -> dict[str, Any]:
        """Returns the result as plain data."""
        measured = None if self.measurement is None else self.measurement.to_dict()
        return {**vars(self), "measurement": measured}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "Verification":
        """Returns the result that `to_dict` gave, as from the card in an export."""
        measured = saved["measurement"]
        found = None if measured is None else Measurement.from_dict(measured)
        return cls(**{**saved, "measurement": found})

    def __str__(self) -> str:
        allowed = f"(allowed {self.tolerance:.0e})"
        rows = [
            ("encoded images, in a fresh process without keras", f"{self.examples}"),
            ("same labels", f"{self.label_agreement:.1%}"),
            ("largest difference of probabilities", f"{self.largest_difference:.1e} {allowed}"),
            ("alone against in a batch", f"{self.batch_difference:.1e} {allowed}"),
            ("first against second call", f"{self.repeat_difference:.1e} {allowed}"),
            ("bytes that are no picture", _BAD[self.bad_images]),
            *([] if self.accuracy is None else [("accuracy", f"{self.accuracy:.1%}")]),
            *([] if self.measurement is None else self.measurement.rows()),
        ]
        return as_text(table(("export", "proven#"), rows))


_BAD = {"nan": "NaN in their row, as documented", "raise": "an error, as documented"}
