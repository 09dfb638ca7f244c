"""Pretrains the `glyphs` backbone on letters, reports how it reads digits, and writes its weights.

Usage: python benchmarks/glyphs/pretrain.py --out keras_tl/models/weights/glyphs.weights.h5
"""

import argparse
import dataclasses
import math
import os
import pathlib
import tempfile
import time
from collections.abc import Callable

import h5py
import keras
import numpy as np
from sklearn.base import ClassifierMixin

import digits
import letters
import rendering


@dataclasses.dataclass(frozen=True)
class Recipe:
    """What to train, and how long.

    Attributes:
        alpha: Width multiplier of MobileNetV2.
        boundary: Layer whose output ends the backbone.
        epochs: Number of epochs.
        steps: Batches per epoch.
        batch_size: Samples per batch.
        learning_rate: Peak of the learning rate, which is warmed up and then decays to zero.
        weight_decay: Decoupled weight decay.
        seed: Seed of the initial weights and of every sample.
    """

    alpha: float = 1.0
    boundary: str = "block_12_add"
    epochs: int = 8
    steps: int = 400
    batch_size: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    seed: int = 0


class LetterSamples(keras.utils.PyDataset):
    """Batches of freshly distorted letters, preprocessed for MobileNetV2.

    Letters with few glyphs are drawn more often than in proportion to their glyphs.
    """

    def __init__(self, glyphs: letters.Glyphs, steps: int, batch_size: int, seed: int) -> None:
        """Initializes the batches: `steps` per epoch, of `batch_size` samples each."""
        super().__init__()
        self.glyphs, self.steps, self.batch_size, self.seed = glyphs, steps, batch_size, seed
        self.epoch = 0
        weights = 1 / np.sqrt(np.bincount(glyphs.labels)[glyphs.labels])
        self.probabilities = weights / weights.sum()

    def __len__(self) -> int:
        """Returns the number of batches per epoch."""
        return self.steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """Draws a batch.

        Returns:
            Images in -1..1, `(batch, IMAGE_SIZE, IMAGE_SIZE, 3)`, and the classes `(batch,)`, once
            for each classifier of `build_classifier`.
        """
        rng = np.random.default_rng((self.seed, self.epoch, index))
        chosen = rng.choice(len(self.glyphs.labels), self.batch_size, p=self.probabilities)
        ink = np.stack([rendering.distort(self.glyphs.masks[glyph], rng) for glyph in chosen])
        labels = self.glyphs.labels[chosen]
        return preprocess(rendering.compose(ink, rng)), {"pooled": labels, "flat": labels}

    def on_epoch_end(self) -> None:
        """Moves on to fresh samples."""
        self.epoch += 1


def preprocess(images: np.ndarray) -> np.ndarray:
    """Maps images in 0..255 to -1..1, as MobileNetV2 expects them."""
    return images / np.float32(127.5) - 1


def build_backbone(recipe: Recipe) -> keras.Model:
    """Builds MobileNetV2 up to the boundary, with random weights.

    Its moving moments follow faster than MobileNetV2's own, which lag behind in a short training.
    """
    shape = (rendering.IMAGE_SIZE, rendering.IMAGE_SIZE, 3)
    full = keras.applications.MobileNetV2(
        shape, alpha=recipe.alpha, include_top=False, weights=None
    )
    for layer in full.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.9
    return keras.Model(full.input, full.get_layer(recipe.boundary).output)


def build_classifier(backbone: keras.Model, classes: int) -> keras.Model:
    """Puts two classifiers of letters on a backbone: on its pooled and on its flattened features.

    The first asks every channel to mean something anywhere, the second to keep where it was.
    """
    maps = backbone.output
    average = keras.layers.GlobalAveragePooling2D()(maps)
    maximum = keras.layers.GlobalMaxPooling2D()(maps)
    pooled = keras.layers.Dropout(0.1)(keras.layers.Concatenate()([average, maximum]))
    flat = keras.layers.Dropout(0.3)(keras.layers.Flatten()(maps))
    logits = {
        "pooled": keras.layers.Dense(classes, name="pooled")(pooled),
        "flat": keras.layers.Dense(classes, name="flat")(flat),
    }
    return keras.Model(backbone.input, logits)


def hold_out(
    glyphs: letters.Glyphs, seed: int, fraction: float = 0.1
) -> tuple[letters.Glyphs, letters.Glyphs]:
    """Splits glyphs at random into those to train on and a fraction to validate on."""
    order = np.random.default_rng(seed).permutation(len(glyphs.labels))
    held_out, kept = np.split(order, [round(fraction * len(order))])
    train, validation = (
        letters.Glyphs(glyphs.masks[part], glyphs.labels[part]) for part in (kept, held_out)
    )
    return train, validation


