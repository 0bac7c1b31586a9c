"""What a Matroska or WebM tells of its maker, blanked in its place: nothing moves, no sample is touched."""

from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO

from providers.library.imprints.containers import MOST_PARTS, Chunk, Malformed
from providers.library.imprints.splice import Blank, Cut

FOLDERS = frozenset(
    {
        b"\x18\x53\x80\x67", b"\x15\x49\xa9\x66", b"\x16\x54\xae\x6b", b"\xae",
        b"\x12\x54\xc3\x67", b"\x73\x73",
    }
)  # fmt: skip
"""Segment, its information, tracks and each of them, tags and each of them: others lie in them."""
TAG = b"\x67\xc8"
PRIVATE = frozenset({TAG, b"\x19\x41\xa4\x69", b"\x10\x43\xa7\x70"})
"""A tag, attachments, chapters: they become void."""
WORDS = frozenset(
    {
        b"\x7b\xa9", b"\x4d\x80", b"\x57\x41", b"\x44\x61", b"\x73\x84", b"\x53\x6e", b"\x3e\x83\xbb",
        b"\x3c\x83\xab",
    }
)  # fmt: skip
"""Title, writers, date, names of the file and its neighbors, name of a track: they stay, and are empty."""
CHECKSUM = b"\xbf"
TOOL, LENGTH = b"Lav", b"\x45\xa3\x88DURATION"
"""What the library writes of itself, and of a track's length, in every file: of nobody."""
VOID = b"\xec"
SHORT = 127
"""Bytes of an element's content whose length fits into one byte."""


def blanked(file: BinaryIO, size: int) -> Iterator[Cut]:
    """What is private in a file, and what lies behind its end."""
    place = 0
    for part in _readable(file, 0, size):
        for start, end, new in _of(file, part):
            if start < end:
                yield start, end, new
        place = part.end
    yield place, size, b""


def _of(file: BinaryIO, part: Chunk) -> Iterator[Cut]:
    if part.name in FOLDERS:
        parts = _readable(file, part.body, part.end)
        changes = [change for inner in parts for change in _of(file, inner)]
        # What it adds up to is no longer what was counted.
        sums = (
            one for inner in parts if inner.name == CHECKSUM and changes for one in _void(inner)
        )
        yield from sorted((*sums, *changes), key=lambda change: change[:2])
    elif part.name in PRIVATE and not (part.name == TAG and _is_of_nobody(file, part)):
        yield from _void(part)
    elif part.name in WORDS and not _starts(file, part, TOOL):
        yield part.body, part.end, Blank(part.size)


def _is_of_nobody(file: BinaryIO, tag: Chunk) -> bool:
    file.seek(tag.body)
    told = file.read(min(tag.size, 64))
    return told.startswith(LENGTH) or (b"ENCODER" in told[:12] and TOOL in told[10:20])


def _starts(file: BinaryIO, part: Chunk, start: bytes) -> bool:
    file.seek(part.body)
    return file.read(min(len(start), part.size)) == start


def _void(part: Chunk) -> Iterator[Cut]:
    length = part.end - part.start
    head = VOID + bytes([0x80 | length - 2]) if length - 2 < SHORT else _long_void(length)
    yield part.start, part.start + len(head), head
    yield part.start + len(head), part.end, Blank(length - len(head))


def _long_void(length: int) -> bytes:
    return VOID + b"\x01" + (length - 9).to_bytes(7, "big")


def _readable(file: BinaryIO, place: int, end: int) -> list[Chunk]:
    """The elements from `place` on, as far as they are some."""
    parts: list[Chunk] = []
    with suppress(Malformed):
        parts.extend(_elements(file, place, end))
    return parts


def _elements(file: BinaryIO, place: int, end: int) -> Iterator[Chunk]:
    for _ in range(MOST_PARTS):
        if place + 2 > end:
            return
        file.seek(place)
        head = file.read(12)
        wide = _width(head, 4)
        name, rest = head[:wide], head[wide:]
        long = _width(rest, 8)
        size = int.from_bytes(rest[:long], "big") & (1 << 7 * long) - 1
        body = place + wide + long
        if size == (1 << 7 * long) - 1 or body + size > end:
            # Its length is not told, or it is cut: it goes on to the end of what it lies in.
            size = end - body
        if size < 0:
            raise Malformed
        yield Chunk(name, place, body, size, body + size)
        place = body + size
    raise Malformed


def _width(head: bytes, most: int) -> int:
    """Bytes of a number that tells its own length by its first bit."""
    width = 9 - head[0].bit_length() if head else 9
    if width > most or width > len(head):
        raise Malformed
    return width
