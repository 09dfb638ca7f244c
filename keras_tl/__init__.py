"""Transfer learning for Keras: a backbone is a chain of stages.

Names are imported when they are first used. Once Keras is imported, the layers that saved models
need are registered with it, so that `keras.saving.load_model` finds them.
"""

import importlib

import lazy_loader
import wrapt

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

wrapt.when_imported("keras")(lambda _: importlib.import_module("keras_tl.models.registered"))