def compile_classifier(classifier: keras.Model, recipe: Recipe) -> None:
    """Compiles a classifier with AdamW, a warm-up of half an epoch, and a cosine decay."""
    warmup = recipe.steps // 2
    schedule = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        decay_steps=recipe.epochs * recipe.steps - warmup,
        warmup_target=recipe.learning_rate,
        warmup_steps=warmup,
    )
    classifier.compile(
        keras.optimizers.AdamW(schedule, weight_decay=recipe.weight_decay),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics={"pooled": ["accuracy"], "flat": ["accuracy"]},
    )


def train(recipe: Recipe) -> keras.Model:
    """Trains a backbone to tell letters apart, and prints how well it does.

    Returns:
        The backbone, from images in -1..1 to feature maps `(batch, height, width, channels)`.
    """
    keras.utils.set_random_seed(recipe.seed)
    classes = letters.letter_classes()
    training, validation = hold_out(letters.draw_glyphs(classes), recipe.seed)
    backbone = build_backbone(recipe)
    classifier = build_classifier(backbone, 1 + max(classes.values()))
    compile_classifier(classifier, recipe)
    classifier.fit(
        LetterSamples(training, recipe.steps, recipe.batch_size, recipe.seed),
        validation_data=LetterSamples(validation, math.ceil(recipe.steps / 8), 64, recipe.seed + 1),
        epochs=recipe.epochs,
        verbose=2,
    )
    return backbone


def save_half(model: keras.Model, path: pathlib.Path) -> None:
    """Writes the weights of a model as float16, to a file that appears only once it is whole.

    `load_weights` casts them back to the types of the variables.
    """
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        full_path, half_path = pathlib.Path(folder, "full.weights.h5"), pathlib.Path(folder, "half")
        model.save_weights(full_path)
        with h5py.File(full_path) as full, h5py.File(half_path, "w") as half:
            copy_half(full, half)
        os.replace(half_path, path)


def copy_half(source: h5py.Group, target: h5py.Group) -> None:
    """Copies a group of an HDF5 file, every array in it as float16."""
    target.attrs.update(source.attrs)
    for name, item in source.items():
        if isinstance(item, h5py.Group):
            copy_half(item, target.create_group(name))
        else:
            target[name] = item[()].astype("float16")


def report(backbone: keras.Model, recipe: Recipe, seeds: int) -> None:
    """Prints few-shot accuracies on the digits: of raw pixels, of random weights, of the backbone.

    Args:
        backbone: A trained backbone.
        recipe: How to build one with random weights.
        seeds: Splits of the digits to average over.
    """
    plain = digits.digit_images()
    for name, images in {"digits": plain, "photo": digits.blend_with_photographs(plain)}.items():
        pixels = images.reshape(len(images), -1)
        print_scores(f"{name}: SVM, pixels", pixels, digits.support_vectors, seeds)
        for weights, model in {"random": build_backbone(recipe), "glyphs": backbone}.items():
            maps = model.predict(preprocess(images), verbose=0)
            for pooling, pool in digits.POOLINGS.items():
                title = f"{name}: probe, {weights} weights, {pooling}"
                print_scores(title, pool(maps), digits.linear_probe, seeds)


def print_scores(
    title: str, features: np.ndarray, build: Callable[[], ClassifierMixin], seeds: int
) -> None:
    """Prints the accuracy for every count of labels, and their mean, in percent."""
    counts = digits.LABEL_COUNTS
    scores = [digits.few_shot_score(features, build, count, seeds) for count in counts]
    columns = " ".join(f"{score:5.1f}" for score in (*scores, np.mean(scores)))
    print(f"{title:<40} {columns}", flush=True)


def main() -> None:
    """Runs the script."""
    arguments = parse_arguments()
    recipe = Recipe(seed=arguments.seed, epochs=arguments.epochs)
    if arguments.smoke:
        recipe = dataclasses.replace(recipe, epochs=1, steps=2, batch_size=8)
    start = time.perf_counter()
    backbone = train(recipe)
    print(f"Trained in {time.perf_counter() - start:.0f} s.")
    save_half(backbone, arguments.out)
    backbone.load_weights(arguments.out)
    report(backbone, recipe, seeds=1 if arguments.smoke else 5)


def parse_arguments() -> argparse.Namespace:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("glyphs.weights.h5"))
    parser.add_argument("--seed", type=int, default=Recipe.seed)
    parser.add_argument("--epochs", type=int, default=Recipe.epochs)
    parser.add_argument("--smoke", action="store_true", help="train for two small steps only")
    return parser.parse_args()


if __name__ == "__main__":
    main()
