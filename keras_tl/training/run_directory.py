"""The directory of a run: what was asked, what came out, and nothing half-written."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_tl.foundation.environment import environment
from keras_tl.foundation.files import discard, read_yaml, replacing, write_json, write_yaml

if TYPE_CHECKING:
    import keras

    from keras_tl.data.dataset import Data

_NOT_COMPARED = "environment"


class RunDirectory:
    """Files of one run.

    `config.yaml` holds what was asked, in sections; `history.json` the epochs and phases once
    training is over, `history.csv` the epochs as a table; `model.keras` the model; `metrics.json`
    its scores; `test_predictions.npz` what it says of each test picture; `export/` what is served.

    Args:
        path: The directory; made when something is written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)

    @property
    def config_path(self) -> Path:
        """What was asked."""
        return self.path / "config.yaml"

    @property
    def model_path(self) -> Path:
        """The trained model."""
        return self.path / "model.keras"

    @property
    def metrics_path(self) -> Path:
        """The scores of the trained model."""
        return self.path / "metrics.json"

    @property
    def predictions_path(self) -> Path:
        """What the trained model, and what it was compared with, say of the test split."""
        return self.path / "test_predictions.npz"

    @property
    def report_path(self) -> Path:
        """What the run is worth, as a page; the same as data lies beside it, as JSON."""
        return self.path / "report.html"

    @property
    def checkpoints_path(self) -> Path:
        """Where training stands, until it is over."""
        return self.path / "checkpoints"

    @property
    def cache_path(self) -> Path:
        """Features of the frozen stages, until training is over."""
        return self.path / "cache"

    @property
    def logs_path(self) -> Path:
        """Logs for TensorBoard."""
        return self.path / "logs"

    @property
    def history_path(self) -> Path:
        """The epochs and phases; written last, so that it says that training is over."""
        return self.path / "history.json"

    @property
    def epochs_csv_path(self) -> Path:
        """The epochs as a table, with the rate of each stage."""
        return self.path / "history.csv"

    @property
    def export_path(self) -> Path:
        """The first export, beside which later versions of what is served lie."""
        return self.path / "export" / "1"

    @property
    def is_trained(self) -> bool:
        """Whether training came to its end here."""
        return self.history_path.is_file() and self.model_path.is_file()

    def claim(self, section: str, settings: Mapping[str, Any]) -> None:
        """Writes `settings` into the configuration, or checks that they are those of before.

        Raises:
            ValueError: If the directory is that of a run with other settings; it shows each
                difference.
        """
        config = self.read_config()
        settings = json.loads(json.dumps(settings))
        if section in config:
            self._require_same(section, config[section], settings)
            return
        config = {**config, section: settings}
        config[_NOT_COMPARED] = environment()
        write_yaml(self.config_path, config)

    def claim_data(self, data: "Data") -> None:
        """Claims the settings and the fingerprint of what is trained on.

        Raises:
            ValueError: If the directory is that of a run on other data.
        """
        self.claim("data", {**data.settings, "fingerprint": data.fingerprint})

    def read_config(self) -> dict[str, Any]:
        """Returns the sections of the configuration; empty if there is none."""
        return read_yaml(self.config_path) or {} if self.config_path.is_file() else {}

    @property
    def recipe_name(self) -> str:
        """Name of the recipe; empty if nothing has been fine-tuned."""
        return self.read_config().get("fine_tune", {}).get("name", "")

    @property
    def started_from(self) -> str | None:
        """Digest of the weights that fine-tuning began with."""
        return self.read_config().get("fine_tune", {}).get("model")

    @property
    def data_settings(self) -> dict[str, Any]:
        """How the data were loaded; empty if none have been."""
        return self.read_config().get("data", {})

    @property
    def data_fingerprint(self) -> str | None:
        """Digest of the data: pictures, labels, and how they were divided."""
        return self.data_settings.get("fingerprint")

    def save_model(self, model: "keras.Model") -> None:
        """Writes the model, whole or not at all."""
        with replacing(self.model_path) as temporary:
            model.save(temporary)

    def write_history(self, history: Mapping[str, Any]) -> None:
        """Writes the epochs and phases."""
        write_json(self.history_path, history)

    def read_history(self) -> dict[str, Any]:
        """Returns the epochs and phases."""
        return json.loads(self.history_path.read_text(encoding="utf-8"))

    def tidy(self) -> None:
        """Removes what only a run that goes on needs: checkpoints and features."""
        discard(self.checkpoints_path)
        discard(self.cache_path)

    def clear(self) -> None:
        """Removes the files of a run and its first export; nothing where there is no run.

        The configuration goes last, so that what is left of it, if this is interrupted, is known
        for a run.
        """
        if not self.config_path.is_file():
            return
        for path in (
            self.history_path,
            self.epochs_csv_path,
            self.metrics_path,
            self.predictions_path,
            self.report_path,
            self.report_path.with_suffix(".json"),
            self.export_path,
            self.model_path,
            self.checkpoints_path,
            self.cache_path,
            self.logs_path,
            self.config_path,
        ):
            discard(path)

    def _require_same(self, section: str, saved: Any, asked: Any) -> None:
        differences = list(_differences(saved, asked, section))
        if differences:
            raise ValueError(
                f"{str(self.path)!r} holds a run with another configuration:\n  "
                + "\n  ".join(differences)
                + "\nBuild model and data as they were for that run, choose another directory, or "
                "begin anew (`--overwrite` on the command line)."
            )


def _differences(saved: Any, asked: Any, name: str) -> Iterator[str]:
    if isinstance(saved, dict) and isinstance(asked, dict):
        for key in dict.fromkeys([*saved, *asked]):
            yield from _differences(saved.get(key), asked.get(key), f"{name}.{key}")
    elif saved != asked:
        yield f"{name}: {saved!r} there, {asked!r} asked for"
