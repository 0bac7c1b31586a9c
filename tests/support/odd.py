"""Files as vendors and phones make them: whole, and odd to whoever looks; and what is no file at all."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image

from tests.support.clips import video
from tests.support.phones import heic


def picture(form: str = "PNG", size: tuple[int, int] = (64, 48), **saved: object) -> bytes:
    """A picture with some noise, so that its halves differ."""
    out = io.BytesIO()
    with Image.effect_noise(size, 80) as noise:
        noise.convert("RGB").save(out, form, **saved)
    return out.getvalue()


def chunk(name: bytes, content: bytes) -> bytes:
    """One chunk of a PNG."""
    mark = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + mark


def huge(width: int, height: int) -> bytes:
    """A small PNG of very many pixels, black and whole."""
    packer = zlib.compressobj(1)
    rows = b"".join(packer.compress(b"\0" * (width // 8 + 1) * 100) for _ in range(height // 100))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    body = chunk(b"IDAT", rows + packer.flush())
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def with_broken_exif() -> bytes:
    """A PNG whose EXIF is none."""
    whole = picture()
    return whole[:33] + chunk(b"eXIf", b"this is no TIFF") + whole[33:]


def clip(folder: Path, form: str = "mp4", codec: str = "libx264") -> bytes:
    """A clip of two seconds."""
    return video(folder / f"clip.{form}", form, codec=codec).read_bytes()


TAIL = bytes(range(256)) * 300
"""More than the end of a file that is looked at."""
SHOWN: Mapping[str, Callable[[Path], bytes]] = {
    "a JPEG and more": lambda folder: picture("JPEG") + clip(folder) + TAIL,
    "a PNG and more": lambda _: picture() + TAIL,
    "a GIF and more": lambda _: picture("GIF") + b"more",
    "a GIF without its end": lambda _: picture("GIF")[:-1],
    "a broken EXIF": lambda _: with_broken_exif(),
    "an MP4 and more": lambda folder: clip(folder) + TAIL,
    "a BMP": lambda _: picture("BMP"),
    "a TIFF": lambda _: picture("TIFF"),
    "a HEIC": lambda _: heic(size=(64, 48)),
    "a Matroska": lambda folder: clip(folder, "matroska"),
}
"""Whole files that can be shown, whatever else is in them or behind them."""
UNSHOWN: Mapping[str, Callable[[Path], bytes]] = {
    "many pixels": lambda _: huge(10_000, 9_000),
    "far too many pixels": lambda _: huge(40_000, 30_000),
    "half a JPEG": lambda _: picture("JPEG", (300, 300))[:9_000],
    "half a PNG": lambda _: picture("PNG", (300, 300))[:20_000],
    "half a WebP": lambda _: picture("WEBP", (300, 300))[:5_000],
    "half an MP4": lambda folder: clip(folder)[:2_000],
    "a sound": lambda _: b"ID3\x04\0\0\0\0\0\0" + TAIL,
    "no kind at all": lambda _: b"\x00\x01\x02\x03" + TAIL,
}
"""What came as its vendor sent it, and cannot be shown."""
MESSAGES: Mapping[str, bytes] = {
    "page": b"<!doctype html><html><body>Bad gateway</body></html>",
    "page behind a mark": b"\xef\xbb\xbf\n<HTML><body>" + b"Bad gateway " * 900,
    "page in 16 bits": "<html>Bad gateway</html>".encode("utf-16"),
    "comment": b"<!-- edge --><html></html>",
    "XML": b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>',
    "bare XML": b"<Error><Code>AccessDenied</Code></Error>",
    "JSON": b'{"error": "Later"}',
    "a list": b' ["Later"]',
    "long JSON": b'{"error": "' + b"Later " * 9_000 + b'"}',
    "words": b"Too many requests",
    "nothing": b"",
}
"""What servers say in place of a file."""
