"""`keras-tl compare`: runs side by side, and whether their differences are more than chance."""

from pathlib import Path
from typing import Annotated

import typer

from keras_tl.cli.quiet import start_keras
from keras_tl.foundation.progress import say

NAME = "compare"


def run(
    runs: Annotated[list[Path], typer.Argument(help="Directories of runs that have ended.")],
    reference: Annotated[
        str | None, typer.Option(help="Name of the run to compare with; default the first.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Directory for comparison.json, .csv and .png.")
    ] = None,
) -> None:
    """Compare runs: scores, paired tests on the same test pictures, learning curves."""
    start_keras()
    from keras_tl.evaluation.comparing.compare import compare

    found = compare(runs, reference=reference)
    say(str(found))
    if out is not None:
        found.to_json(out / "comparison.json")
        found.to_csv(out / "comparison.csv")
        found.picture(out / "comparison.png")
        say(f"Written to {out}")
