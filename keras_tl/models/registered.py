"""Imports every module with a class that a saved model may hold, which registers it with Keras.

Any module of ours may be the first to import Keras, and so be half loaded when this one is; so
these modules import nothing of ours that imports Keras, and no names are taken from them here.
"""

import keras_tl.models.heads
import keras_tl.models.preprocessing
import keras_tl.structure.inference_only  # noqa: F401
