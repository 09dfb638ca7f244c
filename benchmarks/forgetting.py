"""What a backbone still knows of the letters once a classifier on it has learned the digits.

Naive fine-tuning is what plain Keras does with a new head: Adam at 1e-3, everything at once,
BatchNorm in training mode, whose moments follow slowly (MobileNetV2's momentum is 0.999); one row
therefore estimates them anew. LP-FT and gradual unfreezing get as many batches. There is no
validation split and every constant is fixed, so nothing is chosen. Prints a table in Markdown:
accuracy on the digits, and that of a linear probe which learns the letters from the features of the
fine-tuned backbone.

    python benchmarks/forgetting.py --seeds 10 --out benchmarks/results/forgetting.md
"""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.append(str(Path(__file__).with_name("glyphs")))

import keras
import numpy as np
from digits_transfer import IMAGE_SIZE, accuracy, build, cell

import keras_tl as ktl
import letters
import rendering
from keras_tl.evaluation.baselines import linear_probe
from keras_tl.foundation.progress import track
from keras_tl.training.recalibrate import recalibrate

LABELS_PER_CLASS = 5
EPOCHS = 120
LETTER_CLASSES, LETTER_SAMPLES = 60, 30
TOLERANCE, GAIN = 0.02, 0.05
NAIVE, CAREFUL = "naive", ("LP-FT", "gradual unfreezing")
EVERYTHING = ktl.Plan(batch_norm="train")

Score = tuple[float, float]


def load_letters() -> ktl.Data:
    """Renders 60 classes of letters: 20 samples of each to learn from, 10 to test on."""
    rng = np.random.default_rng(0)
    glyphs = letters.draw_glyphs(letters.letter_classes())
    classes = rng.choice(np.unique(glyphs.labels), LETTER_CLASSES, replace=False)
    chosen = [rng.choice(np.flatnonzero(glyphs.labels == c), LETTER_SAMPLES) for c in classes]
    ink = np.stack([rendering.distort(glyphs.masks[i], rng) for i in np.concatenate(chosen)])
    images = np.clip(rendering.compose(ink, rng), 0, 255).astype("uint8")
    labels = np.repeat(np.arange(LETTER_CLASSES), LETTER_SAMPLES)
    return ktl.load_data((images, labels), image_size=IMAGE_SIZE, validation=0, test=1 / 3)


def load_digits(seed: int) -> ktl.Data:
    """Loads five labels a class to learn from, half of the digits to test on."""
    return ktl.load_data(
        "digits",
        image_size=IMAGE_SIZE,
        labels_per_class=LABELS_PER_CLASS,
        validation=0,
        test=0.5,
        seed=seed,
    )


def naive(data: ktl.Data) -> keras.Model:
    """Fine-tunes in plain Keras."""
    model = build(data, "glyphs")
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    model.fit(data.train, epochs=EPOCHS, verbose=0)
    return model


def careful(data: ktl.Data, recipe: ktl.Recipe) -> keras.Model:
    """Fine-tunes by a recipe, in as many epochs altogether."""
    model = build(data, "glyphs")
    ktl.fine_tune(model, data, recipe, epochs=EPOCHS // len(recipe), verbose=0)
    return model


def known_letters(model: keras.Model, source: ktl.Data) -> float:
    """Returns the accuracy of logistic regression on what comes out before the head."""
    return accuracy(linear_probe(model, source), source)


def score(model: keras.Model, data: ktl.Data, source: ktl.Data) -> Score:
    """Returns the accuracy on the digits and on the letters."""
    return ktl.evaluate(model, data.test).accuracy, known_letters(model, source)


def recalibrated_score(model: keras.Model, data: ktl.Data, source: ktl.Data) -> Score:
    """Returns both, each with BatchNorm's moments estimated on the pictures it is about."""
    recalibrate(EVERYTHING, model, data.train)
    on_digits = ktl.evaluate(model, data.test).accuracy
    recalibrate(EVERYTHING, model, source.train)
    return on_digits, known_letters(model, source)


def measure(seed: int, source: ktl.Data) -> dict[str, Score]:
    """Runs each method on the digits of a seed."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    data = load_digits(seed)
    untouched = build(data, "glyphs")
    before = known_letters(untouched, source)
    model = naive(data)
    return {
        "before": (np.nan, before),
        "linear probe": (accuracy(linear_probe(untouched, data), data), before),
        NAIVE: score(model, data, source),
        f"{NAIVE}, moments re-estimated": recalibrated_score(model, data, source),
        CAREFUL[0]: score(careful(data, ktl.recipe("lp-ft", patience=None)), data, source),
        CAREFUL[1]: score(careful(data, ktl.recipe("gradual-unfreezing")), data, source),
    }


def percent(values: Sequence[float]) -> str:
    """Returns mean and standard deviation over seeds, in percent."""
    if np.isnan(values).any():
        return "-"
    return f"{100 * np.mean(values):.1f} ± {100 * np.std(values, ddof=min(1, len(values) - 1)):.1f}"


def markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns a table in Markdown."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def finish(text: str, out: Path | None, failures: Sequence[str]) -> None:
    """Prints a result with the versions of the libraries, writes it, and fails if a claim did."""
    libraries = ("keras-tl", "keras", "tensorflow", "scikit-learn", "numpy")
    versions = ", ".join(f"{library} {metadata.version(library)}" for library in libraries)
    result = "\n\n".join([text, *failures, f"Measured with {versions}."])
    print(f"\n{result}")
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(f"{result}\n", encoding="utf-8")
    if failures:
        sys.exit(1)


def row(name: str, runs: Sequence[dict[str, Score]]) -> list[str]:
    """Returns the line of a method: both accuracies, and both less those of naive fine-tuning."""
    both = np.array([run[name] for run in runs])
    gains = both - np.array([run[NAIVE] for run in runs])
    differences = ["-" if np.isnan(gain).any() or name == NAIVE else cell(gain) for gain in gains.T]
    return [name, *map(percent, both.T), *differences]


def failures(runs: Sequence[dict[str, Score]]) -> list[str]:
    """Returns a sentence for each part of the claim that does not hold."""
    found = []
    for name in CAREFUL:
        digits, known = np.mean([np.subtract(run[name], run[NAIVE]) for run in runs], axis=0)
        if digits < -TOLERANCE:
            found.append(f"{name} is {-100 * digits:.1f} points worse than naive on the digits.")
        if known < GAIN:
            found.append(f"{name} keeps only {100 * known:.1f} points more of the letters.")
    return found


def main() -> None:
    """Prints the table, and fails if the claim does not hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--out", type=Path, help="File to write the table to as well.")
    options = parser.parse_args()
    source = load_letters()
    seeds = track(range(options.seeds), "Forgetting", options.seeds, show=True)
    runs = [measure(seed, source) for seed in seeds]
    header = ("method", "digits", "letters", "digits, less naive", "letters, less naive")
    table = markdown(header, [row(name, runs) for name in runs[0]])
    finish(f"{options.seeds} seeds\n\n{table}", options.out, failures(runs))


if __name__ == "__main__":
    main()
