"""Whether a file has its own end, walked from its beginning: what lies behind that is nobody's."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from providers.library.imprints.containers import (
    GIF_PICTURE,
    SCAN,
    Malformed,
    boxes,
    every_jpeg_segment,
    every_png_chunk,
    gif_blocks,
)
from providers.library.media_types import DEMUXERS

OF_MP4 = (b"moov", b"mdat", b"moof", b"mfra", b"sidx", b"meta", b"uuid", b"free", b"skip")
"""Boxes by whose beginning a cut file is told from one with something behind its end."""


def has_end(path: Path, media_type: str) -> bool:
    """Whether nothing of the file is missing, as far as a file of its kind tells. OSError."""
    kind = "video/mp4" if DEMUXERS.get(media_type) == "mov" else media_type
    walk = _WALKS.get(kind)
    size = path.stat().st_size
    with path.open("rb") as file, suppress(Malformed):
        return walk is None or walk(file, size)
    return False


def _png(file: BinaryIO, size: int) -> bool:
    return any(part.name == b"IEND" and part.end <= size for part in every_png_chunk(file, size))


def _jpeg(file: BinaryIO, size: int) -> bool:
    names = [part.name[0] for part in every_jpeg_segment(file, size)]
    return SCAN in names


def _webp(file: BinaryIO, size: int) -> bool:
    file.seek(4)
    return int.from_bytes(file.read(4), "little") + 8 <= size


def _gif(file: BinaryIO, size: int) -> bool:
    # Some leave the last sign away; what else stands there is behind the end.
    return GIF_PICTURE in [block.name for block in gif_blocks(file, size)]


def _boxed(*wanted: bytes) -> Callable[[BinaryIO, int], bool]:
    def walk(file: BinaryIO, size: int) -> bool:
        found, end = set[bytes](), 0
        with suppress(Malformed):
            for box in boxes(file, size):
                found.add(box.name)
                end = box.end
        file.seek(end + 4)
        return found.issuperset(wanted) and file.read(4) not in OF_MP4

    return walk


_WALKS: Mapping[str, Callable[[BinaryIO, int], bool]] = {
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/webp": _webp,
    "image/gif": _gif,
    "image/avif": _boxed(b"meta", b"mdat"),
    "video/mp4": _boxed(b"moov", b"mdat"),
}
