"""Labels a picture: `python label_with_onnx.py MODEL.onnx PICTURE`."""

import json
import sys

import numpy as np
import onnxruntime
from PIL import Image, ImageOps

session = onnxruntime.InferenceSession(sys.argv[1])
card = json.loads(session.get_modelmeta().custom_metadata_map["keras_tl"])
picture = ImageOps.exif_transpose(Image.open(sys.argv[2])).convert("RGBA")
below = Image.new("RGBA", picture.size, (*card["background"], 255))
picture = Image.alpha_composite(below, picture).convert("RGB")
fit = {"crop": ImageOps.fit, "pad": ImageOps.pad, "stretch": Image.Image.resize}[card["resize"]]
picture = fit(picture, card["image_size"][::-1], Image.Resampling.BILINEAR)
images = np.asarray(picture, "float32")[None]
found = session.run(["probabilities"], {"images": images})[0][0]
least = 0.5 if card["multi_label"] else found.max()
print(*(name for name, p in zip(card["class_names"], found, strict=True) if p >= least))
