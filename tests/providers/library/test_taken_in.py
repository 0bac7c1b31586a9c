"""What is taken in: whole files however odd, and none that is cut; what is said beside pixels never decides."""

# PyAV does not say what it encodes.
# pyright: reportUnknownMemberType=false

import io
import random
import struct
import sys
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image

from providers.errors import InvalidRequest
from providers.library import pixels
from providers.library.media import described, probe
from providers.library.media_types import sniff_file
from providers.library.outgoing import upright
from providers.library.pixels import small_picture
from tests.support.clips import video
from tests.support.odd import SHOWN, chunk, picture
from tests.support.phones import heic, photo

TAKEN = ("image/png", "image/jpeg", "image/webp")


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", SHOWN)
def test_a_whole_file_is_taken_whatever_lies_in_it_or_behind_it(tmp_path: Path, name: str) -> None:
    path = kept(tmp_path, SHOWN[name](tmp_path))
    found = probe(path)
    assert (found.width > 0, found.flaw) == (True, None)


def test_a_jpeg_that_is_cut_is_refused_though_its_thumbnail_is_whole(tmp_path: Path) -> None:
    whole, inner = picture("JPEG", (600, 400)), b"Exif\0\0" + picture("JPEG")
    content = whole[:2] + b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner + whole[2:]
    path = kept(tmp_path, content[: len(content) // 2])
    with pytest.raises(InvalidRequest, match="damaged or incomplete"):
        probe(path)
    told = described(path, "image")
    assert (told.flaw, told.width, told.height) == ("unreadable", 600, 400)


def ifd(*entries: tuple[int, int, int, bytes]) -> bytes:
    """An EXIF block of these (tag, type, count, four bytes)."""
    rows = b"".join(struct.pack("<HHI4s", *entry) for entry in entries)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + rows + b"\0\0\0\0"


BESIDE = {
    "orientation as text": ifd((0x0112, 2, 2, b"6\0\0\0")),
    "orientation undefined": ifd((0x0112, 7, 1, b"\6\0\0\0")),
    "orientation out of range": ifd((0x0112, 3, 1, b"\x63\0\0\0")),
    "a place beyond the end": ifd((0x010F, 2, 900, b"\xff\xff\xff\x7f")),
    "twice the same": ifd((0x0112, 3, 1, b"\1\0\0\0"), (0x0112, 3, 1, b"\1\0\0\0")),
    "a loop of folders": ifd((0x8769, 4, 1, b"\x08\0\0\0")),
    "half of it": ifd((0x0112, 3, 1, b"\1\0\0\0"))[:14],
    "no EXIF at all": b"this is none",
    "nothing": b"",
}


@pytest.mark.parametrize("name", BESIDE)
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_what_is_said_beside_the_pixels_never_decides_about_them(
    tmp_path: Path, form: str, name: str
) -> None:
    content = beside(form, BESIDE[name])
    path = kept(tmp_path, content)
    found = probe(path)
    assert (found.width, found.height) == (90, 70)
    assert small_picture(path, "image", 40)
    with Image.open(io.BytesIO(upright(path, sniff_file(path) or "", TAKEN)[0])) as sent:
        assert sent.size == (90, 70)


def beside(form: str, told: bytes) -> bytes:
    """A picture that says this in its EXIF."""
    whole = picture(form, (90, 70))
    if form == "JPEG":
        inner = b"Exif\0\0" + told
        return whole[:2] + b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner + whole[2:]
    if form == "PNG":
        return whole[:33] + chunk(b"eXIf", told) + whole[33:]
    out = io.BytesIO()
    with Image.open(io.BytesIO(whole)) as again:
        again.save(out, form, exif=told, lossless=True)
    return out.getvalue()


@pytest.mark.parametrize("profile", [b"", b"no profile", bytes(400), b"\xff" * 9000])
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_broken_profile_is_passed_over(tmp_path: Path, form: str, profile: bytes) -> None:
    out = io.BytesIO()
    with Image.new("RGB", (60, 40), "orange") as plain:
        plain.save(out, form, icc_profile=profile)
    path = kept(tmp_path, out.getvalue())
    assert probe(path).width == 60
    with Image.open(io.BytesIO(small_picture(path, "image", 30))) as small:
        assert small.convert("RGB").getpixel((10, 10)) == pytest.approx((255, 165, 0), abs=14)


def test_a_rotated_photo_with_a_broken_tag_beside_is_usable_everywhere(tmp_path: Path) -> None:
    told = ifd((0x0112, 3, 1, b"\6\0\0\0"), (0x9286, 5, 1, b"\xff\xff\xff\x7f"))
    path = kept(tmp_path, beside("JPEG", told))
    found = probe(path)
    with Image.open(io.BytesIO(upright(path, "image/jpeg", TAKEN)[0])) as sent:
        assert sent.size == (found.width, found.height) == (70, 90)
    assert small_picture(path, "image", 40)


@pytest.mark.parametrize(
    "brand", [b"heic", b"heix", b"mif1", b"msf1", b"MiHE", b"heif", b"MiHB", b"unif"]
)
def test_a_heic_is_taken_by_any_of_its_brands(tmp_path: Path, brand: bytes) -> None:
    content = heic()
    path = kept(tmp_path, content[:8] + brand + content[12:])
    found = probe(path)
    assert (found.media_type, found.width, found.height) == ("image/heic", 80, 60)
    sent, media_type = upright(path, found.media_type, TAKEN)
    assert media_type == "image/jpeg"
    with Image.open(io.BytesIO(sent)) as seen:
        assert seen.convert("RGB").getpixel((10, 30)) == pytest.approx((255, 165, 0), abs=16)


@pytest.mark.parametrize("brand", [b"avif", b"mif1", b"msf1", b"miaf", b"MA1B"])
def test_an_avif_is_told_from_a_heic_by_the_brands_behind_the_first(
    tmp_path: Path, brand: bytes
) -> None:
    content = photo("AVIF")
    path = kept(tmp_path, content[:8] + brand + content[12:])
    assert probe(path).media_type == "image/avif"


def test_a_sound_with_a_cover_is_no_video(tmp_path: Path) -> None:
    cover = photo("JPEG")
    path = tmp_path / "song.mkv"
    with av.open(str(path), "w", format="matroska") as song:
        speech = song.add_stream("aac", rate=8000)
        assert isinstance(speech, av.AudioStream)
        song.add_attachment("cover.jpg", "image/jpeg", cover)
        silence = av.AudioFrame(format="fltp", layout="mono", samples=1024)
        silence.sample_rate, silence.pts, silence.time_base = 8000, 0, Fraction(1, 8000)
        silence.planes[0].update(bytes(silence.planes[0].buffer_size))
        song.mux(speech.encode(silence))
        song.mux(speech.encode(None))
    with pytest.raises(InvalidRequest, match="isn't supported"):
        probe(path)


def test_light_that_is_told_in_fractions_keeps_its_brightness(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("F", (40, 30), 0.5).save(out, "TIFF")
    sent, _ = upright(kept(tmp_path, out.getvalue()), "image/tiff", TAKEN)
    with Image.open(io.BytesIO(sent)) as seen:
        assert seen.convert("L").getpixel((5, 5)) == pytest.approx(127, abs=2)


def test_without_a_decoder_for_heic_the_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path, heic())
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    pixels.opens_heif.cache_clear()
    try:
        with pytest.raises(InvalidRequest, match="Save it as JPEG or PNG"):
            probe(path)
    finally:
        pixels.opens_heif.cache_clear()


def test_what_is_taken_can_be_used_everywhere_and_all_else_is_refused_at_the_door(
    tmp_path: Path,
) -> None:
    """2,500 files with bytes changed, cut, doubled or dropped."""
    grain = random.Random(20261130)
    forms = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP")
    wholes = [photo(form) for form in ("JPEG", "PNG", "WEBP")]
    wholes += [picture(form, (40, 30)) for form in forms]
    wholes += [beside("JPEG", told) for told in BESIDE.values()]
    wholes.append(video(tmp_path / "clip.mp4").read_bytes())
    taken = 0
    for number in range(2500):
        path = kept(tmp_path, changed(wholes[number % len(wholes)], grain))
        try:
            found = probe(path)
        except InvalidRequest:
            continue
        taken += 1
        assert small_picture(path, found.kind, 48)
        assert upright(path, found.media_type, TAKEN)[0]
    assert 200 < taken < 2300


def changed(whole: bytes, grain: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(grain.choice((1, 1, 2, 8))):
        place = grain.randrange(len(content) - 1)
        match grain.randrange(5):
            case 0:
                content[place] = grain.randrange(256)
            case 1:
                del content[place : place + grain.randrange(1, 9)]
            case 2:
                content[place:place] = grain.randbytes(grain.randrange(1, 9))
            case 3:
                content[place : place + 4] = grain.choice((b"\xff\xff\xff\xff", b"\0\0\0\0"))
            case _:
                del content[place + len(content) // 3 :]
        if len(content) < 8:
            break
    return bytes(content)
