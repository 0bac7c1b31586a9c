"""A copy of a file without what it tells of whoever made it: place, camera, serial number, thumbnail, comments.

No pixel and no sample is touched. What a viewer needs to show them stays: colour profiles, gamma,
transparency, how a video is turned. A part that nobody here knows does not go along.
"""

import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from providers.library.ebml import Cut, blanked
from providers.library.imprints.containers import (
    RIFF_START,
    Chunk,
    Malformed,
    boxes,
    boxes_in,
    every_jpeg_segment,
    every_png_chunk,
    gif_blocks,
    riff_chunks,
)
from providers.library.imprints.splice import Blank, Splice, replaced
from providers.library.media_types import DEMUXERS, HEAD, sniff

PNG_SHOWN = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
        b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip
WEBP_SHOWN = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
HAS_EXIF_OR_XMP = 0x0C
APPS = range(0xE0, 0xF0)
COMMENT = 0xFE
STARTS: Mapping[int, bytes] = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""Segments of applications without which a JPEG has other colours, by how they begin."""
JFIF, PLAIN_JFIF = b"JFIF\0", 14
"""Bytes of a JFIF segment that holds no thumbnail."""
SHOWN_IN_GIF = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
PRIVATE_BOXES = frozenset({b"udta", b"meta", b"uuid", b"free", b"skip"})
FOLDERS = frozenset({b"moov", b"trak", b"moof", b"traf"})
"""Boxes of a video in which others lie that may be private."""
SHOWN_TRACKS = frozenset(
    {b"vide", b"soun", b"auxv", b"pict", b"subt", b"sbtl", b"text", b"clcp", b"tmcd"}
)


def bare(path: Path) -> Splice | None:
    """The copy; None where nobody knows how a file like this one is laid out. OSError."""
    with path.open("rb") as file:
        media_type = sniff(file.read(HEAD)) or ""
        kind = _KINDS.get(DEMUXERS.get(media_type, ""), media_type)
        read = _READERS.get(kind)
        size = path.stat().st_size
        try:
            return None if read is None else replaced(size, *read(file, size))
        except (Malformed, struct.error):
            return None


def _jpeg(file: BinaryIO, size: int) -> Iterator[Cut]:
    for part in every_jpeg_segment(file, size):
        mark = part.name[0]
        if mark == 0xE0 and _begins(file, part, JFIF):
            # A thumbnail may follow what it says about the pixels.
            if part.size > PLAIN_JFIF:
                head = part.content(file)[: PLAIN_JFIF - 2] + b"\0\0"
                yield part.start + 2, part.end, struct.pack(">H", PLAIN_JFIF + 2) + head
        elif mark == COMMENT or (mark in APPS and not _begins(file, part, STARTS.get(mark))):
            yield part.start, part.end, b""
        elif part.name == b"\xd9":
            yield part.end, size, b""


def _begins(file: BinaryIO, part: Chunk, start: bytes | None) -> bool:
    file.seek(part.body)
    return start is not None and file.read(min(len(start), part.size)) == start


def _png(file: BinaryIO, size: int) -> Iterator[Cut]:
    for part in every_png_chunk(file, size):
        if part.name not in PNG_SHOWN:
            yield part.start, part.end, b""
        if part.name == b"IEND":
            yield part.end, size, b""
            return
    raise Malformed


def _webp(file: BinaryIO, size: int) -> list[Cut]:
    file.seek(4)
    end = struct.unpack("<I", file.read(4))[0] + 8
    parts = list(riff_chunks(file, min(end, size)))
    changes: list[Cut] = []
    for part in parts:
        if part.name == b"VP8X" and part.size:
            file.seek(part.body)
            flags = bytes([file.read(1)[0] & ~HAS_EXIF_OR_XMP])
            changes.append((part.body, part.body + 1, flags))
        elif part.name not in WEBP_SHOWN:
            changes.append((part.start, min(part.end, end), b""))
    gone = sum(stop - start for start, stop, new in changes if not new)
    total = struct.pack("<I", end - 8 - gone)
    return [(4, 8, total), *changes, (max(end, RIFF_START), size, b"")]


def _gif(file: BinaryIO, size: int) -> Iterator[Cut]:
    end = size
    for block in gif_blocks(file, size):
        if block.name == b"!\xfe" or (
            block.name == b"!\xff" and not any(_begins(file, block, one) for one in SHOWN_IN_GIF)
        ):
            yield block.start, block.end, b""
        end = block.end
    yield end, size, b";"


def _mp4(file: BinaryIO, size: int) -> list[Cut]:
    # Nothing moves: what is private becomes free space, and its bytes are nothing.
    changes: list[Cut] = []
    end = 0
    with suppress(Malformed):
        for part in boxes(file, size):
            changes += _of_box(file, part)
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


def _of_box(file: BinaryIO, part: Chunk) -> Iterator[Cut]:
    if part.name in PRIVATE_BOXES:
        yield from _blanked(part)
    elif part.name == b"trak" and _handler(file, part) not in SHOWN_TRACKS:
        yield from _blanked(part)
        # A table that cannot be read leads nowhere.
        with suppress(struct.error):
            for start, end in _samples(file, part):
                yield start, end, Blank(end - start)
    elif part.name in FOLDERS:
        for inner in boxes_in(file, part):
            yield from _of_box(file, inner)


def _blanked(part: Chunk) -> Iterator[Cut]:
    # The name stands behind the length, also where a longer length follows.
    yield part.start + 4, part.start + 8, b"free"
    yield part.body, part.end, Blank(part.end - part.body)


def _handler(file: BinaryIO, track: Chunk) -> bytes:
    """What kind of track it is; empty where it does not tell."""
    for box in _found(file, track, b"mdia", b"hdlr"):
        file.seek(box.body + 8)
        return file.read(4)
    return b""


def _found(file: BinaryIO, within: Chunk, *path: bytes) -> Iterator[Chunk]:
    for box in boxes_in(file, within):
        if box.name == path[0]:
            yield from _found(file, box, *path[1:]) if path[1:] else (box,)


def _samples(file: BinaryIO, track: Chunk) -> Iterator[tuple[int, int]]:
    """Where the bytes of a track lie: from, up to, one for each of its chunks."""
    for table in _found(file, track, b"mdia", b"minf", b"stbl"):
        held = {box.name: box.content(file) for box in boxes_in(file, table)}
        places = _numbers(held.get(b"stco", b""), ">I") or _numbers(held.get(b"co64", b""), ">Q")
        sizes = _sizes(held.get(b"stsz", b""))
        taken = 0
        for start, count in zip(places, _counts(held.get(b"stsc", b""), len(places)), strict=True):
            length = sum(sizes[taken : taken + count])
            taken += count
            yield start, start + length


def _numbers(table: bytes, shape: str) -> list[int]:
    one = struct.calcsize(shape)
    return [
        int(found[0]) for found in struct.iter_unpack(shape, table[8 : 8 + _count(table) * one])
    ]


def _count(table: bytes) -> int:
    return int.from_bytes(table[4:8], "big")


def _sizes(table: bytes) -> list[int]:
    alike, count = int.from_bytes(table[4:8], "big"), int.from_bytes(table[8:12], "big")
    if alike:
        return [alike] * min(count, 1 << 20)
    return [int(one[0]) for one in struct.iter_unpack(">I", table[12 : 12 + 4 * count])]


def _counts(table: bytes, chunks: int) -> list[int]:
    """How many samples each chunk has."""
    rows = list(struct.iter_unpack(">III", table[8 : 8 + 12 * _count(table)]))
    counts = [0] * chunks
    for (first, each, _), (after, _, _) in zip(rows, [*rows[1:], (chunks + 1, 0, 0)], strict=True):
        for number in range(max(first, 1) - 1, min(after - 1, chunks)):
            counts[number] = each
    return counts


_KINDS: Mapping[str, str] = {"mov": "video/mp4", "matroska": "video/webm"}
"""The one name under which those are read that are laid out alike."""
_READERS: Mapping[str, Callable[[BinaryIO, int], Iterator[Cut] | list[Cut]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
    "video/mp4": _mp4,
    "video/webm": blanked,
}
