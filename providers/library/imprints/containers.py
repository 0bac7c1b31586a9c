"""The outer shape of files: chunks of PNG and RIFF, segments of JPEG, boxes of MP4, told without decoding."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

MOST_PARTS = 100_000
"""A file with more parts than this is not looked through."""
PNG_START, RIFF_START = 8, 12
SCAN, END = 0xDA, 0xD9


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


def riff_chunks(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """The chunks of a WebP or another RIFF file of `size` bytes."""
    return _walk(file, RIFF_START, size, _riff_chunk)


def jpeg_segments(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """The segments of a JPEG before its pixels, each named by its marker's second byte."""
    for part in _walk(file, 2, size, _jpeg_segment):
        if part.name[0] in (SCAN, END):
            return
        yield part


def jpeg_scan(file: BinaryIO, size: int) -> int:
    """Where the pixels of a JPEG begin."""
    for part in _walk(file, 2, size, _jpeg_segment):
        if part.name[0] == SCAN:
            return part.end
    raise Malformed


def boxes(file: BinaryIO, size: int) -> Iterator[Chunk]:
    """The top-level boxes of an MP4 or another ISO file."""
    return _walk(file, 0, size, _box)


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
    mark, length = struct.unpack(">2sH", head[:4])
    if mark[0] != 0xFF or mark[1] < 0xC0 or (length < 2 and mark[1] != END):
        raise Malformed
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
