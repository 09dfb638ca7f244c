"""Files and folders as people have them at their worst, each with what an audit must say of it.

A row makes its nastiness beside healthy pictures under `root`, in the classes `cat` and `dog`, and
returns what a source would hand over. `tests/data/auditing/conftest.py` shows how to load this file
in a conftest: as the fixture `nasty`, a test that takes it runs once a row.
"""

import io
import os
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from keras_tl.data.auditing.content import MOST_BYTES
from keras_tl.data.examples import Examples

HEALTHY = 3


class Listed(NamedTuple):
    """A picture as a source would list it."""

    path: Path
    label: str = "cat"
    part: str = "train"


class Nasty(NamedTuple):
    """A kind of nastiness.

    `make(root, monkeypatch)` makes it and returns what is listed beside the healthy pictures.
    `kinds` are those of all findings that it leads to, and `line` a pattern that a line of the
    report must match.
    """

    name: str
    make: Callable[..., list[Listed]]
    kinds: set[str]
    line: str


def picture(seed: int, width: int = 48, height: int = 36) -> Image.Image:
    """Returns a smooth colourful picture, no two alike."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 9, 3), dtype="uint8")
    return Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)


def encoded(kind: str, seed: int = 900, **options: object) -> bytes:
    """Returns an encoded picture."""
    sink = io.BytesIO()
    picture(seed).save(sink, format=kind, **options)
    return sink.getvalue()


def half(content: bytes) -> bytes:
    """Returns the first half."""
    return content[: len(content) // 2]


def healthy(root: Path) -> list[Listed]:
    """Writes a few healthy pictures of each class."""
    found = []
    for seed, label in enumerate(("cat", "dog")):
        (root / label).mkdir(parents=True)
        for number in range(HEALTHY):
            path = root / label / f"{number}.png"
            picture(10 * seed + number).save(path)
            found.append(Listed(path, label))
    return found


def examples_of(listed: list[Listed], *, divided: bool = False) -> Examples:
    """Returns what a source would give."""
    names = sorted({item.label for item in listed})
    labels = np.array([names.index(item.label) for item in listed], dtype="int64")
    parts = np.array([item.part for item in listed]) if divided else None
    return Examples([item.path for item in listed], labels, names, parts)


def png_of_size(width: int, height: int) -> bytes:
    """Returns a PNG that says it is so large; it holds almost nothing."""

    def chunk(name: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + check

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100))
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def overwritten(content: bytes, place: int, layout: str, *numbers: int) -> bytes:
    """Returns bytes with numbers written over some of them."""
    changed = bytearray(content)
    struct.pack_into(layout, changed, place, *numbers)
    return bytes(changed)


def zipped() -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("cat.jpg", b"cat")
    return sink.getvalue()


JPEG, PNG, GIF = encoded("JPEG"), encoded("PNG"), encoded("GIF")
BMP, WEBP = encoded("BMP"), encoded("WEBP", lossless=True)


def bad(name: str, content: bytes, line: str, file: str = "bad.jpg") -> Nasty:
    """A file in `cat` that is set aside for what is in it."""

    def make(root: Path, _: object) -> list[Listed]:
        path = root / "cat" / file
        path.write_bytes(content)
        return [Listed(path)]

    return Nasty(name, make, {"set aside"}, line)


def named(name: str, file: str, line: str) -> Nasty:
    """An empty file with a name that is trouble to print."""
    return bad(name, b"", line, file)


def undecodable_name(root: Path, _: object) -> list[Listed]:
    path = Path(os.fsdecode(os.fsencode(root / "cat") + b"/caf\xe9.jpg"))
    path.write_bytes(b"")
    return [Listed(path)]


def folder(root: Path, _: object) -> list[Listed]:
    path = root / "cat" / "bad.jpg"
    path.mkdir()
    return [Listed(path)]


def broken_link(root: Path, _: object) -> list[Listed]:
    path = root / "cat" / "bad.jpg"
    path.symlink_to(root / "nowhere.jpg")
    return [Listed(path)]


def circular_link(root: Path, _: object) -> list[Listed]:
    one, other = root / "cat" / "one.jpg", root / "cat" / "other.jpg"
    one.symlink_to(other)
    other.symlink_to(one)
    return [Listed(one)]


def pipe(root: Path, _: object) -> list[Listed]:
    path = root / "cat" / "bad.jpg"
    os.mkfifo(path)
    return [Listed(path)]


def endless_device(root: Path, _: object) -> list[Listed]:
    path = root / "cat" / "bad.jpg"
    path.symlink_to("/dev/zero")
    return [Listed(path)]


def huge_file(root: Path, _: object) -> list[Listed]:
    path = root / "cat" / "bad.jpg"
    with open(path, "wb") as file:
        file.truncate(MOST_BYTES + 1)
    return [Listed(path)]


def vanished(root: Path, _: object) -> list[Listed]:
    path = root / "cat" / "bad.jpg"
    path.write_bytes(JPEG)
    path.unlink()
    return [Listed(path)]


def forbidden(root: Path, monkeypatch: object) -> list[Listed]:
    path = root / "cat" / "bad.jpg"
    path.write_bytes(JPEG)
    read = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self == path:
            raise PermissionError(13, "Permission denied", str(self))
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    return [Listed(path)]


def broken_disk(root: Path, monkeypatch: object) -> list[Listed]:
    path = root / "cat" / "bad.jpg"
    path.write_bytes(JPEG)
    read = Path.read_bytes

    def fail(self: Path) -> bytes:
        if self == path:
            raise OSError(5, "Input/output error", str(self))
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", fail)
    return [Listed(path)]


def copied(source: str, target: str, label: str, part: str = "train") -> Callable[..., list]:
    def make(root: Path, _: object) -> list[Listed]:
        shutil.copy(root / source, root / target)
        return [Listed(root / target, label, part)]

    return make


def linked(root: Path, _: object) -> list[Listed]:
    path = root / "cat" / "link.png"
    path.symlink_to(root / "cat" / "0.png")
    return [Listed(path)]


def listed_twice(root: Path, _: object) -> list[Listed]:
    return [Listed(root / "cat" / "0.png")]


def changed(file: str, change: Callable[[Image.Image], Image.Image], **options: object) -> Callable:
    """Another version of a healthy picture."""

    def make(root: Path, _: object) -> list[Listed]:
        path = root / "cat" / file
        with Image.open(root / "cat" / "0.png") as image:
            change(image).save(path, **options)
        return [Listed(path)]

    return make


def blank(*colours: object, mode: str = "RGB", file: str = "blank{}.png") -> Callable:
    def make(root: Path, _: object) -> list[Listed]:
        found = []
        for number, colour in enumerate(colours):
            path = root / "cat" / file.format(number)
            Image.new(mode, (40, 30 + number), colour).save(path)
            found.append(Listed(path))
        return found

    return make


def class_of_bad_files(root: Path, _: object) -> list[Listed]:
    (root / "yeti").mkdir()
    (root / "yeti" / "bad.jpg").write_bytes(b"")
    return [Listed(root / "yeti" / "bad.jpg", "yeti")]


def crowd(root: Path, _: object) -> list[Listed]:
    found = []
    for seed in range(100, 127):
        path = root / "dog" / f"{seed}.png"
        picture(seed, 16, 12).save(path)
        found.append(Listed(path, "dog"))
    return found


CUT = r"a truncated or damaged {}"
NASTY = [
    bad("empty", b"", r"cat/bad\.jpg +empty file"),
    bad("text", b"this is a text", r"cat/bad\.jpg +not a picture$"),
    bad("zeros", bytes(5000), "not a picture$"),
    bad("noise", np.random.default_rng(0).bytes(5000), "not a picture$"),
    bad("web page", b"<!DOCTYPE html><html>404</html>", "not a picture but a web page"),
    bad("git lfs", b"version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"),
    bad("pdf", b"%PDF-1.7\n...", "not a picture but a PDF"),
    bad("zip", zipped(), "not a picture but a ZIP archive"),
    bad("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing", "drawing.png"),
    bad("heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC picture, which is not read"),
    bad("three bytes", JPEG[:3], "a damaged JPEG: its header cannot be read"),
    bad("signature only", PNG[:8], "a damaged PNG: its header cannot be read", "bad.png"),
    bad("half jpeg", half(JPEG), "a damaged JPEG: its header cannot be read: Truncated"),
    bad("jpeg without its end", JPEG[:-150], CUT.format("JPEG")),
    bad("half png", half(PNG), CUT.format("PNG"), "bad.png"),
    bad("half gif", half(GIF), CUT.format("GIF"), "bad.gif"),
    bad("half bmp", half(BMP), CUT.format("BMP"), "bad.bmp"),
    bad("half webp", half(WEBP), "(damaged|truncated or damaged) W[Ee][Bb]P", "bad.webp"),
    bad("damaged png", PNG[:-40] + bytes(20) + PNG[-20:], CUT.format("PNG"), "bad.png"),
    bad("bomb png", png_of_size(60_000, 60_000), "absurdly large", "bad.png"),
    bad("large png", png_of_size(10_000, 10_000), "absurdly large: 10000 x 10000", "bad.png"),
    bad("bomb gif", overwritten(GIF, 6, "<HH", 65_535, 65_535), "absurdly large", "bad.gif"),
    bad("bomb bmp", overwritten(BMP, 18, "<ii", 50_000, 50_000), "absurdly large", "bad.bmp"),
    bad(
        "bomb jpeg",
        overwritten(JPEG, JPEG.index(b"\xff\xc0") + 5, ">HH", 65_500, 65_500),
        "absurdly large",
    ),
    named("newline in the name", "two\nlines.jpg", r"cat/two\\nlines\.jpg +empty file"),
    named("emoji in the name", "🐈.jpg", r"cat/🐈\.jpg +empty file"),
    named("another script", "кот 猫.jpg", r"cat/кот 猫\.jpg +empty file"),
    named("reversed name", "\u202egpj.jpg", r"cat/\\u202egpj\.jpg +empty file"),
    named("escape in the name", "\x1b[31mred.jpg", r"cat/\\x1b\[31mred\.jpg +empty file"),
    named("markup in the name", "[red]x.jpg", r"cat/\[red\]x\.jpg +empty file"),
    Nasty("undecodable name", undecodable_name, {"set aside"}, r"cat/caf\\xe9\.jpg +empty file"),
    Nasty("folder", folder, {"set aside"}, "a folder, not a file"),
    Nasty("broken link", broken_link, {"set aside"}, "a link to a file that is not there"),
    Nasty("circular link", circular_link, {"set aside"}, "a link that leads back to itself"),
    Nasty("pipe", pipe, {"set aside"}, "a pipe or a device"),
    Nasty("endless device", endless_device, {"set aside"}, "a pipe or a device"),
    Nasty("huge file", huge_file, {"set aside"}, r"too large: 536\.9 MB"),
    Nasty("vanished", vanished, {"set aside"}, "there is no such file"),
    Nasty("forbidden", forbidden, {"set aside"}, "may not be read: permission denied"),
    Nasty("broken disk", broken_disk, {"set aside"}, "cannot be read: Input/output error"),
    Nasty(
        "duplicate in another class",
        copied("cat/0.png", "dog/again.png", "dog"),
        {"duplicates under other labels", "duplicates"},
        r"cat/0\.png +cat +dog/again\.png +dog",
    ),
    Nasty(
        "duplicate in another part",
        copied("cat/0.png", "cat/again.png", "cat", "test"),
        {"duplicates across parts", "duplicates"},
        r"cat/0\.png +train +cat/again\.png +test",
    ),
    Nasty(
        "duplicate in its class",
        copied("cat/0.png", "cat/again.png", "cat"),
        {"duplicates"},
        r"cat/0\.png +cat/again\.png",
    ),
    Nasty("link to a picture", linked, {"duplicates"}, r"cat/0\.png +cat/link\.png"),
    Nasty("listed twice", listed_twice, {"duplicates"}, r"cat/0\.png +cat/0\.png"),
    Nasty(
        "compressed again",
        changed("again.jpg", lambda image: image, quality=40),
        {"near duplicates"},
        r"cat/0\.png +cat/again\.jpg +[0-4]$",
    ),
    Nasty(
        "another size",
        changed("again.png", lambda image: image.resize((96, 72))),
        {"near duplicates"},
        r"cat/0\.png +cat/again\.png +[0-4]$",
    ),
    Nasty(
        "darker",
        changed("again.png", lambda image: image.point(lambda level: level // 2)),
        {"near duplicates"},
        r"cat/0\.png +cat/again\.png +[0-4]$",
    ),
    Nasty("blank", blank("white", "red"), {"blank"}, r"cat/blank[01]\.png +0\.00"),
    Nasty("blank grey", blank(7, mode="L", file="x{}.jpg"), {"blank"}, r"cat/x0\.jpg +0\.00"),
    Nasty(
        "class of bad files",
        class_of_bad_files,
        {"set aside", "classes without pictures"},
        r"yeti/bad\.jpg +empty file",
    ),
    Nasty("crowd", crowd, {"imbalance"}, "The largest class has 10 times the pictures"),
]
