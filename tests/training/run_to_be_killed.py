"""A run for tests that kill it: `python run_to_be_killed.py RUN RECIPE [BATCH]`.

Follows the recipe in the file RECIPE, and kills itself after the batch BATCH if one is given. It
prints a line before the run and one after it, for those who kill it from outside.
"""

import os
import signal
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np

import keras_tl as ktl

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    tf.config.experimental.enable_op_determinism()


class KillAfter(keras.callbacks.Callback):
    def __init__(self, batches):
        super().__init__()
        self.left = batches

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def build(data):
    keras.utils.set_random_seed(0)
    x = images = keras.Input((16, 16, 3))
    for _ in range(2):
        x = keras.layers.Conv2D(4, 3, strides=2, use_bias=False)(x)
        x = keras.layers.ReLU()(keras.layers.BatchNormalization()(x))
    return ktl.build_classifier(keras.Model(images, x), data, dropout=0.3)


def main(run, recipe, batch=-1):
    labels = np.arange(30) % 3
    images = np.random.default_rng(0).uniform(0, 255, (30, 16, 16, 3))
    data = ktl.load_data((images, labels), image_size=16, batch_size=8)
    model = build(data)
    recipe = ktl.Recipe.from_file(recipe)
    print("begins", flush=True)
    ktl.fine_tune(model, data, recipe, run_dir=run, callbacks=[KillAfter(int(batch))], verbose=0)
    print("ends", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
