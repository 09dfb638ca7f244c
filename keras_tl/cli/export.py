"""`keras-tl export`: a proven SavedModel, LiteRT or ONNX file from a trained model."""

from pathlib import Path
from typing import Annotated, Any

import typer

from keras_tl.cli.quiet import held_stderr, start_keras
from keras_tl.cli.server import ask_command, serve_command
from keras_tl.foundation.checks import one_of
from keras_tl.foundation.progress import console, say

NAME = "export"
EXPORTS = {
    "saved_model": "export_saved_model",
    "head": "export_head",
    "litert": "export_litert",
    "onnx": "export_onnx",
}


def run(
    model: Annotated[Path, typer.Argument(help="A `.keras` file, or the directory of a run.")],
    out: Annotated[
        Path, typer.Argument(help="Directory to write, such as export/1, or a .tflite or .onnx.")
    ],
    verify_on: Annotated[
        Path, typer.Option(help="Pictures on which the export must answer as the model does.")
    ],
    file_format: Annotated[
        str, typer.Option("--format", help="saved_model, head, litert or onnx.")
    ] = "saved_model",
    precision: Annotated[
        str, typer.Option(help="Of litert: float32, float16, dynamic or int8.")
    ] = "float32",
    representative: Annotated[
        Path | None, typer.Option(help="For int8: typical pictures, such as those of training.")
    ] = None,
    largest_drop: Annotated[
        float | None, typer.Option(help="What dynamic and int8 may lose; 0.02 is 2 % of labels.")
    ] = None,
    measure: Annotated[bool, typer.Option(help="Measure size and speed as well.")] = True,
) -> None:
    """Export a trained model as a SavedModel that takes encoded pictures, or as a file."""
    one_of("format", file_format, EXPORTS)
    options = _options(file_format, precision, representative, largest_drop)
    start_keras()
    import keras_tl as ktl
    from keras_tl.serving.card_file import read_card

    classifier = ktl.load_classifier(model)
    pictures = _pictures(verify_on)
    with console.status("Exporting, and proving the export in a fresh process"), held_stderr():
        path = getattr(ktl, EXPORTS[file_format])(
            classifier, out, verify_on=pictures, measure=measure, **options
        )
    proof = ktl.Verification.from_dict(read_card(path)["verification"])
    say(f"{proof}\nProven on {proof.examples} pictures: {path}")
    _say_what_next(file_format, path)


def _options(
    file_format: str, precision: str, representative: Path | None, largest_drop: float | None
) -> dict[str, Any]:
    """Returns the options that the format has; raises `ValueError` if others were given."""
    typical = None if representative is None else _pictures(representative)
    given = {"precision": precision, "representative": typical, "largest_drop": largest_drop}
    usual = {"precision": "float32", "representative": None, "largest_drop": None}
    changed = {name: value for name, value in given.items() if value != usual[name]}
    if changed and file_format != "litert":
        raise ValueError(
            f"`{next(iter(changed))}` must be left out, except with --format litert. "
            f"Received: format={file_format!r}"
        )
    return changed


def _pictures(source: Path) -> list[Path]:
    from keras_tl.data.sources.folder import pictures_in

    return pictures_in(source) if source.is_dir() else [source]


def _say_what_next(file_format: str, path: Path) -> None:
    if path.is_dir():
        parent = path.resolve().parent
        say(f"Serve\n  {serve_command(parent, parent.name)}")
        if file_format == "saved_model":
            say(f"Ask\n  {ask_command(parent.name)}")
        return
    from keras_tl.serving import snippets

    program = Path(snippets.__path__[0], f"label_with_{file_format}.py")
    say(f"Label a picture\n  python {program} {path} PICTURE")
