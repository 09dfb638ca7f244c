import tensorflow as tf

from keras_tl.data.formats.binary import opened
from keras_tl.data.formats.pieces import jpeg_segment, png_chunk, riff_chunk


def test_segments_are_told_by_marker_and_beginning():
    parts = [
        b"\xff\xd8",
        b"\xff\xe1\0\5abc",
        b"\xff\xff\xe2\0\5xyz",
        b"\xff\xe1\0\5xyz",
        b"\xff\xda\0\2",
    ]
    file = opened(tf.constant(b"".join(parts) + b"\xff\xe1\0\5late"))
    assert jpeg_segment(file, b"\xff\xe1", b"x") == len(b"".join(parts[:3]))
    assert jpeg_segment(file, b"\xff\xe1", b"l") == len(b"".join(parts[:4]))


def test_chunks_of_png_are_told_by_name():
    parts = [
        b"\x89PNG\r\n\x1a\n",
        b"\0\0\0\4one_IEND****",
        b"\0\0\0\0two_****",
        b"\0\0\0\0IEND****",
    ]
    file = opened(tf.constant(b"".join(parts) + b"\0\0\0\0late"))
    assert png_chunk(file, b"two_") == len(b"".join(parts[:2]))
    assert png_chunk(file, b"late") == len(b"".join(parts[:3]))
    assert png_chunk(file, b"late", until=b"two_") == len(b"".join(parts[:2]))


def test_chunks_of_webp_are_told_by_name_and_padded_to_even_lengths():
    parts = [b"RIFF\0\0\0\0WEBP", b"one_\3\0\0\0abc\0", b"two_\0\0\0\0"]
    file = opened(tf.constant(b"".join(parts)))
    assert riff_chunk(file, b"two_") == len(b"".join(parts[:2]))
    assert riff_chunk(file, b"none") == len(b"".join(parts))
