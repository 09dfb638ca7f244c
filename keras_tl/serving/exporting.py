"""What every export does, whatever its format: written, described, proven, and only then named."""

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras

from keras_tl.foundation.files import leftovers, replacing
from keras_tl.serving.card_file import write_card
from keras_tl.serving.proving.allowance import Allowance
from keras_tl.serving.proving.proof_images import VerifyOn
from keras_tl.serving.proving.prove import prove
from keras_tl.serving.proving.reference import reference

Writer = Callable[[Path], None]


def export_proven(
    model: keras.Model,
    path: Path,
    write: Writer,
    card: Mapping[str, Any],
    allowance: Allowance,
    *,
    verify_on: VerifyOn | None,
    measure: bool,
) -> Path:
    """Writes an export under a temporary name, proves it, and gives it its name.

    Args:
        model: The classifier.
        path: Where the export goes.
        write: Writes it, without its card, to the path that it is given.
        card: What the export says about itself; the proof is added.
        allowance: How far the export may be off.
        verify_on: A split, or paths of pictures. None warns, on behalf of the caller's caller.
        measure: Whether to measure size and speed for the card.

    Raises:
        ExportError: If the export does not do what the model does; nothing is left at `path`.
        OSError: If it cannot be written; nothing is left at `path`.
        ValueError: If no picture of `verify_on` can be read.
    """
    expected = None if verify_on is None else reference(model, verify_on)
    _tell_of_leftovers(path)
    with replacing(path) as temporary:
        write(temporary)
        write_card(temporary, {**card, "verification": None})
        if expected is None:
            warnings.warn(f"{str(path)!r} is exported unproven: no `verify_on`.", stacklevel=3)
        else:
            proof = prove(temporary, model, expected, allowance, measure=measure)
            write_card(temporary, {**card, "verification": proof.to_dict()})
    return path


def _tell_of_leftovers(path: Path) -> None:
    found = leftovers(path)
    if found:
        warnings.warn(
            f"{str(found[0])!r} is half an export to {str(path)!r} that was killed, or is still "
            "running. If none is, remove it.",
            stacklevel=4,
        )
