"""The proof that what was frozen has not moved: digests before and after."""

from types import TracebackType

import keras

from keras_tl.structure.digests import digest_of_weights
from keras_tl.structure.plan import Plan


class FrozenMovedError(RuntimeError):
    """A weight that a plan keeps has changed."""


class ProofOfFreeze:
    """A context in which the weights that a plan freezes must not change.

    Args:
        plan: The plan.
        model: The model it is applied to.

    Raises:
        FrozenMovedError: On leaving, if a frozen weight has other bytes; it names the layer.
    """

    def __init__(self, plan: Plan, model: keras.Model) -> None:
        self.weights = plan.assign(model).frozen_weights()
        self.before: dict[str, str] = {}

    def __enter__(self) -> "ProofOfFreeze":
        self.before = self._digests()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error is not None:
            return
        moved = [name for name, after in self._digests().items() if after != self.before[name]]
        if moved:
            raise FrozenMovedError(
                f"Frozen layers have changed: {', '.join(moved[:5])}. Something other than the "
                "plan trains them, such as a callback that sets `trainable` or weights."
            )

    def _digests(self) -> dict[str, str]:
        return {name: digest_of_weights(weights) for name, weights in self.weights.items()}
