"""BatchNorm moments estimated anew, after the weights before them have changed."""

import keras

from keras_tl.data.split import Split
from keras_tl.structure import graph
from keras_tl.structure.inference import in_inference
from keras_tl.structure.kinds import batch_norms
from keras_tl.structure.plan import Plan


def recalibrate(plan: Plan, model: keras.Model, split: Split) -> None:
    """Re-estimates the moments of the BatchNorm layers in the stages that `plan` trains.

    The new moments are the mean over batches of each batch's mean and variance, with dropout and
    noise passed over. Averaged weights need it too (Izmailov et al., 2018, arXiv:1803.05407).

    Args:
        plan: The plan of the phase.
        model: The model; its moments are replaced in place.
        split: The pictures to estimate on, in order.
    """
    assignment = plan.assign(model)
    norms = {
        norm: not assignment.is_frozen(i)
        for i, stage in enumerate(assignment.chain)
        for layer in stage.layers
        for norm in batch_norms(layer)
    }
    saved = [(norm, norm.momentum, norm.trainable) for norm in norms]
    runner = graph.rebuild(assignment.chain.model, in_inference)
    for number, (images, _) in enumerate(split.in_order()):
        for norm, is_moving in norms.items():
            norm.trainable, norm.momentum = is_moving, number / (number + 1)
        runner(images, training=True)
    for norm, momentum, trainable in saved:
        norm.momentum, norm.trainable = momentum, trainable
