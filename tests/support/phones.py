"""Files as phones and cameras write them: with a place, a maker and a number of their own."""

# Pillow leaves profiles open, and pillow-heif its options.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false

import io
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image
from PIL.ImageCms import ImageCmsProfile, createProfile
from PIL.PngImagePlugin import PngInfo

from tests.support.clips import video

MAKER, SERIAL, PLACE, COMMENT = "Fictional Optics", "SN-4711-0815", "+52.5200+013.4050", "by hand"
SECRETS = tuple(one.encode() for one in (MAKER, SERIAL, PLACE, COMMENT))


def exif(orientation: int = 1) -> bytes:
    """EXIF with maker, serial number and a place."""
    told = Image.Exif()
    told[0x010F], told[0x0112] = MAKER, orientation
    told.get_ifd(0x8769)[0xA431] = SERIAL
    told.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 0x1D: PLACE})
    return told.tobytes()


XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{PLACE} {SERIAL}</x:xmpmeta>".encode()


def photo(
    form: str, *, size: tuple[int, int] = (80, 60), orientation: int = 1, **more: object
) -> bytes:
    """A picture, left half orange, with all that a phone says about it."""
    out = io.BytesIO()
    with Image.new("RGB", size, "teal") as picture:
        picture.paste("orange", (0, 0, size[0] // 2, size[1]))
        told: dict[str, object] = {"exif": exif(orientation), **more}
        if form == "JPEG":
            told |= {"comment": COMMENT, "xmp": XMP}
        if form == "PNG":
            text = PngInfo()
            text.add_text("Comment", COMMENT)
            text.add_itxt("XML:com.adobe.xmp", XMP.decode())
            told["pnginfo"] = text
        if form in ("WEBP", "HEIF", "AVIF"):
            told["xmp"] = XMP
        picture.save(out, form, **told)
    return out.getvalue()


def heic(**more: object) -> bytes:
    """What an iPhone writes."""
    from pillow_heif import register_heif_opener

    register_heif_opener()
    return photo("HEIF", **more)  # pyright: ignore[reportArgumentType]


def box(name: bytes, content: bytes) -> bytes:
    """One box of an MP4."""
    return struct.pack(">I", len(content) + 8) + name + content


def clip(folder: Path, form: str = "mp4", *, sound: bool = False) -> bytes:
    """A clip that says where it was filmed and by what, before and within what a player reads."""
    content = video(folder / f"place.{form}", form, sound=sound).read_bytes()
    moov = content.index(b"moov") - 4
    length = int.from_bytes(content[moov : moov + 4], "big")
    told = box(b"\xa9xyz", b"\0\x11\x15\xc7" + PLACE.encode()) + box(b"\xa9mak", MAKER.encode())
    more = box(b"udta", told) + box(b"meta", b"\0\0\0\0" + box(b"keys", SERIAL.encode()))
    grown = struct.pack(">I", length + len(more)) + content[moov + 4 : moov + length] + more
    assert content.index(b"mdat") < moov, "What is behind may grow."
    tail = box(b"uuid", bytes(16) + XMP) + box(b"free", COMMENT.encode())
    return content[:moov] + grown + content[moov + length :] + tail


def wide_gamut() -> bytes:
    """A profile that is not sRGB: its red and green are another's."""
    profile = bytearray(ImageCmsProfile(createProfile("sRGB")).tobytes())
    red = profile.index(b"rXYZ", 128)
    place = int.from_bytes(profile[red + 4 : red + 8], "big") + 8
    # Display P3's red, as a profile writes it.
    profile[place : place + 12] = struct.pack(
        ">iii", *(round(v * 65536) for v in (0.5151, 0.2412, -0.0011))
    )
    return bytes(profile)


PHOTOS: Mapping[str, Callable[[], bytes]] = {
    "JPEG": lambda: photo("JPEG"),
    "progressive JPEG": lambda: photo("JPEG", progressive=True),
    "PNG": lambda: photo("PNG"),
    "WebP": lambda: photo("WEBP", quality=80),
    "lossless WebP": lambda: photo("WEBP", lossless=True),
    "AVIF": lambda: photo("AVIF"),
    "HEIC": heic,
    "TIFF": lambda: photo("TIFF"),
    "turned JPEG": lambda: photo("JPEG", orientation=6),
    "MPO": lambda: photo("MPO", save_all=True, append_images=[Image.new("RGB", (80, 60))]),
}
