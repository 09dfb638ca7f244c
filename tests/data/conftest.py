import io

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="session")
def picture():
    """Makes a smooth colourful Pillow image of a size and mode."""

    def make(seed=0, width=61, height=43, mode="RGB"):
        coarse = np.random.default_rng(seed).integers(0, 256, (6, 9, 3), dtype="uint8")
        image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        alpha = image.convert("L")
        image = image.convert(mode)
        if mode in ("RGBA", "LA"):
            image.putalpha(alpha)
        return image

    return make


@pytest.fixture(scope="session")
def encode():
    """Encodes a Pillow image."""

    def to_bytes(image, kind, **options):
        sink = io.BytesIO()
        image.save(sink, format=kind, **options)
        return sink.getvalue()

    return to_bytes


@pytest.fixture
def make_folder(tmp_path, picture):
    """Writes `counts` pictures a class under a folder, no two alike."""

    def make(counts, root="flowers", suffix="png", seed=0):
        for label, count in counts.items():
            folder = tmp_path / root / label
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(count):
                seed += 1
                image = picture(seed, width=20 + number % 7, height=16 + number % 5)
                image.save(folder / f"{number:03}.{suffix}")
        return tmp_path / root

    return make
