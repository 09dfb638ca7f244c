"""Labels a picture: `python label_with_litert.py MODEL.tflite PICTURE`."""

import json
import sys
import zipfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image, ImageOps

card = json.loads(zipfile.ZipFile(sys.argv[1]).read("keras_tl.json"))
picture = ImageOps.exif_transpose(Image.open(sys.argv[2])).convert("RGBA")
below = Image.new("RGBA", picture.size, (*card["background"], 255))
picture = Image.alpha_composite(below, picture).convert("RGB")
fit = {"crop": ImageOps.fit, "pad": ImageOps.pad, "stretch": Image.Image.resize}[card["resize"]]
picture = fit(picture, card["image_size"][::-1], Image.Resampling.BILINEAR)
images = np.asarray(picture, "float32")[None]
answer = Interpreter(sys.argv[1]).get_signature_runner("serving_default")
found = answer(images=images)["probabilities"][0]
least = 0.5 if card["multi_label"] else found.max()
print(*(name for name, p in zip(card["class_names"], found, strict=True) if p >= least))
