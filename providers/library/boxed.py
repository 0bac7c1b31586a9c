"""What an MP4 or a MOV tells of whoever made it, blanked in its place: nothing moves, no sample is touched.

What a player needs is named here (ISO/IEC 14496-12, QuickTime File Format); all else becomes free space. So
do tracks that are neither seen nor heard, such as the places that cameras and drones write beside a video.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import BinaryIO

from providers.library.imprints.containers import Chunk, Malformed, boxes, boxes_in
from providers.library.imprints.splice import Blank, Cut
from providers.library.samples import (
    found,
    in_fragment,
    in_track,
    sample_sizes,
    track_of,
    within,
)

FILE = b""
NEEDED: Mapping[bytes, frozenset[bytes]] = {
    FILE: frozenset({b"ftyp", b"styp", b"moov", b"moof", b"mdat", b"mfra", b"sidx", b"ssix", b"wide"}),
    b"moov": frozenset({b"mvhd", b"trak", b"mvex", b"cmov"}),
    b"trak": frozenset({b"tkhd", b"mdia", b"edts", b"tref", b"tapt"}),
    b"tref": frozenset({b"auxl"}),
    b"edts": frozenset({b"elst"}),
    b"mdia": frozenset({b"mdhd", b"hdlr", b"minf", b"elng"}),
    b"minf": frozenset({b"vmhd", b"smhd", b"gmhd", b"nmhd", b"hdlr", b"dinf", b"stbl"}),
    b"stbl": frozenset(
        {
            b"stsd", b"stts", b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss",
            b"stps", b"stsh", b"sdtp", b"sbgp", b"sgpd", b"subs", b"saiz", b"saio",
        }
    ),
    b"mvex": frozenset({b"mehd", b"trex", b"leva"}),
    b"moof": frozenset({b"mfhd", b"traf"}),
    b"traf": frozenset(
        {b"tfhd", b"tfdt", b"trun", b"sbgp", b"sgpd", b"sdtp", b"subs", b"saiz", b"saio"}
    ),
}  # fmt: skip
"""Box -> those in it that tell how a video is shown."""
SHOWN_TRACKS = frozenset({b"vide", b"soun", b"auxv"})
HANDLER = 12
"""Bytes of a `hdlr` before whoever made it, and its name."""
VIDEO_ENTRY = 78
"""Bytes with which a kind of video is described in `stsd`, before the boxes of its codec."""
ENCODER = ((12, 16), (42, 74))
"""Where in those whoever made the encoder, and its name, are told."""
TABLE_HEAD = 8
"""Bytes of a table before its entries."""
PRIVATE_IN_ENTRY = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip", b"name"})


def without_words(file: BinaryIO, size: int) -> list[Cut]:
    """What is private in a file of `size` bytes."""
    changes: list[Cut] = []
    hidden: Mapping[int, int] = {}
    end = 0
    with suppress(Malformed):
        for part in boxes(file, size):
            if part.name == b"moov":
                hidden = _hidden(file, part)
            changes += _of(file, part, FILE, hidden)
            end = part.end
    return [*_in_order(changes, end), (end, size, b"")]


def _in_order(changes: list[Cut], size: int) -> Iterator[Cut]:
    """The changes by their place; what a table says twice, or of bytes that are not there, counts once."""
    place = 0
    for start, end, new in sorted(changes, key=lambda change: change[:2]):
        if place <= start < end <= size:
            yield start, end, new
            place = end
        elif isinstance(new, Blank) and (rest := min(end, size) - max(start, place)) > 0:
            yield max(start, place), min(end, size), Blank(rest)
            place = min(end, size)


def _of(file: BinaryIO, part: Chunk, within: bytes, hidden: Mapping[int, int]) -> Iterator[Cut]:
    if part.name not in NEEDED[within] or (part.name == b"traf" and track_of(file, part) in hidden):
        yield from _free(part)
    elif part.name == b"trak" and _handler(file, part) not in SHOWN_TRACKS:
        yield from _free(part)
        yield from _blank(in_track(file, part))
    elif part.name in NEEDED:
        yield from _inside(file, part, hidden)
    elif part.name == b"hdlr":
        yield from _blank([(part.body + HANDLER, part.end)])
    if part.name == b"trak" and _handler(file, part) == b"vide":
        for table in found(file, part, b"mdia", b"minf", b"stbl", b"stsd"):
            yield from _described(file, table)
    if part.name == b"moof":
        yield from _blank(in_fragment(file, part, hidden))


def _inside(file: BinaryIO, part: Chunk, hidden: Mapping[int, int]) -> Iterator[Cut]:
    end = part.body
    with suppress(Malformed):
        for inner in boxes_in(file, part):
            yield from _of(file, inner, part.name, hidden)
            end = inner.end
    # What is no box is nothing to a player.
    yield from _blank([(end, part.end)])


def _free(part: Chunk) -> Iterator[Cut]:
    # The name stands behind the length, also where a longer length follows.
    yield part.start + 4, part.start + 8, b"free"
    yield from _blank([(part.body, part.end)])


def _blank(places: Iterable[tuple[int, int]]) -> Iterator[Cut]:
    return ((start, end, Blank(end - start)) for start, end in places if start < end)


def _described(file: BinaryIO, table: Chunk) -> Iterator[Cut]:
    """The name of an encoder, and what lies beside what its codec needs."""
    with suppress(Malformed):
        for entry in boxes_in(file, within(table, TABLE_HEAD)):
            inside = within(entry, VIDEO_ENTRY)
            yield from _blank((entry.body + start, entry.body + end) for start, end in ENCODER)
            for inner in boxes_in(file, inside):
                if inner.name in PRIVATE_IN_ENTRY:
                    yield from _free(inner)


def _handler(file: BinaryIO, track: Chunk) -> bytes:
    """What kind of track it is; empty where it does not tell."""
    for box in found(file, track, b"mdia", b"hdlr"):
        file.seek(box.body + 8)
        return file.read(4)
    return b""


def _hidden(file: BinaryIO, movie: Chunk) -> Mapping[int, int]:
    """Tracks that do not leave -> bytes of each of their samples, where fragments do not tell."""
    names = [
        int.from_bytes(head.content(file)[12:16] or b"", "big")
        for track in found(file, movie, b"trak")
        if _handler(file, track) not in SHOWN_TRACKS
        for head in found(file, track, b"tkhd")
    ]
    sizes = sample_sizes(file, movie)
    return {name: sizes.get(name, 0) for name in names}
