"""The recipes that are known by name, one function each, with the paper that each is from."""

import inspect
from collections.abc import Callable
from typing import Any

from keras_tl.foundation.checks import known_keys, one_of
from keras_tl.structure.plan import Depth, Plan
from keras_tl.training.phases import Phase
from keras_tl.training.recipe import Recipe

Epochs = int | tuple[int, int]
Phases = tuple[Phase, ...]

PROBE = Plan.freeze_to(-1)


def linear_probe(
    *, epochs: int = 20, learning_rate: float = 1e-3, patience: int | None = 5
) -> Phases:
    """The head, on a frozen backbone. Kornblith et al., 2019, arXiv:1805.08974."""
    return (Phase("linear probe", PROBE, epochs, learning_rate, patience=patience),)


def feature_extraction(*, solver: str = "logistic") -> Phases:
    """The head in closed form, by scikit-learn. Kornblith et al., 2019, arXiv:1805.08974."""
    return (Phase("feature extraction", PROBE, epochs=1, solver=solver, restore_best=False),)


def lp_ft(
    *,
    epochs: Epochs = (10, 10),
    learning_rate: float = 1e-3,
    fine_tuning_rate: float | None = None,
    patience: int | None = 5,
    batch_norm: str = "frozen",
) -> Phases:
    """The head, then everything from there. Kumar et al., 2022, arXiv:2202.10054."""
    everything = Plan.freeze_to(0, batch_norm=batch_norm)
    return _after_probe(everything, epochs, learning_rate, fine_tuning_rate, patience)


def full(
    *,
    epochs: int = 15,
    learning_rate: float = 3e-4,
    patience: int | None = 5,
    batch_norm: str = "frozen",
) -> Phases:
    """Everything at once. Yosinski et al., 2014, arXiv:1411.1792."""
    plan = Plan.freeze_to(0, batch_norm=batch_norm)
    return (Phase("full", plan, epochs, learning_rate, schedule="cosine", patience=patience),)


def top_k(
    *,
    stages: int = 1,
    epochs: Epochs = (10, 10),
    learning_rate: float = 1e-3,
    fine_tuning_rate: float | None = None,
    patience: int | None = 5,
) -> Phases:
    """The head, then the last stages too. Yosinski et al., 2014, arXiv:1411.1792."""
    return _after_probe(Plan.top(stages), epochs, learning_rate, fine_tuning_rate, patience)


def gradual_unfreezing(
    *,
    stages: int = 4,
    epochs: Epochs = (6, 3),
    learning_rate: float = 1e-3,
    decay: float = 1 / 2.6,
    patience: int | None = None,
) -> Phases:
    """More stages each phase, the lower the slower. Howard and Ruder, 2018, arXiv:1801.06146.

    `epochs` are those of the head and those of each phase after it; `stages` is the number of
    those phases, each of which unfreezes an equal share of the stages.
    """
    probing, each = (epochs, epochs) if isinstance(epochs, int) else epochs
    head = Phase("head", PROBE, probing, learning_rate, patience=patience)
    unfreezing = tuple(
        Phase(
            f"top {k}/{stages}",
            Plan.layer_decay(decay, first=1 - k / stages),
            each,
            learning_rate,
            schedule="slanted-triangular",
            patience=patience,
        )
        for k in range(1, stages + 1)
    )
    return (head, *unfreezing)


def discriminative(
    *, epochs: Epochs = (10, 10), learning_rate: float = 1e-3, patience: int | None = 5
) -> Phases:
    """The head, then each stage 2.6 times slower. Howard and Ruder, 2018, arXiv:1801.06146."""
    plan = Plan.layer_decay(1 / 2.6)
    return _after_probe(plan, epochs, learning_rate, learning_rate, patience)


def layer_decay(
    *,
    decay: float = 0.75,
    epochs: int = 15,
    learning_rate: float = 1e-3,
    weight_decay: float = 0.05,
    patience: int | None = 5,
) -> Phases:
    """AdamW, each stage slower than the next. Bao et al., 2021, arXiv:2106.08254."""
    return (
        Phase(
            "layer decay",
            Plan.layer_decay(decay),
            epochs,
            learning_rate,
            "adamw",
            {"weight_decay": weight_decay},
            "warmup-cosine",
            patience,
        ),
    )


