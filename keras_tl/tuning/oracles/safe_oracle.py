"""Oracles of KerasTuner that can be killed anywhere, know when to stop, and print nothing."""

import math
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras_tuner as kt
from keras_tuner.engine.trial import Trial, TrialStatus

from keras_tl.foundation.checks import at_least, in_range
from keras_tl.foundation.files import write_json
from keras_tl.tuning.oracles.draws import Values, active_values, draw_new
from keras_tl.tuning.oracles.files import error_about, read_json, read_trial, reading
from keras_tl.tuning.oracles.stopwatch import Stopwatch

IDLE = {"status": TrialStatus.IDLE, "values": None}
STOPPED = {"status": TrialStatus.STOPPED, "values": None}
ENDED = (TrialStatus.COMPLETED, TrialStatus.FAILED)


def running(values: Values | None) -> dict[str, Any]:
    """Returns the answer that starts a trial with `values`; without values, the search stops."""
    return STOPPED if values is None else {"status": TrialStatus.RUNNING, "values": values}


class SafeOracle(kt.Oracle):
    """Mixed into an oracle of KerasTuner, or the base of one of ours.

    Files are written under a temporary name and renamed, and `reload` repairs what a kill between
    two of them leaves. What comes next is derived from the trials and the seed, so that a resumed
    search tries what an uninterrupted one would have tried. `oracle.json` counts: a trial that it
    does not know was never handed out, and is drawn again.

    A space that is given is complete: what a trial adds to it is an error. A name may be declared
    several times, under conditions of which one is met at a time.

    Args:
        objective: What is reported for a trial, with its direction.
        hyperparameters: The space; None if a hypermodel declares it.
        max_trials: How many trials there are at most.
        epochs: What one trial trains at most; used by oracles that ration epochs.
        seed: Decides all that is drawn.
        max_seconds: After that many seconds of searching no new trial begins. Those of earlier
            sessions count; of a trial that was killed, what passed before `save` was called last.
        **options: Those of the oracle of KerasTuner, such as `max_consecutive_failed_trials`.

    Raises:
        ValueError: If a number is out of its range.
    """

    is_endless_without_max_trials = True
    max_trials: Any
    max_consecutive_failed_trials: int
    trials: dict[str, Trial]
    ongoing_trials: dict[str, Trial]
    end_order: list[str]

    def __init__(
        self,
        *,
        objective: Any,
        hyperparameters: kt.HyperParameters | None,
        max_trials: int | None,
        epochs: int,
        seed: int,
        max_seconds: float | None = None,
        **options: Any,
    ) -> None:
        if max_trials is not None or self.is_endless_without_max_trials:
            at_least("max_trials", max_trials, 1)
        if max_seconds is not None:
            in_range("max_seconds", max_seconds, 0, math.inf)
        super().__init__(
            objective=objective,
            hyperparameters=hyperparameters,
            seed=_Seed(at_least("seed", seed, 0)),
            **{"allow_new_entries": hyperparameters is None, **options},
        )
        self.max_trials = max_trials
        self.epochs = at_least("epochs", epochs, 1)
        self.max_seconds = max_seconds
        self.verbose = 0
        self._watch = Stopwatch()
        self._failures = 0

    @property
    def has_failed_too_often(self) -> bool:
        """Whether so many trials in a row have failed, in this session, that no other begins."""
        return self._failures >= self.max_consecutive_failed_trials

    @property
    def seconds_spent(self) -> float:
        """How long was searched so far, in all sessions."""
        return self._watch.seconds

    def tried(self) -> list[Values]:
        """Returns the settings of all trials, without what KerasTuner adds about their budget."""
        return [_settings(trial.hyperparameters.values) for trial in self.trials.values()]

    def propose(self, trial_id: str) -> dict[str, Any]:
        """Returns the answer of `populate_space` while there is time; to be overridden."""
        return super().populate_space(trial_id)

    def places_after(self, values: Mapping[str, Any]) -> int:
        """Returns how many trials go on from those of one round, in oracles that have rounds.

        It follows from the configuration alone, so that workers know it without asking.

        Args:
            values: The values of a trial of that round.
        """
        return 0

    def populate_space(self, trial_id: str) -> dict[str, Any]:
        """Returns values for a new trial; `"STOPPED"` when time is spent or too much has failed."""
        is_late = self.max_seconds is not None and self.seconds_spent >= self.max_seconds
        return STOPPED if is_late or self.has_failed_too_often else self.propose(trial_id)

    @kt.synchronized
    def create_trial(self, tuner_id: str) -> Trial:
        """Returns the trial to run next; interrupted ones come first."""
        self._watch.start()
        trial = super().create_trial(tuner_id)
        if trial.status == TrialStatus.STOPPED and not self.ongoing_trials:
            self._watch.stop()
        return trial

    @kt.synchronized
    def end_trial(self, trial: Trial) -> None:
        """Notes how a trial ended, or sends it to be run again."""
        super().end_trial(trial)
        ended = self.trials[trial.trial_id]
        if ended.status in ENDED:
            self._failures = self._failures + 1 if ended.status == TrialStatus.FAILED else 0
        else:
            _forget_results(ended)

    def get_state(self) -> dict[str, Any]:
        """Returns what `oracle.json` holds."""
        return {**super().get_state(), "seconds_spent": self.seconds_spent}

    def set_state(self, state: Mapping[str, Any]) -> None:
        """Takes over what `oracle.json` held."""
        super().set_state(state)
        self._watch = Stopwatch(state.get("seconds_spent", 0.0))

    def save(self) -> None:
        """Writes `oracle.json`; the trials have files of their own.

        Raises:
            OSError: If it cannot be written; the file before is whole.
        """
        write_json(self._folder / "oracle.json", self.get_state())

    def reload(self) -> None:
        """Reads the files of an earlier session; trials that had not ended will be run first.

        Raises:
            ValueError: If a file is damaged; it names the file and the way out.
        """
        path = self._folder / "oracle.json"
        state = read_json(path) if path.exists() else {"start_order": []}
        with reading(path):
            known = [str(name) for name in state["start_order"]]
        self._check_that_all_are_known(known)
        self.trials = {name: read_trial(self._trial_path(name)) for name in known}
        if path.exists():
            with reading(path):
                self.set_state(state)
        self._queue_what_was_interrupted()

    def _check_that_all_are_known(self, known: list[str]) -> None:
        expected = {self._trial_path(name) for name in known}
        for path in self._folder.glob("trial_*/trial.json"):
            if path not in expected and read_trial(path).status in ENDED:
                raise error_about(self._folder / "oracle.json", f"it does not know {str(path)!r}")

    # All names of KerasTuner that begin with an underscore are below, and `_random_state` in the
    # oracle that uses it. There is no public way to where the files are, to how trials are saved,
    # drawn and compared, or to the queue.

    @property
    def _folder(self) -> Path:
        return Path(self._project_dir)

    def _trial_path(self, trial_id: str) -> Path:
        return self._folder / f"trial_{trial_id}" / "trial.json"

    def _check_consecutive_failures(self) -> None:
        """Leaves it to `populate_space`.

        KerasTuner's own raises before the trial is written, and from a chief into a worker.
        """

    def _save_trial(self, trial: Trial) -> None:
        write_json(self._trial_path(trial.trial_id), trial.get_state())

    def _random_values(self) -> Values | None:
        """Draws new values; KerasTuner's own gives up after 20 that are not new."""
        generator = random.Random(f"{self.seed}/{len(self.trials)}")
        found = draw_new(self.hyperparameters.space, generator, 1, taken=self.tried())
        return found[0] if found else None

    def _record_values(self, trial: Trial) -> None:
        """Removes what a worker sends back of inactive settings; `tried` needs no record."""
        hp = trial.hyperparameters
        hp.values = active_values(hp.space, hp.values)

    def _queue_what_was_interrupted(self) -> None:
        """Derives both queues from the status of each trial; the last of a queue is run first."""
        ended = [name for name, trial in self.trials.items() if trial.status in ENDED]
        noted = [name for name in self.end_order if name in ended]
        self.end_order = noted + [name for name in ended if name not in noted]
        self.ongoing_trials = {}
        self._retry_queue = [name for name in reversed(self.trials) if name not in ended]
        for name in self._retry_queue:
            _forget_results(self.trials[name])


class _Seed(int):
    """An integer that is given even when it is 0, where KerasTuner asks `seed or random`."""

    def __bool__(self) -> bool:
        return True


def _settings(values: Mapping[str, Any]) -> Values:
    return {name: value for name, value in values.items() if not name.startswith("tuner/")}


def _forget_results(trial: Trial) -> None:
    """Forgets what a run reported before it was cut off, else KerasTuner keeps that result."""
    trial.metrics = type(trial.metrics)()
    trial.score, trial.best_step = None, 0
