"""Where a PNG, JPEG, WebP or MP4 holds an imprint: put into a copy without touching a pixel, and read out.

PNG: an `iTXt` chunk, and another one with XMP. JPEG: XMP in its own `APP1`. WebP: an `XMP ` chunk. MP4: XMP
in a `uuid` box behind all else, so that nothing in the file moves. The XMP says in the fields of its standard,
too, that the file was made by a trained model. What another program had written there stays. A JPEG has room
for 64 KB; what does not fit, or a file of another shape, gets no imprint.
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from providers.library.imprints import xmp
from providers.library.imprints.containers import (
    RIFF_START,
    Chunk,
    Malformed,
    boxes,
    every_png_chunk,
    jpeg_segments,
    png_chunks,
    riff_chunks,
)
from providers.library.imprints.imprint import MOST_BYTES, Imprint, read_imprint
from providers.library.imprints.splice import Splice, replaced
from providers.library.imprints.xmp import Source
from providers.library.media_types import DEMUXERS, HEAD, sniff

KEYWORD = b"Multishot Studio"
XMP_KEYWORD = b"XML:com.adobe.xmp"
PNG_TEXTS = (b"iTXt", b"zTXt", b"tEXt")
XMP_OF_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
XMP_OF_MP4 = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
APP0, APP1 = b"\xe0", b"\xe1"
HAS_XMP, HAS_ALPHA = 0x04, 0x10
LARGEST = 2**32 - 1


def with_imprint(path: Path, imprint: Imprint) -> Splice | None:
    """The copy of a file that holds the imprint; None when a file like this one cannot. OSError."""
    text, source = imprint.text(), Source(imprint.studio or KEYWORD.decode(), imprint.words)
    with path.open("rb") as file:
        write = _WRITERS.get(sniff(file.read(HEAD)) or "")
        try:
            return None if write is None else write(file, path.stat().st_size, text, source)
        except (Malformed, struct.error):
            return None


def imprint_in(path: Path) -> Imprint | None:
    """What a file, of whatever origin, says about how it was made; None: nothing. OSError."""
    with path.open("rb") as file:
        media_type = sniff(file.read(HEAD)) or ""
        read = _READERS.get("video/mp4" if DEMUXERS.get(media_type) == "mov" else media_type)
        try:
            text = None if read is None else read(file, path.stat().st_size)
        except (Malformed, struct.error):
            return None
    return None if text is None else read_imprint(text)


def _into_png(file: BinaryIO, size: int, text: str, source: Source) -> Splice | None:
    first = next(png_chunks(file, size), None)
    if first is None or first.name != b"IHDR":
        return None
    changes = [(first.end, first.end, _itxt(KEYWORD, text.encode()))]
    old, held = next(_png_packets(file, size), (None, None))
    packet = xmp.written(None, held, source)
    # One that nobody can read stays as it is, alone.
    if packet is not None and (old is None or held is not None):
        start, end = (first.end, first.end) if old is None else (old.start, old.end)
        changes.append((start, end, _itxt(XMP_KEYWORD, packet)))
    return replaced(size, *changes)


def _itxt(keyword: bytes, text: bytes) -> bytes:
    content = b"iTXt" + keyword + b"\0\0\0\0\0" + text
    return struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))


def _png_parts(file: BinaryIO, size: int) -> Iterator[Chunk]:
    # Some programs write it behind the pixels. What follows the end of a PNG is nobody's.
    for part in every_png_chunk(file, size):
        yield part
        if part.name == b"IEND":
            return


def _png_packets(file: BinaryIO, size: int) -> Iterator[tuple[Chunk, bytes | None]]:
    """Where a PNG holds XMP, and the packet as far as it can be read: packed or not, in the chunk of the
    standard or in one of plain text, as some programs have it."""
    for part in _png_parts(file, size):
        file.seek(part.body)
        start = file.read(len(XMP_KEYWORD) + 1)
        if part.name in PNG_TEXTS and start == XMP_KEYWORD + b"\0":
            fits = part.size <= xmp.MOST_BYTES
            yield part, _png_text(part.name, part.content(file)[len(start) :]) if fits else None


def _png_text(kind: bytes, content: bytes) -> bytes | None:
    """What a chunk of text holds behind its keyword."""
    if kind == b"tEXt":
        return content
    if kind == b"zTXt":
        return _unpacked(content[1:], xmp.MOST_BYTES)
    # Whether it is packed, how, the language and the keyword in it.
    text = content[2:].split(b"\0", 2)[-1]
    return _unpacked(text, xmp.MOST_BYTES) if content[:1] == b"\1" else text


def _from_png(file: BinaryIO, size: int) -> str | None:
    for part in png_chunks(file, size):
        if part.name != b"iTXt" or part.size > 2 * MOST_BYTES:
            continue
        keyword, _, rest = part.content(file).partition(b"\0")
        if keyword == KEYWORD and len(rest) > 2:
            text = rest[2:].split(b"\0", 2)[-1]
            content = _unpacked(text, MOST_BYTES) if rest[0] == 1 else text
            return None if content is None else content.decode("utf-8", "replace")
    return None


def _unpacked(content: bytes, most: int) -> bytes | None:
    """What was packed; None: nothing was, or it would become more than `most` bytes."""
    try:
        text = zlib.decompressobj().decompress(content, most + 1)
    except zlib.error:
        return None
    return text if len(text) <= most else None


def _into_jpeg(file: BinaryIO, size: int, text: str, source: Source) -> Splice | None:
    # Behind JFIF and Exif, which stand first by their own rules.
    place, old = 2, None
    for part in jpeg_segments(file, size):
        if _is_jpeg_xmp(file, part):
            old = part
        elif part.name in (APP0, APP1) and part.start == place:
            place = part.end
    held = None if old is None else old.content(file)[len(XMP_OF_JPEG) :]
    # Where there is little room, the words stand in the settings alone.
    packets = [xmp.written(text, held, one) for one in (source, Source(source.tool))]
    room = 0xFFFF - 2 - len(XMP_OF_JPEG)
    packet = next((one for one in packets if one is not None and len(one) <= room), None)
    if packet is None:
        return None
    content = XMP_OF_JPEG + packet
    segment = b"\xff" + APP1 + struct.pack(">H", len(content) + 2) + content
    start, end = (place, place) if old is None else (old.start, old.end)
    return replaced(size, (start, end, segment))


def _from_jpeg(file: BinaryIO, size: int) -> str | None:
    for part in jpeg_segments(file, size):
        if _is_jpeg_xmp(file, part):
            return xmp.read(part.content(file)[len(XMP_OF_JPEG) :])
    return None


def _is_jpeg_xmp(file: BinaryIO, part: Chunk) -> bool:
    if part.name != APP1 or part.size < len(XMP_OF_JPEG):
        return False
    file.seek(part.body)
    return file.read(len(XMP_OF_JPEG)) == XMP_OF_JPEG


def _into_webp(file: BinaryIO, size: int, text: str, source: Source) -> Splice | None:
    end = _riff_end(file, size)
    parts = list(riff_chunks(file, end))
    old = next((part for part in parts if part.name == b"XMP "), None)
    if not parts or parts[-1].end != end or (old is not None and old.size > xmp.MOST_BYTES):
        return None
    packet = xmp.written(text, None if old is None else old.content(file), source)
    front = _extended(file, parts[0])
    if packet is None or front is None:
        return None
    chunk = b"XMP " + struct.pack("<I", len(packet)) + packet + b"\0" * (len(packet) % 2)
    # The front has the new flags; it comes instead of the old one, or before all else.
    begin = parts[0].end if parts[0].name == b"VP8X" else RIFF_START
    gone = [] if old is None else [(old.start, old.end, b"")]
    grown = len(front) - (begin - RIFF_START) + len(chunk) - sum(to - at for at, to, _ in gone)
    if end + grown - 8 > LARGEST:
        return None
    total = struct.pack("<I", end + grown - 8)
    changes = [(4, 8, total), (RIFF_START, begin, front), *gone, (end, end, chunk)]
    return replaced(size, *changes)


def _from_webp(file: BinaryIO, size: int) -> str | None:
    for part in riff_chunks(file, _riff_end(file, size)):
        if part.name == b"XMP " and part.size <= xmp.MOST_BYTES:
            return xmp.read(part.content(file))
    return None


def _riff_end(file: BinaryIO, size: int) -> int:
    file.seek(4)
    end = struct.unpack("<I", file.read(4))[0] + 8
    if end > size:
        raise Malformed
    return end


def _extended(file: BinaryIO, first: Chunk) -> bytes | None:
    """The `VP8X` chunk that announces XMP: the file's own, or one for the picture that comes first."""
    file.seek(first.body)
    head = file.read(10)
    if len(head) < 10:
        return None
    if first.name == b"VP8X" and first.size == 10:
        return b"VP8X" + struct.pack("<I", 10) + bytes([head[0] | HAS_XMP]) + head[1:]
    if first.name == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        width, height = (side & 0x3FFF for side in struct.unpack("<HH", head[6:10]))
        flags = HAS_XMP
    elif first.name == b"VP8L" and head[0] == 0x2F:
        bits = struct.unpack("<I", head[1:5])[0]
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = HAS_XMP | (HAS_ALPHA if bits >> 28 & 1 else 0)
    else:
        return None
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + sides


