"""What a Matroska or WebM tells of its maker, blanked in its place: nothing moves, nothing shown is touched.

Tracks that are neither seen nor heard, such as the places that drones write as subtitles, become void, too.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO

from providers.library.imprints.containers import MOST_PARTS, Chunk, Malformed
from providers.library.imprints.splice import Blank, Cut

SEGMENT, TRACKS, TRACK, CLUSTER = (
    b"\x18\x53\x80\x67",
    b"\x16\x54\xae\x6b",
    b"\xae",
    b"\x1f\x43\xb6\x75",
)
GROUP, CUES, CUE, PLACE_OF_CUE = b"\xa0", b"\x1c\x53\xbb\x6b", b"\xbb", b"\xb7"
FOLDERS = frozenset(
    {
        SEGMENT, b"\x15\x49\xa9\x66", TRACKS, TRACK, b"\x12\x54\xc3\x67", b"\x73\x73", CLUSTER, GROUP, CUES,
        CUE,
    }
)  # fmt: skip
"""Segment, its information, tracks and each of them, tags and each of them, samples, and where some are:
others lie in them."""
BLOCKS = frozenset({b"\xa1", b"\xa3", b"\xaf"})
"""Samples of a track, whose number comes first."""
NUMBER, TYPE, OF_TRACK = b"\xd7", b"\x83", b"\xf7"
SHOWN_TYPES = frozenset({1, 2})
"""Tracks that are seen or heard (RFC 9559, 5.1.4.1.3)."""
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
    parts = _readable(file, 0, size)
    hidden = frozenset(_hidden(file, parts))
    for part in parts:
        for start, end, new in _of(file, part, hidden):
            if start < end:
                yield start, end, new
    yield parts[-1].end if parts else 0, size, b""


def _of(file: BinaryIO, part: Chunk, hidden: Collection[int]) -> Iterator[Cut]:
    if _is_hidden(file, part, hidden):
        yield from _void(part)
    elif part.name in FOLDERS:
        parts = _inside(file, part)
        changes = [change for inner in parts for change in _of(file, inner, hidden)]
        # What it adds up to is no longer what was counted.
        sums = (
            one for inner in parts if inner.name == CHECKSUM and changes for one in _void(inner)
        )
        yield from sorted((*sums, *changes), key=lambda change: change[:2])
    elif part.name in PRIVATE and not (part.name == TAG and _is_of_nobody(file, part)):
        yield from _void(part)
    elif part.name in WORDS and not _starts(file, part, TOOL):
        yield part.body, part.end, Blank(part.size)


def _hidden(file: BinaryIO, parts: Iterable[Chunk]) -> Iterator[int]:
    """The numbers of tracks that do not leave."""
    for segment in _named(parts, SEGMENT):
        for tracks in _named(_inside(file, segment), TRACKS):
            for track in _named(_inside(file, tracks), TRACK):
                if _number(file, track, TYPE) not in SHOWN_TYPES:
                    yield _number(file, track, NUMBER)


def _is_hidden(file: BinaryIO, part: Chunk, hidden: Collection[int]) -> bool:
    """Whether a part is of one of these tracks."""
    if not hidden:
        return False
    if part.name in BLOCKS:
        return _first_number(file, part) in hidden
    if part.name == GROUP:
        return any(_is_hidden(file, inner, hidden) for inner in _inside(file, part))
    if part.name == TRACK:
        return _number(file, part, NUMBER) in hidden
    if part.name == PLACE_OF_CUE:
        return _number(file, part, OF_TRACK) in hidden
    if part.name == CUE:
        places = _named(_inside(file, part), PLACE_OF_CUE)
        return all(_is_hidden(file, place, hidden) for place in places)
    return False


def _number(file: BinaryIO, part: Chunk, name: bytes) -> int:
    """The number of this name in a part; 0 where it tells none."""
    told = next(_named(_inside(file, part), name), None)
    return 0 if told is None else int.from_bytes(told.content(file)[:8], "big")


def _first_number(file: BinaryIO, block: Chunk) -> int:
    file.seek(block.body)
    head = file.read(min(8, block.size))
    width = 9 - head[0].bit_length() if head else 1
    return int.from_bytes(head[:width], "big") & (1 << 7 * width) - 1


def _inside(file: BinaryIO, part: Chunk) -> list[Chunk]:
    return _readable(file, part.body, part.end)


def _named(parts: Iterable[Chunk], name: bytes) -> Iterator[Chunk]:
    return (part for part in parts if part.name == name)


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
            # What lies in samples of such a length is read as if it lay beside them, as the next ones do.
            size = 0 if name == CLUSTER else end - body
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
