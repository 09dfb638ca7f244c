"""Imports every class that a saved model may hold, which registers it with Keras."""

from keras_tl.models.heads import ClassProbabilities, CosineLogits
from keras_tl.models.preprocessing import Preprocessing
from keras_tl.structure.freezing import InferenceOnly

REGISTERED = (ClassProbabilities, CosineLogits, InferenceOnly, Preprocessing)