def surgical(
    *,
    first: Depth = 0,
    last: Depth = 1,
    epochs: Epochs = (10, 10),
    learning_rate: float = 1e-3,
    fine_tuning_rate: float | None = None,
    patience: int | None = 5,
) -> Phases:
    """The head, then also some stages in the middle. Lee et al., 2023, arXiv:2210.11466."""
    plan = Plan.surgical(first, last)
    return _after_probe(plan, epochs, learning_rate, fine_tuning_rate, patience)


def bias_only(*, epochs: int = 20, learning_rate: float = 1e-3, patience: int | None = 5) -> Phases:
    """Head, biases, and scale and shift of norms. Ben Zaken et al., 2021, arXiv:2106.10199.

    Convolutions followed by BatchNorm have no biases; the norm stands for them.
    """
    plan = Plan.only("bias", "norm")
    return (Phase("bias only", plan, epochs, learning_rate, patience=patience),)


def norm_only(*, epochs: int = 20, learning_rate: float = 1e-3, patience: int | None = 5) -> Phases:
    """Head, scale and shift of norms. Frankle et al., 2020, arXiv:2003.00152."""
    return (Phase("norm only", Plan.only("norm"), epochs, learning_rate, patience=patience),)


def bit_hyperrule(
    *, epochs: int = 15, learning_rate: float = 3e-3, batch_norm: str = "frozen"
) -> Phases:
    """Everything, SGD, tenths of the rate. Kolesnikov et al., 2020, arXiv:1912.11370.

    After the paper, not its exact rule: that counts steps by the size of the data and warms up;
    here `epochs` are given, and the rate falls after 60, 80 and 90 % of them.
    """
    plan = Plan.freeze_to(0, batch_norm=batch_norm)
    options = {"momentum": 0.9}
    return (Phase("BiT", plan, epochs, learning_rate, "sgd", options, "step"),)


def one_cycle(*, epochs: Epochs = (4, 10), learning_rate: float = 2e-3) -> Phases:
    """A cycle for the head, one for all, as fastai. Smith, 2018, arXiv:1803.09820.

    The second has half the rate, falling to 0.4 of it with each stage before the head, which is
    a hundredth over five stages.
    """
    probing, tuning = (epochs, epochs) if isinstance(epochs, int) else epochs
    spread = Plan.layer_decay(0.01 ** (1 / 5))
    return (
        Phase("head", PROBE, probing, learning_rate, schedule="one-cycle"),
        Phase("all", spread, tuning, learning_rate / 2, schedule="one-cycle"),
    )


RECIPES: dict[str, Callable[..., Phases]] = {
    "linear-probe": linear_probe,
    "feature-extraction": feature_extraction,
    "lp-ft": lp_ft,
    "full": full,
    "top-k": top_k,
    "gradual-unfreezing": gradual_unfreezing,
    "discriminative": discriminative,
    "layer-decay": layer_decay,
    "surgical": surgical,
    "bias-only": bias_only,
    "norm-only": norm_only,
    "bit-hyperrule": bit_hyperrule,
    "one-cycle": one_cycle,
}


def _after_probe(
    plan: Plan,
    epochs: Epochs,
    learning_rate: float,
    fine_tuning_rate: float | None,
    patience: int | None,
) -> Phases:
    """Returns the head's phase and one under `plan`, at a tenth of the rate unless it is given."""
    probing, tuning = (epochs, epochs) if isinstance(epochs, int) else epochs
    rate = learning_rate / 10 if fine_tuning_rate is None else fine_tuning_rate
    return (
        Phase("linear probe", PROBE, probing, learning_rate, patience=patience),
        Phase("fine-tuning", plan, tuning, rate, schedule="cosine", patience=patience),
    )


def recipe(name: str, **options: Any) -> Recipe:
    """Returns a recipe by name.

    Args:
        name: A row of `RECIPES`, such as `"lp-ft"` or `"gradual-unfreezing"`.
        **options: The keyword arguments of the function behind that row, such as `epochs` and
            `learning_rate`.

    Raises:
        ValueError: On an unknown name or option, with the nearest known one.
    """
    make = RECIPES[one_of("recipe", name, RECIPES)]
    known_keys("options", options, inspect.signature(make).parameters)
    return Recipe(name, make(**options))


def as_recipe(named: str | Recipe) -> Recipe:
    """Returns a recipe as it is, or by its name."""
    return recipe(named) if isinstance(named, str) else named
