"""What a call costs, read off its kernels."""

import math

import keras

from keras_tl.structure.graph import Call


def multiply_adds(call: Call) -> int:
    """Returns the multiply-adds of a call for one image.

    Each kernel is used once at every output position, so a convolution costs
    `height x width x kernel size` and a dense layer its kernel; what has no kernel counts nothing.
    """
    kernels = [weight for weight in call.weights if len(weight.shape) > 1]
    positions = math.prod(size or 1 for size in call.outputs[0].shape[1:-1])
    if isinstance(call.operation, keras.layers.Conv2DTranspose):
        positions = math.prod(size or 1 for size in call.inputs[0].shape[1:-1])
    return sum(math.prod(kernel.shape) for kernel in kernels) * positions
