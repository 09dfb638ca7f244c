"""Runs a search; killed by itself at the given batch, counted over all trainings, if any."""

import os
import signal
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
from keras import layers

import keras_tl as ktl
from keras_tl.tuning import trainer


class Killer(keras.callbacks.Callback):
    """Ends the process at a batch, with no chance to tidy up."""

    seen = 0

    def on_train_batch_end(self, batch, logs=None):
        Killer.seen += 1
        if Killer.seen == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)


def main():
    if len(sys.argv) > 2:
        original = trainer.fine_tune
        trainer.fine_tune = lambda *a, **options: original(*a, callbacks=[Killer()], **options)
    keras.utils.set_random_seed(0)
    inputs = keras.Input((16, 16, 3))
    x = layers.Rescaling(1 / 255)(inputs)
    for stage in range(3):
        x = layers.Conv2D(4 * 2**stage, 3, strides=2, padding="same", activation="relu")(x)
    generator = np.random.default_rng(0)
    labels = np.arange(60) % 3
    pictures = generator.uniform(0, 200, (60, 16, 16, 3))
    pictures[np.arange(60), :, :, labels] += 25
    data = ktl.load_data((pictures, labels), image_size=16, batch_size=8)
    ktl.search(
        data,
        backbones=keras.Model(inputs, x, name="small"),
        oracle="halving",
        max_trials=6,
        epochs=4,
        run_dir=sys.argv[1],
        verbose=0,
    )


main()
