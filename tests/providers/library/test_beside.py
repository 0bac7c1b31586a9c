"""What lies beside the pixels of a file never decides about them: it is read, or passed over."""

import io
import os
import struct
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from PIL import Image

from providers.library.media import Probe, probe
from providers.library.outgoing import upright
from providers.library.pixels import small_picture
from tests.support.odd import chunk
from tests.support.phones import exif, photo, wide_gamut

TAKEN = ("image/png", "image/jpeg", "image/webp")
ORANGE = (255, 165, 0)
PLAIN = {form: photo(form) for form in ("PNG", "JPEG", "AVIF")}
HEAD = 33
"""Bytes of a PNG before what lies beside its pixels."""
BOMB = zlib.compress(bytes(80_000_000))


def usable(folder: Path, content: bytes) -> Probe:
    """What is found in a photo that is shown and sent as it is seen."""
    path = folder / "photo"
    path.write_bytes(content)
    found = probe(path)
    sent, _ = upright(path, found.media_type, TAKEN)
    for made in (small_picture(path, "image", 80), sent):
        with Image.open(io.BytesIO(made)) as seen:
            assert seen.size == (found.width, found.height)
            assert seen.convert("RGB").getpixel((2, 2)) == pytest.approx(ORANGE, abs=16)
    return found


def in_png(*told: bytes) -> bytes:
    """A photo with these chunks before its pixels."""
    return PLAIN["PNG"][:HEAD] + b"".join(told) + PLAIN["PNG"][HEAD:]


def behind(told: bytes) -> bytes:
    """A photo with a chunk behind its pixels."""
    return PLAIN["PNG"][:-12] + told + PLAIN["PNG"][-12:]


BESIDE: Mapping[str, Callable[[], bytes]] = {
    "a comment that unpacks to a mountain": lambda: in_png(chunk(b"zTXt", b"Comment\0\0" + BOMB)),
    "XMP that unpacks to a mountain": lambda: in_png(
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + BOMB)
    ),
    "a profile that unpacks to a mountain": lambda: in_png(chunk(b"iCCP", b"p\0\0" + BOMB)),
    "a huge profile that is none": lambda: in_png(
        chunk(b"iCCP", b"p\0\0" + zlib.compress(os.urandom(3_000_000)))
    ),
    "a wrong sum": lambda: in_png(chunk(b"tEXt", b"Author\0me")[:-4] + b"none"),
    "a profile with a wrong sum": lambda: in_png(
        chunk(b"iCCP", b"p\0\0" + zlib.compress(wide_gamut()))[:-4] + b"none"
    ),
    "moving pictures that never come": lambda: in_png(chunk(b"acTL", b"\0")),
    "many comments": lambda: in_png(*[chunk(b"tEXt", b"Author\0me")] * 20_000),
    "EXIF behind the pixels": lambda: behind(chunk(b"eXIf", exif()[6:])),
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_png_is_used_whatever_lies_beside_its_pixels(tmp_path: Path, name: str) -> None:
    assert usable(tmp_path, BESIDE[name]()).width == 80


@pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 8, 9, 13, 32])
@pytest.mark.parametrize(
    "name",
    ["pHYs", "gAMA", "cHRM", "sRGB", "iCCP", "tEXt", "zTXt", "iTXt", "eXIf", "tIME", "bKGD", "sBIT",
     "sPLT", "acTL", "fcTL", "fdAT", "cICP", "tRNS", "caBX"],
)  # fmt: skip
def test_a_chunk_of_any_length_says_something_or_nothing(
    tmp_path: Path, name: str, length: int
) -> None:
    for fill in (b"\0", b"\xff", b"a"):
        told = chunk(name.encode(), fill * length)
        path = tmp_path / "photo"
        for content in (in_png(told), behind(told)):
            path.write_bytes(content)
            assert probe(path).width == 80


SEGMENTS = (
    (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
    (0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\1\0\6\0\0\0\0\0\0"),
    (0xE2, b"ICC_PROFILE\0\1\1abc"),
    (0xE2, b"MPF\0MM\0*\0\0\0\x08\0\x03\xb0\0\0\7\0\0\0\x040100"),
    (0xED, b"Photoshop 3.0\0008BIM\x03\xed\0\0\0\0\0\x10" + bytes(16)),
    (0xEE, b"Adobe\0\x64\0\0\0\0\1"),
)
"""What programs write before the pixels of a JPEG."""


@pytest.mark.parametrize(("mark", "told"), SEGMENTS)
def test_a_jpeg_is_used_wherever_what_it_says_of_itself_ends(
    tmp_path: Path, mark: int, told: bytes
) -> None:
    path, whole = tmp_path / "photo", PLAIN["JPEG"]
    for length in range(len(told)):
        part = bytes([0xFF, mark]) + struct.pack(">H", length + 2) + told[:length]
        path.write_bytes(whole[:2] + part * 2 + whole[2:])
        assert {probe(path).width, probe(path).height} == {80, 60}


def test_an_avif_is_used_though_its_exif_is_none(tmp_path: Path) -> None:
    whole = PLAIN["AVIF"]
    place = max(whole.find(b"MM\0*"), whole.find(b"II*\0"))
    assert usable(tmp_path, whole[:place] + b"none" + whole[place + 4 :]).width == 80


def test_the_first_of_two_orientations_counts(tmp_path: Path) -> None:
    whole = photo("JPEG", orientation=6)
    second = exif(3)
    segment = b"\xff\xe1" + struct.pack(">H", len(second) + 2) + second
    place = whole.index(b"\xff\xdb")
    assert usable(tmp_path, whole[:place] + segment + whole[place:]).width == 60
