"""Content Credentials: whether a file holds a C2PA manifest, in which whoever made it says so and signs that.

It is found by where it lies, and neither read nor checked; no copy that is handed out leaves it away.
"""

import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from providers.library.imprints.containers import (
    Chunk,
    Malformed,
    boxes,
    every_png_chunk,
    jpeg_segments,
    riff_chunks,
)
from providers.library.media_types import DEMUXERS, HEAD, sniff

BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
"""The kind of a `uuid` box that holds one."""
APP11 = b"\xeb"
_MARK = 64
"""Bytes at the beginning of a segment of a JPEG within which a manifest names itself."""


def has_credentials(path: Path) -> bool:
    """Whether a file holds a C2PA manifest. OSError."""
    with path.open("rb") as file:
        media_type = sniff(file.read(HEAD)) or ""
        is_iso = DEMUXERS.get(media_type) == "mov" or media_type in ("image/avif", "image/heic")
        find = _PLACES.get("video/mp4" if is_iso else media_type)
        try:
            return find is not None and find(file, path.stat().st_size)
        except (Malformed, struct.error):
            return False


def _in_jpeg(file: BinaryIO, size: int) -> bool:
    return any(
        part.name == APP11 and b"c2pa" in _begin(file, part, _MARK)
        for part in jpeg_segments(file, size)
    )


def _in_png(file: BinaryIO, size: int) -> bool:
    return any(part.name == b"caBX" for part in every_png_chunk(file, size))


def _in_webp(file: BinaryIO, size: int) -> bool:
    return any(part.name == b"C2PA" for part in riff_chunks(file, size))


def _in_iso(file: BinaryIO, size: int) -> bool:
    return any(
        part.name == b"uuid" and _begin(file, part, len(BOX)) == BOX for part in boxes(file, size)
    )


def _begin(file: BinaryIO, part: Chunk, count: int) -> bytes:
    file.seek(part.body)
    return file.read(min(count, part.size))


_PLACES: Mapping[str, Callable[[BinaryIO, int], bool]] = {
    "image/jpeg": _in_jpeg,
    "image/png": _in_png,
    "image/webp": _in_webp,
    "video/mp4": _in_iso,
}
