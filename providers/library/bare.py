"""A copy of a file without what it tells of whoever made it: place, camera, serial number, thumbnail, comments.

No pixel and no sample is touched. What a viewer needs to show them stays: colour profiles, gamma,
transparency, how a video is turned. A part that nobody here knows does not go along.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from providers.library.beside import is_sound
from providers.library.boxed import without_words
from providers.library.ebml import blanked
from providers.library.imprints.containers import (
    GIF_PICTURE,
    RIFF_START,
    Chunk,
    Malformed,
    every_jpeg_segment,
    every_png_chunk,
    gif_blocks,
    riff_chunks,
)
from providers.library.imprints.splice import Cut, Splice, replaced
from providers.library.media_types import DEMUXERS, HEAD, sniff

PNG_SHOWN = frozenset(
    {
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP",
        b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
    }
)  # fmt: skip
PNG_PIXELS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"fdAT"})
WEBP_SHOWN = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
FRAME_HEAD = 16
"""Bytes of a frame before its pixels."""
FRAME_SHOWN = frozenset({b"VP8 ", b"VP8L", b"ALPH"})
HAS_EXIF_OR_XMP = 0x0C
APPS = range(0xE0, 0xF0)
COMMENT = 0xFE
STARTS: Mapping[int, bytes] = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
"""Segments of applications without which a JPEG has other colours, by how they begin."""
JFIF, PLAIN_JFIF = b"JFIF\0", 14
"""Bytes of a JFIF segment that holds no thumbnail."""
GIF_CONTROL = b"!\xf9"
SHOWN_IN_GIF = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


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
        if part.name not in PNG_SHOWN or (part.name not in PNG_PIXELS and not is_sound(file, part)):
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
        elif part.name == b"ANMF":
            changes += _frame(file, part)
        elif part.name not in WEBP_SHOWN:
            changes.append((part.start, min(part.end, end), b""))
    total = struct.pack("<I", end - 8 - _gone(changes))
    return [(4, 8, total), *changes, (max(end, RIFF_START), size, b"")]


def _frame(file: BinaryIO, part: Chunk) -> list[Cut]:
    """What is private in one frame of a WebP that moves, and how long that frame is without it."""
    inner = riff_chunks(file, part.body + part.size, part.body + FRAME_HEAD)
    cuts: list[Cut] = [(one.start, one.end, b"") for one in inner if one.name not in FRAME_SHOWN]
    length = struct.pack("<I", part.size - _gone(cuts))
    return [(part.start + 4, part.body, length), *cuts] if cuts else []


def _gone(changes: Iterable[Cut]) -> int:
    return sum(stop - start for start, stop, new in changes if not new)


def _gif(file: BinaryIO, size: int) -> Iterator[Cut]:
    end = size
    for block in gif_blocks(file, size):
        is_shown = block.name in (GIF_PICTURE, GIF_CONTROL) or (
            block.name == b"!\xff" and any(_begins(file, block, one) for one in SHOWN_IN_GIF)
        )
        if not is_shown:
            yield block.start, block.end, b""
        end = block.end
    yield end, size, b";"


_KINDS: Mapping[str, str] = {"mov": "video/mp4", "matroska": "video/webm"}
"""The one name under which those are read that are laid out alike."""
_READERS: Mapping[str, Callable[[BinaryIO, int], Iterator[Cut] | list[Cut]]] = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/webp": _webp,
    "image/gif": _gif,
    "video/mp4": without_words,
    "video/webm": blanked,
}