def _into_mp4(file: BinaryIO, size: int, text: str, source: Source) -> Splice | None:
    parts = list(boxes(file, size))
    old = [part for part in parts if _is_mp4_xmp(file, part)]
    if not parts or parts[-1].end != size or len(old) > 1:
        return None
    held = old[0].content(file)[len(XMP_OF_MP4) :] if old else None
    packet = xmp.written(text, held, source)
    if packet is None:
        return None
    content = b"uuid" + XMP_OF_MP4 + packet
    box = struct.pack(">I", len(content) + 4) + content
    # What was there becomes free space in its place, since moving anything would break the index.
    changes = [(part.start + 4, part.start + 8, b"free") for part in old]
    last = parts[-1]
    file.seek(last.start)
    if file.read(4) == b"\0\0\0\0":
        # It went on to the end of the file: now it has to say how long it is.
        if last.end - last.start > LARGEST:
            return None
        changes = [*changes, (last.start, last.start + 4, struct.pack(">I", last.end - last.start))]
    # The index of fragments is looked for at the very end.
    place = last.start if last.name == b"mfra" else size
    return replaced(size, *sorted([*changes, (place, place, box)]))


def _from_mp4(file: BinaryIO, size: int) -> str | None:
    for part in boxes(file, size):
        if _is_mp4_xmp(file, part):
            return xmp.read(part.content(file)[len(XMP_OF_MP4) :])
    return None


def _is_mp4_xmp(file: BinaryIO, part: Chunk) -> bool:
    if part.name != b"uuid" or not len(XMP_OF_MP4) <= part.size <= xmp.MOST_BYTES:
        return False
    file.seek(part.body)
    return file.read(len(XMP_OF_MP4)) == XMP_OF_MP4


_WRITERS: Mapping[str, Callable[[BinaryIO, int, str, Source], Splice | None]] = {
    "image/png": _into_png,
    "image/jpeg": _into_jpeg,
    "image/webp": _into_webp,
    "video/mp4": _into_mp4,
}
_READERS: Mapping[str, Callable[[BinaryIO, int], str | None]] = {
    "image/png": _from_png,
    "image/jpeg": _from_jpeg,
    "image/webp": _from_webp,
    "video/mp4": _from_mp4,
}
