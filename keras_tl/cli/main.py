"""The command `keras-tl`: one file a command, each imported when it runs."""

import sys

import typer

from keras_tl.cli import (
    audit,
    backbones,
    cache,
    calibrate,
    check_transfer,
    compare,
    doctor,
    evaluate,
    explain,
    export,
    look,
    predict,
    recommend,
    report,
    search,
    stages,
    train,
    verify,
)
from keras_tl.foundation.progress import error_console
from keras_tl.serving.extras import MissingExtraError

app = typer.Typer(
    name="keras-tl",
    help="Transfer learning for Keras: from your pictures to a served classifier.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for command in (
    audit,
    look,
    recommend,
    train,
    search,
    evaluate,
    predict,
    explain,
    calibrate,
    report,
    export,
    verify,
    compare,
    check_transfer,
    stages,
    backbones,
    doctor,
):
    app.command(command.NAME)(command.run)
app.add_typer(cache.app)


def main() -> None:
    """Runs the command line; mistakes of the user end in one message, not in a traceback."""
    try:
        app()
    except (ValueError, OSError, RuntimeError, MissingExtraError) as error:
        error_console.print(f"Error: {error}", style="red", markup=False, soft_wrap=True)
        sys.exit(1)
