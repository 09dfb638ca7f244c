"""What a phase runs: the whole model on images, or what comes after a boundary on features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from keras_tl.data.stream import streamed

AT_ONCE = 32
WORK_AT_ONCE = 1e8
BATCH_HOOKS = ("on_train_batch_begin", "on_train_batch_end", "on_batch_begin", "on_batch_end")


@dataclass(frozen=True, eq=False)
class Loop:
    """A compiled model to run, and the one that callbacks see.

    Where they differ they share layers and optimizer, so that what a callback sets on the whole
    model (weights, learning rate, `stop_training`) reaches the loop, and what it reads or saves is
    whole.

    Attributes:
        whole: The model that callbacks see.
        runner: The model that runs; `whole` itself, or what comes after a boundary of it.
        train: Batches for `runner`.
        validation: Batches for `runner`; None, or empty, without validation.
    """

    whole: keras.Model
    runner: keras.Model
    train: Any
    validation: Any

    def fit(
        self, callbacks: Sequence[keras.callbacks.Callback], first: int, last: int, **options: Any
    ) -> keras.callbacks.History:
        """Runs the epochs from `first` up to, not including, `last`; batches come in order."""
        return self.runner.fit(
            streamed(self.train),
            validation_data=streamed(self.validation) if self._has_validation else None,
            initial_epoch=first,
            epochs=last,
            **{"shuffle": False, "verbose": 0, **options},
            callbacks=list(callbacks)
            if self.runner is self.whole
            else self._seeing_the_whole(callbacks, last, options.get("verbose", 0)),
        )

    def evaluate(self) -> dict[str, float]:
        """Returns the metrics on validation; none without it."""
        if not self._has_validation:
            return {}
        found = self.runner.evaluate(streamed(self.validation), verbose=0, return_dict=True)
        return {name: float(value) for name, value in found.items()}

    @property
    def _has_validation(self) -> bool:
        return self.validation is not None and getattr(self.validation, "size", 1) > 0

    def _seeing_the_whole(
        self,
        callbacks: Sequence[keras.callbacks.Callback],
        epochs: int,
        verbose: str | int,
    ) -> keras.callbacks.CallbackList:
        self.whole.stop_training = False
        if hasattr(self.runner, "jax_state_sync"):
            self.whole.jax_state_sync = self.runner.jax_state_sync
        listed = keras.callbacks.CallbackList(
            [*callbacks, _StopToo(self.runner)],
            add_history=True,
            add_progbar=verbose != 0,
            model=self.whole,
            epochs=epochs,
            steps=len(self.train),
            verbose=verbose,
        )
        self.runner.history = self.whole.history
        return listed


class _StopToo(keras.callbacks.Callback):
    """Stops a model when a callback has stopped the one that it sees."""

    async_safe = True

    def __init__(self, runner: keras.Model) -> None:
        super().__init__()
        self.runner = runner

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._pass_on()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._pass_on()

    def _pass_on(self) -> None:
        if getattr(self._model, "stop_training", False):
            self.runner.stop_training = True


def batches_at_once(work: float, callbacks: Sequence[keras.callbacks.Callback]) -> int:
    """Returns how many batches may run before Python has a word: `steps_per_execution`.

    Args:
        work: Multiply-adds of a batch. Where they are few, calling costs more than computing.
        callbacks: Those of the user; if one of them watches batches it sees each.
    """
    if any(map(_watches_batches, callbacks)):
        return 1
    return int(min(max(WORK_AT_ONCE // max(work, 1.0), 1), AT_ONCE))


def _watches_batches(callback: keras.callbacks.Callback) -> bool:
    plain = keras.callbacks.Callback
    hooks = ((getattr(callback, name), getattr(plain, name)) for name in BATCH_HOOKS)
    return any(getattr(hook, "__func__", None) is not default for hook, default in hooks)
