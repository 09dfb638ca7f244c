"""What a finished run shows: what trained, how good it is beside baselines, how to serve it."""

import json
from collections.abc import Mapping
from typing import Any

from keras_tl.cli.server import ask_command, serve_command
from keras_tl.foundation.progress import console, say
from keras_tl.foundation.tables import table
from keras_tl.training.history import CURVES
from keras_tl.training.run_directory import RunDirectory


def show_result(run: RunDirectory) -> None:
    """Prints phases, scores, baselines, and the commands that serve the export and ask it."""
    metrics = json.loads(run.metrics_path.read_text(encoding="utf-8"))
    console.print(_phases(run.read_history()["phases"]))
    console.print(_scores(metrics))
    if metrics["set_aside"]:
        console.print(f"{len(metrics['set_aside'])} pictures set aside, see metrics.json")
    if run.report_path.is_file():
        say(f"Report  {run.report_path}")
    say(f"Model   {run.model_path}\nExport  {run.export_path} (proven)")
    served, name = run.export_path.parent.resolve(), run.path.resolve().name
    say(f"Serve\n  {serve_command(served, name)}\nAsk\n  {ask_command(name)}")


def _phases(phases: list[Mapping[str, Any]]) -> Any:
    rows = [
        (
            phase["name"],
            len(phase["history"]),
            ", ".join(phase["stages"]),
            _accuracy(phase["validation"]),
        )
        for phase in phases
    ]
    return table(("phase", "epochs#", "stages trained", "validation accuracy#"), rows)


def _accuracy(measured: Mapping[str, float]) -> str:
    """Returns the accuracy, of each label where several hold; a dash if it was not measured."""
    found = next((measured[name] for name in CURVES["accuracy"] if name in measured), None)
    return "-" if found is None else f"{found:.1%}"


def _scores(metrics: Mapping[str, Any]) -> Any:
    entries = {"fine-tuned": metrics, **metrics["baselines"]}
    rows = [
        (name, f"{entry['accuracy']:.1%}", "{:.1%} to {:.1%}".format(*entry["accuracy_interval"]))
        for name, entry in entries.items()
    ]
    columns = (f"on {metrics['examples']} test images", "accuracy#", "95 % interval")
    return table(columns, rows)
