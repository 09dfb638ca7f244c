"""The result of the gate: how an export compares with the model it was made from."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keras_tl.foundation.tables import as_text, table
from keras_tl.serving.proving.measure import Measurement


@dataclass(frozen=True, kw_only=True)
class Verification:
    """How an export compares with the model it was made from.

    Attributes:
        examples: Number of pictures that both classified.
        label_agreement: Share of them with the same labels; below 1 only by ties, and where
            quantised.
        largest_difference: Largest difference between two probabilities.
        batch_difference: Largest difference between a picture alone and in a batch of others.
        repeat_difference: Largest difference between two calls with the same batch.
        tolerance: What was allowed of the first difference; None where quantised.
        to_itself: What was allowed of the other two.
        drop: Of a quantised export, the accuracy that it loses; without labels, the share of
            pictures that get another label than from the model.
        largest_drop: What was allowed of it.
        bad_images: What bytes that are no picture do, which was tried: `"nan"` costs them their
            row, `"raise"` the batch. None for a file, which takes decoded images.
        accuracy: Share of right labels, where several classes may hold of right selections; None
            if there are no labels.
        model_accuracy: The same of the model.
        measurement: Size and speed; None if not asked for.
    """

    examples: int
    label_agreement: float
    largest_difference: float
    batch_difference: float
    repeat_difference: float
    to_itself: float
    tolerance: float | None = None
    drop: float | None = None
    largest_drop: float | None = None
    bad_images: str | None = None
    accuracy: float | None = None
    model_accuracy: float | None = None
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
        rows = [
            ("pictures, in a fresh process without keras", f"{self.examples}"),
            ("same labels", f"{self.label_agreement:.1%}"),
            (
                "largest difference of probabilities",
                _difference(self.largest_difference, self.tolerance),
            ),
            ("alone against in a batch", _difference(self.batch_difference, self.to_itself)),
            ("first against second call", _difference(self.repeat_difference, self.to_itself)),
            *self._rows_where_they_apply(),
        ]
        return as_text(table(("export", "proven#"), rows))

    def _rows_where_they_apply(self) -> list[tuple[str, str]]:
        rows = []
        if self.bad_images is not None:
            rows.append(("bytes that are no picture", _BAD[self.bad_images]))
        if self.drop is not None:
            rows.append(
                ("lost to quantisation", f"{self.drop:.1%} (allowed {self.largest_drop:.1%})")
            )
        if self.accuracy is not None:
            rows.append(("accuracy of the model", f"{self.model_accuracy:.1%}"))
            rows.append(("accuracy of the export", f"{self.accuracy:.1%}"))
        return rows + ([] if self.measurement is None else self.measurement.rows())


_BAD = {"nan": "NaN in their row, as documented", "raise": "an error, as documented"}


def _difference(found: float, allowed: float | None) -> str:
    return f"{found:.1e}" + ("" if allowed is None else f" (allowed {allowed:.0e})")
