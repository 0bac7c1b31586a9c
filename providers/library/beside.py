"""What a JPEG or a PNG says beside its pixels: it never decides whether they can be shown.

Decoders read the one and stumble over the other. So they get the pixels alone, and what turns them and what
their colors mean is read here, as far as it can be.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from providers.library.imprints.containers import (
    Chunk,
    Malformed,
    boxes,
    boxes_in,
    every_png_chunk,
    jpeg_segments,
)
from providers.library.imprints.splice import Cut, Splice, replaced
from providers.library.samples import found, within

FIRST_BRANDS: Mapping[str, tuple[bytes, ...]] = {
    "AVIF": (b"avif", b"avis", b"mif1", b"msf1"),
    "HEIF": (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"),
}
"""Those that a decoder looks for: others mean the same."""
MOST_BYTES = 4 << 20
"""What is longer says nothing."""
MOST_PROFILE = 1 << 20
"""Bytes that other programs take of one, too."""
APPLICATIONS = range(0xE0, 0xF0)
COMMENT = 0xFE
EXIF, PROFILE, ADOBE, JFIF = b"Exif\0\0", b"ICC_PROFILE\0", b"Adobe", b"JFIF\0"
NEEDED: Mapping[int, tuple[bytes, int]] = {0xE0: (JFIF, 14), 0xEE: (ADOBE, 12)}
"""Segments of a JPEG by which its colors are unpacked: how each begins, and the least that it holds."""
PNG_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
CLEAR_BYTES: Mapping[int, range] = {0: range(2, 3), 2: range(6, 7), 3: range(1, 257)}
"""How long a `tRNS` may be, by the kind of color that a PNG has."""


LENGTHS: Mapping[bytes, int] = {
    b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"cICP": 4, b"pHYs": 9, b"acTL": 8, b"fcTL": 26,
}  # fmt: skip
"""Of chunks that are always as long."""


def only_pixels(path: Path, decoder: str) -> Splice | None:
    """The file without what lies beside its pixels, as its decoder knows it; None: as it is. OSError."""
    read = _CUTS.get(decoder)
    size = path.stat().st_size
    if read is None:
        return None
    with path.open("rb") as file:
        try:
            changes = list(read(file, size))
        except (Malformed, struct.error):
            return None
    return replaced(size, *changes) if changes else None


def said(path: Path, decoder: str) -> dict[str, bytes]:
    """Of a JPEG or a PNG its `exif` and its `icc_profile`, each empty where it cannot be read. OSError."""
    read = _TOLD.get(decoder)
    if read is None:
        return {}
    words = {"exif": b"", "icc_profile": b""}
    with path.open("rb") as file, suppress(Malformed, struct.error):
        for name, content in read(file, path.stat().st_size):
            words[name] = words[name] or content
    return words


def is_sound(file: BinaryIO, part: Chunk) -> bool:
    """Whether a chunk of a PNG is as long as all of its name, has the sum that it tells and, where it is a
    profile, can be unpacked."""
    if part.size > MOST_BYTES or LENGTHS.get(part.name, part.size) != part.size:
        return False
    content = part.content(file)
    if zlib.crc32(part.name + content) != int.from_bytes(file.read(4), "big"):
        return False
    return part.name != b"iCCP" or bool(_unpacked(content))


def _unpacked(content: bytes) -> bytes:
    """The profile in an `iCCP`; empty where there is none."""
    _, _, packed = content.partition(b"\0")
    reader = zlib.decompressobj()
    with suppress(zlib.error):
        profile = reader.decompress(packed[1:], MOST_PROFILE)
        is_one = profile[36:40] == b"acsp" and reader.eof and packed[:1] == b"\0"
        return profile if is_one else b""
    return b""


def _beside_png(file: BinaryIO, size: int) -> Iterator[Cut]:
    file.seek(25)
    lengths = CLEAR_BYTES.get(int.from_bytes(file.read(1), "big"), range(0))
    is_before = True
    for part in every_png_chunk(file, size):
        is_before = is_before and part.name != b"IDAT"
        is_clear = part.size in lengths and is_before and is_sound(file, part)
        if part.name not in PNG_PIXELS or (part.name == b"tRNS" and not is_clear):
            yield part.start, part.end, b""
        if part.name == b"IEND":
            return


def _told_by_png(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    for part in every_png_chunk(file, size):
        if part.name in (b"eXIf", b"iCCP") and is_sound(file, part):
            content = part.content(file)
            yield ("exif", content) if part.name == b"eXIf" else ("icc_profile", _unpacked(content))
        if part.name == b"IEND":
            return


def _beside_jpeg(file: BinaryIO, size: int) -> Iterator[Cut]:
    for part in jpeg_segments(file, size):
        mark = part.name[0]
        start, least = NEEDED.get(mark, (b"", 0))
        is_needed = least and part.size >= least and _starts(file, part, start)
        if mark == COMMENT or (mark in APPLICATIONS and not is_needed):
            yield part.start, part.end, b""


def _told_by_jpeg(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    pieces: dict[int, bytes] = {}
    count = 0
    for part in jpeg_segments(file, size):
        if part.name == b"\xe1" and _starts(file, part, EXIF):
            yield "exif", part.content(file)
        elif part.name == b"\xe2" and part.size > len(PROFILE) + 2 and _starts(file, part, PROFILE):
            content = part.content(file)[len(PROFILE) :]
            count = content[1]
            pieces.setdefault(content[0], content[2:])
    if sorted(pieces) == list(range(1, count + 1)):
        yield "icc_profile", b"".join(pieces[number] for number in sorted(pieces))


def _beside_avif(file: BinaryIO, size: int) -> Iterator[Cut]:
    yield from _first_brand(file, "AVIF")
    for meta in boxes(file, size):
        # How it is turned stands elsewhere, and its decoder refuses the whole file over a broken one.
        whole = within(meta, 4) if meta.name == b"meta" else None
        for table in () if whole is None else found(file, whole, b"iinf"):
            for item in boxes_in(file, within(table, 6)):
                file.seek(item.body + 8)
                if file.read(4) == b"Exif":
                    yield item.body + 8, item.body + 12, b"none"


def _beside_heif(file: BinaryIO, _size: int) -> Iterator[Cut]:
    return _first_brand(file, "HEIF")


def _first_brand(file: BinaryIO, decoder: str) -> Iterator[Cut]:
    file.seek(8)
    wanted = FIRST_BRANDS[decoder]
    if file.read(4) not in wanted:
        yield 8, 12, wanted[0]


def _starts(file: BinaryIO, part: Chunk, start: bytes) -> bool:
    file.seek(part.body)
    return file.read(min(len(start), part.size)) == start


_CUTS: Mapping[str, Callable[[BinaryIO, int], Iterator[Cut]]] = {
    "JPEG": _beside_jpeg,
    "PNG": _beside_png,
    "AVIF": _beside_avif,
    "HEIF": _beside_heif,
}
_TOLD: Mapping[str, Callable[[BinaryIO, int], Iterator[tuple[str, bytes]]]] = {
    "JPEG": _told_by_jpeg,
    "PNG": _told_by_png,
}
