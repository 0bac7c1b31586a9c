"""Whether a file has its own end, walked from its beginning: what lies behind that is nobody's."""

import mmap
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from providers.library.imprints.containers import Malformed, boxes, every_png_chunk, jpeg_scan
from providers.library.media_types import DEMUXERS

_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""In the pixels of a JPEG: a marker that is neither a byte of theirs nor a restart."""
JPEG_END = 0xD9
EXTENSION, PICTURE, TRAILER = b"!", b",", b";"
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
    place = jpeg_scan(file, size)
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        while found := _MARKER.search(content, place):
            # Between the scans of one that comes by and by stand tables.
            if content[found.end() - 1] == JPEG_END:
                return True
            place = found.end()
    return False


def _webp(file: BinaryIO, size: int) -> bool:
    file.seek(4)
    return int.from_bytes(file.read(4), "little") + 8 <= size


def _gif(file: BinaryIO, size: int) -> bool:
    file.seek(10)
    file.seek(13 + _colours(file.read(1)))
    pictures = 0
    while (sign := file.read(1)) in (EXTENSION, PICTURE):
        if sign == EXTENSION:
            file.read(1)
        else:
            # Its place, its colours, and how its pixels are packed.
            file.seek(8, 1)
            file.seek(_colours(file.read(1)) + 1, 1)
            pictures += 1
        for length in _blocks(file):
            file.seek(length, 1)
        if file.tell() > size:
            return False
    # Some leave the last sign away; what else stands there is behind the end.
    return pictures > 0


def _colours(flags: bytes) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _blocks(file: BinaryIO) -> Iterator[int]:
    while length := file.read(1):
        if not length[0]:
            return
        yield length[0]
    raise Malformed


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
