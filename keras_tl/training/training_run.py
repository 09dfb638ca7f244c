"""The phases of a recipe on one model, one fit after the other, from wherever the run stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import keras

from keras_tl.data.dataset import Data
from keras_tl.structure.freezing import apply
from keras_tl.structure.frozen_prefix import suffix
from keras_tl.training.announcements import going_on, table, title
from keras_tl.training.callbacks import EpochOrder, FollowHistory
from keras_tl.training.closed_form import solve_head
from keras_tl.training.display import TrainingDisplay, metrics_line
from keras_tl.training.loop import Loop, batches_at_once
from keras_tl.training.objectives import Objective
from keras_tl.training.phase_features import PhaseFeatures
from keras_tl.training.phases import Phase, PhaseResult
from keras_tl.training.proof import ProofOfFreeze
from keras_tl.training.recalibrate import recalibrate
from keras_tl.training.state import Checkpoints, Progress
from keras_tl.training.succession import Succession
from keras_tl.training.validation_loss import best_epoch, should_stop
from keras_tl.training.variables import ValuesAt, assign, assign_at, values, values_at


@dataclass(eq=False)
class TrainingRun:
    """A run: phases on a model, and where they stand.

    Attributes:
        phases: The phases, in order.
        model: The model; trained in place.
        data: What it is trained on.
        objective: What for.
        callbacks: The user's own; they see the whole model.
        display: Where progress is shown.
        checkpoints: Where it is kept.
        features: What of it has been computed already.
        logs: Directory for TensorBoard's logs; None writes none. Only on the TensorFlow backend.
        progress: Where the run stands.
        moved: Positions in `model.weights` of what the phases so far may have moved.
    """

    phases: Sequence[Phase]
    model: keras.Model
    data: Data
    objective: Objective
    callbacks: Sequence[keras.callbacks.Callback]
    display: TrainingDisplay
    checkpoints: Checkpoints
    features: PhaseFeatures
    logs: Path | None = None
    progress: Progress = field(init=False, default_factory=Progress)
    moved: list[int] = field(init=False, default_factory=list)

    def run(self) -> tuple[PhaseResult, ...]:
        """Runs what is left of the phases, and returns what all of them did."""
        self.progress = self.checkpoints.restore(self.model)
        if self.progress.histories:
            self.display.say(going_on(self.progress, self.phases, self.callbacks))
        earlier: keras.optimizers.Optimizer | None = None
        for number in range(max(len(self.progress.histories) - 1, 0), len(self.phases)):
            if number == len(self.progress.histories):
                self.progress.begin_phase()
            earlier = self._train(number, earlier)
        records = zip(self.phases, self.progress.histories, self.progress.validations, strict=True)
        return tuple(self._result(*record) for record in records)

    def _result(
        self, phase: Phase, rows: list[dict[str, Any]], kept: dict[str, float]
    ) -> PhaseResult:
        stages = phase.plan.assign(self.model).trained_stages()
        return PhaseResult(phase.name, table(phase, self.model), stages, tuple(rows), kept)

    def _train(
        self, number: int, earlier: keras.optimizers.Optimizer | None
    ) -> keras.optimizers.Optimizer:
        """Trains what is left of a phase and returns its optimizer, whose slots the next takes."""
        phase = self.phases[number]
        self.display.say(f"{title(self.phases, number)}\n{table(phase, self.model)}")
        self.moved = self._moved_by(self.phases[: number + 1])
        fitted = self._compiled(number, earlier)
        loop = self._loop(number, fitted)
        with ProofOfFreeze(phase.plan, self.model):
            if not self._is_over(phase):
                (self._solve if phase.solver else self._fit)(number, loop)
            fitted.optimizer.finalize_variable_values(fitted.trainable_variables)
            if self.progress.best is not None:
                assign_at(self.model.weights, self.progress.best)
        if phase.plan.batch_norm == "recalibrate":
            recalibrate(phase.plan, self.model, self.data.train)
        self.progress.validations.append(self._score(loop))
        self.display.say(f"  kept on validation: {metrics_line(self.progress.validations[-1])}")
        return fitted.optimizer

    def _compiled(self, number: int, earlier: keras.optimizers.Optimizer | None) -> keras.Model:
        """Returns the model that the plan of a phase trains, its optimizer where the run stands."""
        fitted = apply(self.phases[number].plan, self.model)
        optimizer = self._succession.optimizer(number, fitted, self.progress.histories)
        fitted.compile(optimizer, self.objective.loss, metrics=self.objective.metrics())
        self._restore_slots(number, fitted, earlier)
        return fitted

    def _loop(self, number: int, fitted: keras.Model) -> Loop:
        """Returns what the phase runs: the whole model, or what comes after its features."""
        start, plan = self.features.begin(number), self.phases[number].plan
        if start is None:
            return Loop(fitted, fitted, self.data.train, self.data.validation)
        runner = suffix(self.model, start.boundary, plan)
        runner.compile(
            fitted.optimizer,
            self.objective.loss,
            metrics=self.objective.metrics(),
            steps_per_execution=batches_at_once(
                start.work * self.data.train.batch_size, self.callbacks
            ),
        )
        return Loop(fitted, runner, start.train, start.validation)

    def _score(self, loop: Loop) -> dict[str, float]:
        """Returns the metrics of the weights kept, on validation, of the model that is served."""
        found = loop.evaluate()
        if loop.runner is loop.whole or not self.features.are_rounded:
            return found
        exact = Loop(loop.whole, loop.whole, self.data.train, self.data.validation).evaluate()
        self.display.say(f"  on float16 features: {metrics_line(found)}; the whole model has:")
        return exact

    def _fit(self, number: int, loop: Loop) -> None:
        """Runs the epochs that are left; epochs are counted over all phases."""
        phase, history = self.phases[number], self.progress.histories[number]
        first = self.progress.epochs_before(number)
        after_epoch = partial(self._after_epoch, loop.whole)
        with self.display.phase(title(self.phases, number)) as bar:
            callbacks = [
                EpochOrder(loop.train),
                *([] if phase.ema is None else [keras.callbacks.SwapEMAWeights()]),
                *self._tensorboard(),
                *self.callbacks,
                *bar,
                FollowHistory(phase, history, after_epoch),
            ]
            loop.fit(callbacks, first + len(history), first + phase.epochs)

    def _tensorboard(self) -> list[keras.callbacks.Callback]:
        if self.logs is None or keras.backend.backend() != "tensorflow":
            return []
        return [keras.callbacks.TensorBoard(str(self.logs), write_graph=False)]

    def _solve(self, number: int, loop: Loop) -> None:
        """Fits a linear head in closed form; that counts as one epoch."""
        phase, history = self.phases[number], self.progress.histories[number]
        features = None if loop.runner is loop.whole else (loop.train, loop.validation)
        solve_head(self.model, self.data, str(phase.solver), features=features)
        found = {f"val_{name}": value for name, value in loop.evaluate().items()}
        epoch = self.progress.epochs_before(number)
        history.append({"phase": phase.name, "epoch": epoch, **found})
        self._after_epoch(loop.whole, stopped=True)

    def _after_epoch(self, fitted: keras.Model, stopped: bool) -> None:
        """Keeps the weights of the best epoch, and writes a checkpoint."""
        history, phase = self.progress.histories[-1], self.phases[len(self.progress.histories) - 1]
        self.progress.stopped = stopped
        if phase.restore_best and best_epoch(history) == len(history) - 1:
            self.progress.best = self._kept(fitted)
        self.checkpoints.save(self.progress, self.model, self.moved, fitted.optimizer)

    def _kept(self, fitted: keras.Model) -> ValuesAt:
        """Returns the moved weights that are kept if training ends here: averages if there are."""
        trained = values(fitted.trainable_variables)
        fitted.optimizer.finalize_variable_values(fitted.trainable_variables)
        kept = values_at(self.model.weights, self.moved)
        assign(fitted.trainable_variables, trained)
        return kept

    def _is_over(self, phase: Phase) -> bool:
        history = self.progress.histories[-1]
        is_long_enough = len(history) >= phase.epochs
        return is_long_enough or self.progress.stopped or should_stop(history, phase.patience)

    def _restore_slots(
        self, number: int, fitted: keras.Model, earlier: keras.optimizers.Optimizer | None
    ) -> None:
        """Gives the compiled optimizer the slots of a checkpoint, or those of the last phase."""
        fitted.optimizer.build(fitted.trainable_variables)
        if self.progress.optimizer is not None:
            assign(fitted.optimizer.variables, self.progress.optimizer)
        elif earlier is not None:
            self._succession.hand_over(number, earlier, fitted.optimizer)

    @cached_property
    def _succession(self) -> Succession:
        return Succession(self.phases, self.model, len(self.data.train))

    def _moved_by(self, phases: Sequence[Phase]) -> list[int]:
        """Returns the positions of the weights that phases may have moved."""
        assignments = (phase.plan.assign(self.model) for phase in phases)
        return sorted({i for found in assignments for i in found.moving_positions(self.model)})
