"""The outer shape of files: chunks of PNG and RIFF, segments of JPEG, boxes of MP4, told without decoding."""

import mmap
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

MOST_PARTS = 100_000
"""A file with more parts than this is not looked through."""
PNG_START, RIFF_START = 8, 12
GIF_EXTENSION, GIF_PICTURE = b"!", b","
SCAN, END = 0xDA, 0xD9
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
"""In a JPEG: a marker that is neither a byte of its pixels nor a restart among them."""


class Malformed(Exception):
    """The file does not have the shape that its first bytes promise."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One part of a file, in bytes from its beginning: `start` with its header, `body` its `size` bytes
    of content, `end` where the next one starts."""

    name: bytes
    start: int
    body: int
    size: int
    end: int

    def content(self, file: BinaryIO) -> bytes:
        """Its content, whole: only for parts that are known to be small."""
        file.seek(self.body)
        return file.read(self.size)


_Reader: TypeAlias = Callable[[bytes, int, int], Chunk]
"""(16 bytes at a place, the place, the file's size) -> the part that begins there."""


def png_chunks(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """The chunks of a PNG before its pixels."""
    for part in _walk(file, PNG_START, size, _png_chunk):
        if part.name == b"IDAT":
            return
        yield part


def every_png_chunk(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """All chunks of a PNG, and what follows its end as far as it looks like some."""
    return _walk(file, PNG_START, size, _png_chunk)


def riff_chunks(file: BinaryIO, size: int, start: int = RIFF_START) -> Iterator[Chunk]:
    """The chunks of a WebP or another RIFF file of `size` bytes, or those in one of them from `start` on."""
    return _walk(file, start, size, _riff_chunk)


def webp_size(file: BinaryIO) -> tuple[int, int]:
    """Width and height that a WebP tells before its pixels. Malformed."""
    file.seek(RIFF_START)
    head = file.read(18)
    name, body = head[:4], head[8:]
    if name == b"VP8X" and len(body) == 10:
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:], "little") + 1
    if name == b"VP8L" and len(body) == 10:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 " and len(body) == 10:
        width, height = struct.unpack("<HH", body[6:])
        return width & 0x3FFF, height & 0x3FFF
    raise Malformed


def jpeg_segments(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """The segments of a JPEG before its pixels, each named by its marker's second byte."""
    for part in _walk(file, 2, size, _jpeg_segment):
        if part.name[0] in (SCAN, END):
            return
        yield part


def every_jpeg_segment(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """All segments of a JPEG, also those between the scans of one that comes by and by; the last one is
    its end. What stands between two of them are pixels. Malformed where the end is missing."""
    if not size:
        raise Malformed
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        place = 2
        for _ in range(MOST_PARTS):
            found = _MARKER.search(content, place)
            if found is None:
                raise Malformed
            part = _jpeg_segment(content[found.start() : found.start() + 4], found.start(), size)
            yield part
            if part.name[0] == END:
                return
            place = part.end
    raise Malformed


def boxes(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """The top-level boxes of an MP4 or another ISO file."""
    return _walk(file, 0, size, _box)


def boxes_in(file: BinaryIO, box: Chunk) -> Iterator[Chunk]:
    """The boxes that lie in another one."""
    return _walk(file, box.body, box.end, _box)


def gif_blocks(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """The pictures and extensions of a GIF, each named by how it begins; the body of an extension is what
    stands behind the length of its first part. Malformed where one is cut."""
    file.seek(10)
    place = 13 + _colours(file.read(1))
    for _ in range(MOST_PARTS):
        file.seek(place)
        head = file.read(2)
        if head[:1] not in (GIF_EXTENSION, GIF_PICTURE):
            return
        body = place + 3
        file.seek(place + 2)
        if head[:1] == GIF_PICTURE:
            # Its place, its colours, and how its pixels are packed.
            file.seek(place + 9)
            body = place + 11 + _colours(file.read(1))
            file.seek(body)
        while length := file.read(1):
            if not length[0]:
                break
            file.seek(length[0], 1)
        end = file.tell()
        if not length or end > size:
            raise Malformed
        name = head if head[:1] == GIF_EXTENSION else GIF_PICTURE
        yield Chunk(name, place, body, end - body, end)
        place = end
    raise Malformed


def _colours(flags: bytes) -> int:
    """Bytes of a table of colours."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _walk(file: BinaryIO, place: int, size: int, read: _Reader) -> Iterator[Chunk]:
    # A few bytes behind the last part are nobody's; a part that reaches past the end is none.
    for _ in range(MOST_PARTS):
        if place + 8 > size:
            return
        file.seek(place)
        part = read(file.read(16), place, size)
        if part.end <= place or part.body + part.size > size:
            raise Malformed
        yield part
        place = part.end
    raise Malformed


def _png_chunk(head: bytes, place: int, _size: int) -> Chunk:
    length, name = struct.unpack(">I4s", head[:8])
    return Chunk(name, place, place + 8, length, place + 12 + length)


def _riff_chunk(head: bytes, place: int, _size: int) -> Chunk:
    name, length = struct.unpack("<4sI", head[:8])
    return Chunk(name, place, place + 8, length, place + 8 + length + length % 2)


def _jpeg_segment(head: bytes, place: int, _size: int) -> Chunk:
    mark, length = head[:2], int.from_bytes(head[2:4], "big")
    if mark[0] != 0xFF or mark[1] < 0xC0 or (length < 2 and mark[1] != END):
        raise Malformed
    if mark[1] == END:
        return Chunk(mark[1:], place, place + 2, 0, place + 2)
    return Chunk(mark[1:], place, place + 4, max(0, length - 2), place + 2 + max(2, length))


def _box(head: bytes, place: int, size: int) -> Chunk:
    length, name = struct.unpack(">I4s", head[:8])
    wide = length == 1 and len(head) == 16
    if wide:
        length = struct.unpack(">Q", head[8:])[0]
    # Without a length it goes on to the end of the file.
    length = size - place if length == 0 else length
    front = 16 if wide else 8
    if length < front:
        raise Malformed
    return Chunk(name, place, place + front, length - front, place + length)
