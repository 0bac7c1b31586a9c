"""Results as the world makes them: whole, cut or broken, and sent in other ways than they were asked for."""

import struct
import zlib
from collections.abc import AsyncIterator, Callable, Mapping

import brotli
from starlette.responses import Response, StreamingResponse

Delivery = Callable[[bytes, str], Response]
"""The file's bytes and media type → what its link gives."""

TAIL = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(range(256)) * 300
"""What a phone writes behind the end of a photo."""
PNG_HEAD = 33
"""Bytes of a PNG up to the end of its first chunk."""


def _plain(content: bytes, media_type: str) -> Response:
    return Response(content, media_type=media_type)


def _tail(content: bytes, media_type: str) -> Response:
    return _plain(content + TAIL, media_type)


def _cut(content: bytes, media_type: str) -> Response:
    return _plain(content[: len(content) // 2], media_type)


def _unknown(content: bytes, _media_type: str) -> Response:
    return _plain(b"\0\1\2\3" + content, "application/octet-stream")


def _huge(_content: bytes, _media_type: str) -> Response:
    return _plain(huge(12_000, 9_000), "image/png")


def _exif(content: bytes, media_type: str) -> Response:
    """A PNG whose EXIF is none; any other file as it is."""
    if media_type == "image/png":
        content = content[:PNG_HEAD] + _chunk(b"eXIf", b"this is no TIFF") + content[PNG_HEAD:]
    return _plain(content, media_type)


def _packed(content: bytes, media_type: str) -> Response:
    packed = bytes(brotli.compress(content, quality=1))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
    return Response(packed, media_type=media_type, headers={"content-encoding": "br"})


def _part(content: bytes, media_type: str) -> Response:
    told = f"bytes 0-{len(content) - 1}/{len(content)}"
    return Response(content, 206, {"content-range": told}, media_type)


def _unmeasured(content: bytes, media_type: str) -> Response:
    async def pieces() -> AsyncIterator[bytes]:
        yield content

    return StreamingResponse(pieces(), media_type=media_type)


def huge(width: int, height: int) -> bytes:
    """A PNG of very many pixels, a few kilobytes long: black, one bit each."""
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * height, 9)
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _chunk(name: bytes, content: bytes) -> bytes:
    mark = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + mark


ODD_RESULTS: Mapping[str, Delivery] = {
    "sandbox:odd-tail": _tail,
    "sandbox:odd-exif": _exif,
    "sandbox:odd-huge": _huge,
    "sandbox:odd-cut": _cut,
    "sandbox:odd-unknown": _unknown,
    "sandbox:odd-packed": _packed,
    "sandbox:odd-part": _part,
    "sandbox:odd-unmeasured": _unmeasured,
}
"""By the word that brings it."""
