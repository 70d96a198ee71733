"""Pictures compared by their dots, so that what a reader sees is what a test holds."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.int16]


def read_png(content: bytes) -> Grey:
    """A PNG of eight-bit RGB(A) or grey, not interlaced, as rows of grey dots 0 … 255. Anything else raises ValueError."""
    header, rows = b"", b""
    at = 8
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        header = body if kind == b"IHDR" else header
        rows += body if kind == b"IDAT" else b""
        at += 12 + length
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", header)
    channels = {0: 1, 2: 3, 6: 4}.get(colour)
    if depth != 8 or interlace or channels is None:
        raise ValueError("this kind of PNG is not read here")
    dots = _unfiltered(zlib.decompress(rows), width * channels, height, channels).reshape(height, width, channels)
    return np.asarray(dots[:, :, : min(3, channels)].mean(axis=2), dtype=np.int16)


def _unfiltered(raw: bytes, row_bytes: int, height: int, step: int) -> npt.NDArray[np.uint8]:
    """Undo the five row filters of the PNG specification (section 9)."""
    out = np.zeros((height, row_bytes), dtype=np.uint8)
    before = bytearray(row_bytes)
    for y in range(height):
        kind, line = raw[y * (row_bytes + 1)], bytearray(raw[y * (row_bytes + 1) + 1 : (y + 1) * (row_bytes + 1)])
        for x in range(row_bytes):
            left, up, corner = (line[x - step] if x >= step else 0), before[x], (before[x - step] if x >= step else 0)
            line[x] = (line[x] + _predicted(kind, left, up, corner)) & 255
        out[y] = np.frombuffer(line, dtype=np.uint8)
        before = line
    return out


def _predicted(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        guess = left + up - corner
        return min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
    return (0, left, up, (left + up) // 2)[kind]


def share_of_different_dots(one: Grey, other: Grey, tolerance: int = 60) -> float:
    """How many dots differ visibly, 0 … 1; pictures of different size differ wholly."""
    if one.shape != other.shape:
        return 1.0
    return float((np.abs(one - other) > tolerance).mean())
