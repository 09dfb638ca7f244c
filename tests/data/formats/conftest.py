"""Pictures in every form that people have them, and Pillow as the judge of what they show."""

import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image, ImageOps

from keras_tl.data.decode import decode

MODES = {
    "JPEG": ("RGB", "L"),
    "PNG": ("RGB", "L", "1", "P", "RGBA", "LA"),
    "GIF": ("RGB", "L", "1", "P", "RGBA", "LA"),
    "BMP": ("RGB", "L", "1", "P", "RGBA"),
    "WEBP": ("RGB", "RGBA"),
}


@pytest.fixture(scope="session")
def pixels():
    """Decodes one picture; that graphs give the same is the matter of `test_formats.py`."""
    return lambda encoded, **options: decode(tf.constant(encoded), **options).numpy()


@pytest.fixture(scope="session")
def by_pillow():
    """Decodes by Pillow: upright, on a background, in red, green and blue."""

    def run(encoded, background=(255, 255, 255)):
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(encoded)))
        if image.has_transparency_data:
            above = image.convert("RGBA")
            below = Image.new("RGBA", image.size, (*background, 255))
            image = Image.alpha_composite(below, above)
        return np.asarray(image.convert("RGB"))

    return run


@pytest.fixture(scope="session")
def see_through(picture):
    """Makes a picture with opacities from 0 to 255, both ends in patches."""

    def make(seed=0, mode="RGBA", **options):
        image = picture(seed, **options)
        levels = np.asarray(image.convert("L"), "int64")
        image.putalpha(Image.fromarray(np.clip(levels * 2 - 130, 0, 255).astype("uint8")))
        return image.convert(mode if mode in ("RGBA", "LA", "P") else "RGB").convert(mode)

    return make


@pytest.fixture(scope="session")
def make_exif():
    """Makes EXIF data by hand, in either byte order."""

    def make(orientation, order="<", kind="H", count=1, before=1, tag=0x0112):
        form = {"H": 3, "L": 4}[kind]
        value = struct.pack(order + kind, orientation).ljust(4, b"\0")
        entries = [(0x010F + i, 2, 1, b"x\0\0\0") for i in range(before)]
        entries.append((tag, form, count, value))
        packed = [struct.pack(order + "HHL4s", *entry) for entry in entries]
        start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "L", 8)
        number = struct.pack(order + "H", len(entries))
        return b"Exif\0\0" + start + number + b"".join(packed) + bytes(4)

    return make


@pytest.fixture(scope="session")
def in_jpeg():
    """Puts segments `(marker, content)` into a JPEG, before its segment number `at`."""

    def put(encoded, *segments, at=0):
        position = 2
        for _ in range(at):
            position += 2 + int.from_bytes(encoded[position + 2 : position + 4], "big")
        new = [
            marker + struct.pack(">H", 2 + len(content)) + content for marker, content in segments
        ]
        return encoded[:position] + b"".join(new) + encoded[position:]

    return put


@pytest.fixture(scope="session")
def make_png():
    """Writes a PNG of any depth and type from rows of packed bytes, with chunks of one's own."""

    def chunk(name, content):
        check = struct.pack(">L", zlib.crc32(name + content))
        return struct.pack(">L", len(content)) + name + content + check

    def make(width, rows, depth, kind, before=(), after=()):
        header = struct.pack(">LLBBBBB", width, len(rows), depth, kind, 0, 0, 0)
        packed = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
        chunks = [(b"IHDR", header), *before, (b"IDAT", packed), *after, (b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in chunks)

    return make


@pytest.fixture(scope="session")
def make_bmp():
    """Writes a BMP from rows of bytes, top first, with a header of 12, 40 or 108 bytes."""

    def make(width, rows, bits, *, palette=b"", masks=(), header=40, from_top=False, packing=None):
        padded = [bytes(row) + bytes(-len(row) % 4) for row in rows]
        height = -len(rows) if from_top else len(rows)
        if header == 12:
            info = struct.pack("<LHHHH", 12, width, height, 1, bits)
        else:
            packing = packing or (3 if masks else 0)
            info = struct.pack("<LllHHLLllLL", header, width, height, 1, bits, packing, *[0] * 5)
            info += b"".join(struct.pack("<L", mask) for mask in masks)
            info = info.ljust(header, b"\0")
        content = b"".join(padded if from_top else padded[::-1])
        start = 14 + len(info) + len(palette)
        return (
            struct.pack("<2sLLL", b"BM", start + len(content), 0, start) + info + palette + content
        )

    return make


@pytest.fixture(scope="session")
def corpus(picture, see_through, encode, make_exif, in_jpeg, make_png, make_bmp):
    """One file of every kind that decodes exactly as in Pillow."""
    moving = {"save_all": True, "append_images": [see_through(1)]}
    noise = np.random.default_rng(0).integers(0, 256, (9, 26)).astype("uint8")
    masks = (0xFF, 0xFF00, 0xFF0000, 0xFF000000)
    files = {
        f"{kind} {mode}": encode(see_through(mode=mode), kind)
        for kind, modes in MODES.items()
        for mode in modes
    }
    for kind in ("JPEG", "PNG", "WEBP"):
        for orientation in (2, 3, 6, 8):
            turned = make_exif(orientation, "<>"[orientation % 2])
            files[f"{kind} turned {orientation}"] = encode(picture(), kind, exif=turned)
    return {
        **files,
        "JPEG late": in_jpeg(files["JPEG RGB"], (b"\xff\xe1", make_exif(5)), at=3),
        "JPEG progressive": encode(picture(), "JPEG", progressive=True, quality=40),
        "PNG 2 bits": make_png(
            13, noise[:, :4], 2, 3, [(b"PLTE", bytes(range(12))), (b"tRNS", b"\0\7")]
        ),
        "PNG 16 bits": make_png(4, noise[:, :24], 16, 2),
        "GIF moving": encode(see_through(), "GIF", **moving),
        "WEBP moving": encode(see_through(), "WEBP", **moving),
        "WEBP lossless": encode(see_through(), "WEBP", lossless=True),
        "BMP 4 bits": make_bmp(13, noise[:, :7], 4, palette=bytes(range(64)), from_top=True),
        "BMP 16 bits": make_bmp(13, noise, 16),
        "BMP opacity": make_bmp(6, noise[:, :24], 32, masks=masks, header=108),
    }
