"""A server's view of an export: the TensorFlow C API by ctypes, no Python TensorFlow.

Run as `python -I -S c_api_client.py LIBRARIES EXPORT PICTURE...`; prints what the first two
outputs hold, as JSON.

Source: `tensorflow/c/c_api.h`, `tf_tstring.h`.
"""

import ctypes
import json
import struct
import sys
from pathlib import Path

TF_FLOAT, TF_STRING, TSTRING = 1, 7, 24


class Port(ctypes.Structure):
    _fields_ = (("operation", ctypes.c_void_p), ("index", ctypes.c_int))


def library(folder):
    ctypes.CDLL(str(Path(folder) / "libtensorflow_framework.so.2"), ctypes.RTLD_GLOBAL)
    tf = ctypes.CDLL(str(Path(folder) / "libtensorflow_cc.so.2"), ctypes.RTLD_GLOBAL)
    pointer = ctypes.c_void_p
    for name in ("NewStatus", "NewGraph", "NewSessionOptions", "AllocateTensor", "TensorData",
                 "LoadSessionFromSavedModel", "GraphOperationByName",
                 "StringGetDataPointer"):  # fmt: skip
        getattr(tf, f"TF_{name}").restype = pointer
    for name in ("Message", "StringGetDataPointer"):
        getattr(tf, f"TF_{name}").restype = pointer
    for name in ("TensorByteSize", "StringGetSize"):
        getattr(tf, f"TF_{name}").restype = ctypes.c_size_t
    tf.TF_Dim.restype = ctypes.c_int64
    return tf


class Server:
    def __init__(self, folder, export):
        self.tf = library(folder)
        self.status = ctypes.c_void_p(self.tf.TF_NewStatus())
        self.graph = ctypes.c_void_p(self.tf.TF_NewGraph())
        options = ctypes.c_void_p(self.tf.TF_NewSessionOptions())
        tags = (ctypes.c_char_p * 1)(b"serve")
        self.session = ctypes.c_void_p(
            self.tf.TF_LoadSessionFromSavedModel(
                options, None, export.encode(), tags, 1, self.graph, None, self.status
            )
        )
        self.check()

    def check(self):
        if self.tf.TF_GetCode(self.status):
            raise RuntimeError(ctypes.string_at(self.tf.TF_Message(self.status)).decode())

    def port(self, name, index):
        found = self.tf.TF_GraphOperationByName(self.graph, name.encode())
        return Port(found, index)

    def strings(self, values):
        """Returns a string tensor `(len(values),)`."""
        shape = (ctypes.c_int64 * 1)(len(values))
        size = ctypes.c_size_t(TSTRING * len(values))
        tensor = ctypes.c_void_p(self.tf.TF_AllocateTensor(TF_STRING, shape, 1, size))
        data = self.tf.TF_TensorData(tensor)
        for number, value in enumerate(values):
            place = ctypes.c_void_p(data + TSTRING * number)
            self.tf.TF_StringInit(place)
            self.tf.TF_StringCopy(place, value, ctypes.c_size_t(len(value)))
        return tensor

    def run(self, feed, tensor, fetches):
        inputs, outputs = (Port * 1)(self.port(*feed)), (Port * len(fetches))()
        for place, fetch in enumerate(fetches):
            outputs[place] = self.port(*fetch)
        given = (ctypes.c_void_p * len(fetches))()
        self.tf.TF_SessionRun(
            self.session, None, inputs, (ctypes.c_void_p * 1)(tensor), 1,
            outputs, given, len(fetches), None, 0, None, self.status,
        )  # fmt: skip
        self.check()
        return [self.values(ctypes.c_void_p(one)) for one in given]

    def values(self, tensor):
        """Returns the flat values of a tensor of floats or strings."""
        data, size = self.tf.TF_TensorData(tensor), self.tf.TF_TensorByteSize(tensor)
        if self.tf.TF_TensorType(tensor) == TF_FLOAT:
            return list(struct.unpack(f"{size // 4}f", ctypes.string_at(data, size)))
        places = [ctypes.c_void_p(data + at) for at in range(0, size, TSTRING)]
        return [
            ctypes.string_at(
                self.tf.TF_StringGetDataPointer(p), self.tf.TF_StringGetSize(p)
            ).decode()
            for p in places
        ]


def main(folder, export, *pictures):
    server = Server(folder, export)
    images = server.strings([Path(picture).read_bytes() for picture in pictures])
    names = ("classes", "label", "probabilities", "score")
    fetches = [("StatefulPartitionedCall", number) for number in range(len(names))]
    answers = server.run(("serving_default_image_bytes", 0), images, fetches)
    ours = [name for name in sys.modules if name.split(".")[0] in ("tensorflow", "keras", "numpy")]
    print(json.dumps({**dict(zip(names, answers, strict=True)), "modules": ours}))


if __name__ == "__main__":
    main(*sys.argv[1:])
