"""A linear probe on ResNet50 in plain PyTorch, in Keras, and with the feature cache.

The twin is ResNet50 written out in PyTorch: the same layers, the same shapes, frozen, in inference
mode and under `no_grad`; its head is trained by Adam on the same batches. All three run start to
end and take turns; ratios are those of medians. Needs PyTorch, which nothing else here does.

    python benchmarks/pytorch_twin.py --images 1112 --repeats 3
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import torch
from feature_cache import CLASSES, HEAD, Work, load, ours, plain
from torch import Tensor, nn

import keras_tl as ktl
from keras_tl.foundation.progress import track

EPOCHS = 10
WORK = Work("linear probe", "ResNet50", [(HEAD, EPOCHS)], 1.0)
BLOCKS = ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2))
EXPANSION = 4
MEAN = (103.939, 116.779, 123.68)


class Bottleneck(nn.Module):
    """A residual block; He et al., 2015, arXiv:1512.03385. As in Keras, the first layer strides."""

    def __init__(self, inputs: int, width: int, stride: int) -> None:
        super().__init__()
        outputs = EXPANSION * width
        self.body = nn.Sequential(
            *convolution(inputs, width, 1, stride),
            nn.ReLU(inplace=True),
            *convolution(width, width, 3),
            nn.ReLU(inplace=True),
            *convolution(width, outputs, 1),
        )
        is_same = inputs == outputs and stride == 1
        self.shortcut = nn.Sequential(*([] if is_same else convolution(inputs, outputs, 1, stride)))

    def forward(self, images: Tensor) -> Tensor:
        """Returns the sum of both ways, rectified."""
        return torch.relu(self.body(images) + self.shortcut(images))


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    """Returns a convolution and its BatchNorm."""
    kept = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2)
    return [kept, nn.BatchNorm2d(outputs)]


def resnet50() -> nn.Module:
    """Returns ResNet50 up to the pooled vector, `(batch, 2048)`."""
    layers: list[nn.Module] = [
        *convolution(3, 64, 7, 2),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, padding=1),
    ]
    inputs = 64
    for width, blocks, stride in BLOCKS:
        for number in range(blocks):
            layers.append(Bottleneck(inputs, width, stride if number == 0 else 1))
            inputs = EXPANSION * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())


def as_tensors(images: np.ndarray, labels: np.ndarray) -> tuple[Tensor, Tensor]:
    """Returns a batch as PyTorch and the network take it: BGR, centred, channels first."""
    levels = np.ascontiguousarray(images[..., ::-1] - np.float32(MEAN))
    moved = torch.from_numpy(levels).permute(0, 3, 1, 2)
    return moved, torch.from_numpy(np.asarray(labels, "int64"))


def twin(data: ktl.Data) -> float:
    """Returns the seconds of ten epochs in PyTorch, validation included."""
    backbone, head = resnet50().eval(), nn.Linear(EXPANSION * 512, CLASSES)
    optimizer = torch.optim.Adam(head.parameters(), 1e-3)
    begun = time.perf_counter()
    for _ in range(EPOCHS):
        data.train.on_epoch_end()
        for batch in data.train:
            images, labels = as_tensors(*map(np.asarray, batch))
            with torch.no_grad():
                features = backbone(images)
            loss = nn.functional.cross_entropy(head(features), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            for batch in data.validation:
                images, labels = as_tensors(*map(np.asarray, batch))
                nn.functional.cross_entropy(head(backbone(images)), labels)
    return time.perf_counter() - begun


def row(name: str, seconds: Sequence[float], cached: Sequence[float]) -> str:
    """Returns a line of the table."""
    ratio = statistics.median(seconds) / statistics.median(cached)
    each = [one / other for one, other in zip(seconds, cached, strict=True)]
    spread = f"**{ratio:.2f}x** ({min(each):.2f} to {max(each):.2f})"
    return f"| {name} | {statistics.median(seconds):.1f} s | {spread} |"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=1112, help="A tenth is for validation.")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    data = load(options.images)
    sides: dict[str, Callable[[], float]] = {
        f"PyTorch {torch.__version__}": lambda: twin(data),
        "plain Keras": lambda: plain(WORK, data),
        "keras_tl": lambda: ours(WORK, data, "auto"),
    }
    found: dict[str, list[float]] = {name: [] for name in sides}
    for _ in track(range(options.repeats), "Probes", options.repeats, show=True):
        for name, side in sides.items():
            found[name].append(side())
    print(f"\n| ResNet50, {EPOCHS} epochs, {data.train.size} images | seconds | of keras_tl |")
    print("|---|---|---|")
    for name, seconds in found.items():
        print(row(name, seconds, found["keras_tl"]))


if __name__ == "__main__":
    main()
