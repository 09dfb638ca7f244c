"""KerasTuner's tuner, whose trials are fine-tunings that share what they can."""

import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import keras
import keras_tuner as kt

from keras_tl.foundation.files import write_json
from keras_tl.models.card import read_model
from keras_tl.tuning.budget import Budget, parent_of
from keras_tl.tuning.keeping import ended, kept_model, let_go, read_records, still_needed, tidy
from keras_tl.tuning.oracles.draws import active_values
from keras_tl.tuning.oracles.safe_oracle import SafeOracle
from keras_tl.tuning.outcome import Outcome, write_error
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
        """Trains and scores a trial in its directory.

        A hypermodel's gets KerasTuner's `HyperParameters`, ours the values that act.
        """


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
        self._places_after = _places_after(oracle, trainer.epochs)
        super().__init__(
            oracle=oracle,
            hypermodel=hypermodel,
            directory=str(directory),
            project_name=PROJECT,
        )
        if not Path(self._get_tuner_fname()).exists():
            self._go_on_from_the_oracle()
            self.save()

    @property
    def project(self) -> Path:
        """The directory of KerasTuner's files and of the trials."""
        return Path(self.project_dir)

    def run_trial(self, trial: Any, *args: Any, **kwargs: Any) -> dict[str, float]:
        """Trains a trial and returns the metrics of the model that it leaves."""
        directory = Path(self.get_trial_dir(trial.trial_id))
        hp = trial.hyperparameters
        values = active_values(hp.space, hp.values)
        parent = parent_of(values)
        start = None if parent is None else kept_model(self.project, parent)
        try:
            outcome = self.trainer.train(hp if self.hypermodel else values, directory, start)
        except Exception as error:
            write_error(directory, error)
            raise
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
        self._let_go()
        self.after_trial(read_records(self.project))

    def on_search_end(self) -> None:
        """Lets go of what is not among the best; a worker may have no chief any more to ask."""
        super().on_search_end()
        if not is_worker():
            self._let_go()

    def pre_create_trial(self) -> None:
        """Waits a little: an oracle that waits for other workers is asked again and again."""
        time.sleep(_BETWEEN_QUESTIONS)

    def save(self) -> None:
        """Writes the state of tuner and oracle; each file is whole or absent."""
        if not is_worker():
            self.oracle.save()
        write_json(self._get_tuner_fname(), self.get_state())

    def _go_on_from_the_oracle(self) -> None:
        """Reads what a process of another name left, which KerasTuner would write over."""
        if not is_worker() and (self.project / "oracle.json").exists():
            self.oracle.reload()

    def _let_go(self) -> None:
        """Removes models that are neither among the best nor needed.

        In this order, so that a trial that another worker ends or begins meanwhile is safe.
        """
        known = ended(self.project)
        needed = still_needed(self.project, self._places_after, self.oracle.objective.direction)
        best = {trial.trial_id for trial in self.oracle.get_best_trials(self.keep)}
        let_go(self.project, known - needed - best)

    def load_model(self, trial: Any) -> keras.Model:
        """Returns the model that a trial left, if it was among the best."""
        path = kept_model(self.project, trial.trial_id)
        if path is None:
            raise ValueError(
                f"`trial` must be one of the best {self.keep}, whose models are kept. "
                f"Received: trial {trial.trial_id}"
            )
        return read_model(path)


def _places_after(oracle: kt.Oracle, epochs: int) -> Callable[[Mapping[str, Any]], int]:
    """Returns what tells how many of a round go on; of an oracle that is not ours perhaps all."""
    if isinstance(oracle, SafeOracle):
        return oracle.places_after
    longest = getattr(oracle, "max_epochs", epochs)
    return lambda values: sys.maxsize if Budget.of(values, longest).epochs < longest else 0
