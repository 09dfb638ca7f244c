"""Letters of many scripts, drawn in the typefaces that Matplotlib ships.

A glyph is one character in one face. There are letters only, no digit of any script, so that digits
stay unseen by a network that learns to tell glyphs apart.
"""

import dataclasses
import functools
import pathlib
import unicodedata

import matplotlib
import numpy as np
from matplotlib import ft2font
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

GLYPH_SIZE = 96
"""Side of the mask of a glyph, in pixels."""

GLYPH_EXTENT = 72
"""Longer side of the ink inside that mask, in pixels."""

REFERENCE_FACE = "DejaVuSans"
"""The face that decides which letters there are, and which of them look the same."""

FACES = (
    *("DejaVuSans", "DejaVuSans-Bold", "DejaVuSans-Oblique", "DejaVuSans-BoldOblique"),
    *("DejaVuSerif", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSerif-BoldItalic"),
    *("DejaVuSansMono", "DejaVuSansMono-Bold"),
    *("DejaVuSansMono-Oblique", "DejaVuSansMono-BoldOblique"),
    *("STIXGeneral", "STIXGeneralBol", "STIXGeneralItalic", "STIXGeneralBolIta"),
    *("cmr10", "cmb10", "cmss10", "cmti10", "cmtt10"),
)
"""Matplotlib's text faces, by the names of their files."""

ALPHABETS = {
    "Latin": "AZ az",
    "phonetic": "ɐʯ",
    "Greek": "Αω",
    "Cyrillic": "Ѐџ",
    "Armenian": "Աև",
    "Georgian": "ႠჅ აჰ",
    "Hebrew": "את",
    "Arabic": "ءي",
    "N'Ko": "ߊߪ",
    "Lao": "ກຮ",
    "Tifinagh": "ⴰⵯ",
}
"""First and last letters of ranges of code points that hold letters to draw."""

LETTERS = ("Lu", "Ll", "Lo")
"""Unicode categories of letters: upper case, lower case, and of scripts without cases."""


@dataclasses.dataclass(frozen=True)
class Glyphs:
    """Clean masks of letters.

    Attributes:
        masks: Ink in 0..255, uint8 `(glyphs, GLYPH_SIZE, GLYPH_SIZE)`.
        labels: Class of each glyph, int `(glyphs,)`.
    """

    masks: np.ndarray
    labels: np.ndarray


def face_path(face: str) -> pathlib.Path:
    """Returns the font file of a face."""
    return pathlib.Path(matplotlib.get_data_path(), "fonts", "ttf", f"{face}.ttf")


@functools.cache
def characters(face: str) -> list[str]:
    """Lists the letters that a face holds, in code point order.

    Computer Modern's faces follow Unicode in ASCII only.
    """
    held = map(chr, sorted(ft2font.FT2Font(face_path(face)).get_charmap()))
    mapped = (character for character in held if character.isascii() or not face.startswith("cm"))
    return [character for character in mapped if unicodedata.category(character) in LETTERS]


def is_drawn(character: str) -> bool:
    """Tells whether a character is an unmodified letter of one of the alphabets."""
    spans = " ".join(ALPHABETS.values()).split()
    listed = any(span[0] <= character <= span[-1] for span in spans)
    return listed and unicodedata.normalize("NFKD", character) == character


def draw_glyph(character: str, face: str) -> np.ndarray:
    """Draws a character, its ink scaled to `GLYPH_EXTENT` and centred.

    Args:
        character: A character that the face holds.
        face: One of `FACES`.

    Returns:
        Ink in 0..255, uint8 `(GLYPH_SIZE, GLYPH_SIZE)`.
    """
    font = ImageFont.truetype(face_path(face), GLYPH_SIZE, layout_engine=ImageFont.Layout.BASIC)
    page = Image.new("L", (4 * GLYPH_SIZE, 4 * GLYPH_SIZE))
    ImageDraw.Draw(page).text((GLYPH_SIZE, GLYPH_SIZE), character, 255, font)
    ink = page.crop(page.getbbox())
    scale = GLYPH_EXTENT / max(ink.size)
    width, height = (max(1, round(side * scale)) for side in ink.size)
    ink = ink.resize((width, height), Image.Resampling.BICUBIC)
    mask = Image.new("L", (GLYPH_SIZE, GLYPH_SIZE))
    mask.paste(ink, ((GLYPH_SIZE - ink.width) // 2, (GLYPH_SIZE - ink.height) // 2))
    return np.asarray(mask)


def group_by_shape(masks: np.ndarray, similarity: float = 0.9) -> np.ndarray:
    """Puts letters that look the same, such as a Latin A and a Greek Alpha, into the same class.

    A letter joins the class whose first letter it resembles most, where that is enough.

    Args:
        masks: Clean masks, `(letters, GLYPH_SIZE, GLYPH_SIZE)`.
        similarity: Correlation of blurred masks from which two letters look the same.

    Returns:
        Class of each letter, int `(letters,)`.
    """
    blurred = ndimage.gaussian_filter(masks.astype("float32"), sigma=(0, 3, 3))[:, ::4, ::4]
    firsts: list[int] = []
    labels = np.zeros(len(masks), "int32")
    for letter, row in enumerate(np.corrcoef(blurred.reshape(len(masks), -1))):
        alike = row[firsts]
        if alike.max(initial=-1) < similarity:
            labels[letter] = len(firsts)
            firsts.append(letter)
        else:
            labels[letter] = np.argmax(alike)
    return labels


def letter_classes() -> dict[str, int]:
    """Maps each letter to its class; letters that look the same share one."""
    letters = [letter for letter in characters(REFERENCE_FACE) if is_drawn(letter)]
    masks = np.stack([draw_glyph(letter, REFERENCE_FACE) for letter in letters])
    return dict(zip(letters, group_by_shape(masks).tolist(), strict=True))


def draw_glyphs(classes: dict[str, int]) -> Glyphs:
    """Draws every letter in every face that holds it.

    Compatibility forms count as more faces of their letter: a mathematical script A is an A.
    """
    masks, labels = [], []
    for face in FACES:
        for character in characters(face):
            letter = unicodedata.normalize("NFKC", character)
            if letter in classes:
                masks.append(draw_glyph(character, face))
                labels.append(classes[letter])
    return Glyphs(np.stack(masks), np.asarray(labels, "int32"))
