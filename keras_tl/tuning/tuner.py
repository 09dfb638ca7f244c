"""KerasTuner's tuner, whose trials are fine-tunings that share what they can."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import keras
import keras_tuner as kt

from keras_tl.foundation.files import write_json
from keras_tl.models.card import read_model
from keras_tl.tuning.budget import Budget
from keras_tl.tuning.keeping import ended, kept_model, let_go, promotable, read_records, tidy
from keras_tl.tuning.oracles.draws import active_values
from keras_tl.tuning.outcome import Outcome
from keras_tl.tuning.parallel import is_worker
from keras_tl.tuning.records import TrialRecord

PROJECT = "tuner"
_BETWEEN_QUESTIONS = 0.1


class Trains(Protocol):
    """What makes a model of a trial's values.

    Attributes:
        epochs: What a trial trains at most.
    """

    epochs: int

    def train(self, values: Any, directory: Path, parent: Path | None = None) -> Outcome:
        """Trains and scores a trial in its directory."""


class TransferTuner(kt.Tuner):
    """A tuner of KerasTuner that keeps the best models only, each with the score of its file.

    Args:
        trainer: What makes a model of a trial's values.
        oracle: Any oracle of KerasTuner.
        directory: Directory of the search. A search that was interrupted there goes on.
        keep: How many models are kept.
        hypermodel: A user's own model-building function, or `HyperModel`; it declares the space.
        after_trial: Called with the records when a trial begins and when it ends.
    """

    def __init__(
        self,
        trainer: Trains,
        oracle: kt.Oracle,
        directory: Path,
        *,
        keep: int = 3,
        hypermodel: Any = None,
        after_trial: Callable[[list[TrialRecord]], None] = lambda records: None,
    ) -> None:
        self.trainer = trainer
        self.keep = keep
        self.after_trial = after_trial
        super().__init__(
            oracle=oracle,
            hypermodel=hypermodel,
            directory=str(directory),
            project_name=PROJECT,
        )
        if not Path(self._get_tuner_fname()).exists():
            self.save()

    @property
    def project(self) -> Path:
        """The directory of KerasTuner's files and of the trials."""
        return Path(self.project_dir)

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Trains a trial and returns the metrics of the model that it leaves."""
        directory = Path(self.get_trial_dir(trial.trial_id))
        values = active_values(trial.hyperparameters.space, trial.hyperparameters.values)
        parent = Budget.of(values, 1).parent
        start = None if parent is None else kept_model(self.project, parent)
        outcome = self.trainer.train(values, directory, start)
        outcome.write(directory)
        return dict(outcome.metrics)

    def on_trial_begin(self, trial: Any) -> None:
        """Shows the trial."""
        super().on_trial_begin(trial)
        self.after_trial(read_records(self.project))

    def on_trial_end(self, trial: Any) -> None:
        """Records the trial, and lets go of what is neither among the best nor to go on."""
        super().on_trial_end(trial)
        tidy(self.project, trial.trial_id)
        self._let_go(promotable(self.project, self.trainer.epochs))
        self.after_trial(read_records(self.project))

    def on_search_end(self) -> None:
        """Lets go of what is not among the best."""
        super().on_search_end()
        self._let_go(set())

    def pre_create_trial(self) -> None:
        """Waits a little: an oracle that waits for other workers is asked again and again."""
        time.sleep(_BETWEEN_QUESTIONS)

    def save(self) -> None:
        """Writes the state of tuner and oracle; each file is whole or absent."""
        if not is_worker():
            self.oracle.save()
        write_json(self._get_tuner_fname(), self.get_state())

    def _let_go(self, also_kept: set[str]) -> None:
        """Removes models; what is known is read before the best are asked for, which may be more.

        So a trial that another worker ends meanwhile is safe.
        """
        known = ended(self.project)
        best = {trial.trial_id for trial in self.oracle.get_best_trials(self.keep)}
        let_go(self.project, known - best - also_kept)

    def load_model(self, trial: Any) -> keras.Model:
        """Returns the model that a trial left, if it was among the best."""
        path = kept_model(self.project, trial.trial_id)
        if path is None:
            raise ValueError(
                f"`trial` must be one of the best {self.keep}, whose models are kept. "
                f"Received: trial {trial.trial_id}"
            )
        return read_model(path)
