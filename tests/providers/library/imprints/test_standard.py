"""What a copy says of itself in fields that any program knows, and what other programs find wrong with it."""

import json
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from providers.library.imprints.credentials import BOX, has_credentials
from providers.library.imprints.holders import XMP_OF_MP4
from providers.library.imprints.xmp import SOURCE_TYPE
from tests.support.imprinted import ASKED, EVERY, OTHERS, copied, made, shown

MANIFEST = (
    b"jumb"
    + b"\0\0\0\x1ejumdc2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0"
    + bytes(range(256))
)


def tool(name: str) -> str:
    """Where a program is that this machine may have."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"This machine does not have {name}, which looks for faults in files.")
    return found


def said(*command: str | Path) -> str:
    """What a program says that must find no fault."""
    run = subprocess.run(command, capture_output=True, check=False, timeout=120)
    text = (run.stdout + run.stderr).decode("utf-8", "replace")
    assert run.returncode == 0, text
    return text


@pytest.mark.parametrize("form", EVERY)
def test_a_copy_says_in_standard_fields_that_a_model_made_it(tmp_path: Path, form: str) -> None:
    content = copied(made(tmp_path, form)).read_bytes()
    assert b"<xmp:CreatorTool" in content
    assert ASKED.studio.encode() in content
    assert SOURCE_TYPE.encode() in content
    assert b"<dc:description" in content
    assert b"Wide: a door" in content


@pytest.mark.parametrize("form", EVERY)
def test_exiftool_reads_what_a_copy_is_and_finds_no_fault(tmp_path: Path, form: str) -> None:
    exiftool = tool("exiftool")
    copy = copied(made(tmp_path, form))
    fields = (
        "-XMP:CreatorTool",
        "-XMP:Description",
        "-XMP:DigitalSourceType",
        "-Warning",
        "-Error",
    )
    [told] = json.loads(said(exiftool, "-j", "-n", "-G0", *fields, copy))
    assert told["XMP:CreatorTool"] == ASKED.studio
    assert told["XMP:DigitalSourceType"] == SOURCE_TYPE
    assert told["XMP:Description"].startswith("Nebel & <Licht>")
    assert not [name for name in told if name.endswith(("Warning", "Error"))], told
    assert "Error" not in said(exiftool, "-validate", "-error", "-s", copy)


@pytest.mark.parametrize("form", EVERY)
def test_a_copy_of_a_copy_says_everything_once(tmp_path: Path, form: str) -> None:
    copy = copied(copied(made(tmp_path, form)))
    content = copy.read_bytes()
    # What an MP4 said before is free space in its place.
    live = content.split(b"uuid" + XMP_OF_MP4)
    assert live[-1].count(SOURCE_TYPE.encode()) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + OTHERS,
        b"iTXtXML:com.adobe.xmp\0\0\0en\0XMP\0" + OTHERS,
        b"iTXtXML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(OTHERS),
        b"zTXtXML:com.adobe.xmp\0\0" + zlib.compress(OTHERS),
        b"tEXtXML:com.adobe.xmp\0" + OTHERS,
    ],
    ids=["plain", "with a language", "packed", "zTXt", "tEXt"],
)
def test_a_png_keeps_the_packet_that_it_has(tmp_path: Path, content: bytes) -> None:
    original = made(tmp_path, "PNG")
    whole = original.read_bytes()
    for place in (33, len(whole) - 12):
        chunk = struct.pack(">I", len(content) - 4) + content
        chunk += struct.pack(">I", zlib.crc32(content))
        original.write_bytes(whole[:place] + chunk + whole[place:])
        copy = copied(original)
        assert copy.read_bytes().count(b"XML:com.adobe.xmp") == 1
        assert b'DigitalSourceType="trainedAlgorithmicMedia"' in copy.read_bytes()
        assert b"xmp:CreatorTool" in copy.read_bytes()
        assert SOURCE_TYPE.encode() not in copy.read_bytes()
        assert shown(copy) == shown(original)


@pytest.mark.parametrize(
    "content",
    [
        b"iTXtXML:com.adobe.xmp\0\1\0\0\0not packed",
        b"zTXtXML:com.adobe.xmp\0\0" + zlib.compress(OTHERS + bytes(2 << 20)),
    ],
    ids=["broken", "a bomb"],
)
def test_a_packet_that_nobody_can_read_stays_alone_in_a_png(tmp_path: Path, content: bytes) -> None:
    original = made(tmp_path, "PNG")
    whole = original.read_bytes()
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    original.write_bytes(whole[:33] + chunk + whole[33:])
    copy = copied(original)
    assert copy.read_bytes().count(b"XML:com.adobe.xmp") == 1
    assert chunk in copy.read_bytes()


def _signed_jpeg(whole: bytes) -> bytes:
    content = b"JP\0\1\0\0\0\1" + struct.pack(">I", len(MANIFEST) + 4) + MANIFEST
    return whole[:2] + b"\xff\xeb" + struct.pack(">H", len(content) + 2) + content + whole[2:]


def _signed_png(whole: bytes) -> bytes:
    content = b"caBX" + MANIFEST
    chunk = struct.pack(">I", len(content) - 4) + content + struct.pack(">I", zlib.crc32(content))
    return whole[:33] + chunk + whole[33:]


def _signed_webp(whole: bytes) -> bytes:
    content = (
        whole + b"C2PA" + struct.pack("<I", len(MANIFEST)) + MANIFEST + b"\0" * (len(MANIFEST) % 2)
    )
    return content[:4] + struct.pack("<I", len(content) - 8) + content[8:]


def _signed_mp4(whole: bytes) -> bytes:
    content = b"uuid" + BOX + b"\0\0\0\0manifest\0" + bytes(8) + MANIFEST
    return whole + struct.pack(">I", len(content) + 4) + content


SIGNED: Mapping[str, Callable[[bytes], bytes]] = {
    "JPEG": _signed_jpeg, "PNG": _signed_png, "WEBP clear": _signed_webp, "MP4": _signed_mp4,
}  # fmt: skip


@pytest.mark.parametrize("form", SIGNED)
def test_a_manifest_of_content_credentials_is_told_and_left_whole(
    tmp_path: Path, form: str
) -> None:
    original = made(tmp_path, form)
    assert not has_credentials(original)
    original.write_bytes(SIGNED[form](original.read_bytes()))
    assert has_credentials(original)
    copy = copied(original)
    assert MANIFEST in copy.read_bytes()
    assert has_credentials(copy)
    assert shown(copy) == shown(original)


@pytest.mark.parametrize(
    ("form", "name", "command"),
    [
        ("PNG", "pngcheck", ("-q",)),
        ("JPEG", "jpeginfo", ("-c",)),
        ("JPEG with Exif", "jpeginfo", ("-c",)),
        ("WEBP", "webpinfo", ("-quiet",)),
        ("WEBP lossless", "webpinfo", ("-quiet",)),
        ("WEBP clear", "webpinfo", ("-quiet",)),
        ("WEBP moving", "webpinfo", ("-quiet",)),
        ("MP4", "ffprobe", ("-v", "error", "-count_frames", "-show_streams")),
        ("MP4 index first", "ffprobe", ("-v", "error", "-count_frames", "-show_streams")),
        ("MP4 fragments", "ffprobe", ("-v", "error", "-count_frames", "-show_streams")),
    ],
)
def test_no_program_finds_a_fault_in_a_copy(
    tmp_path: Path, form: str, name: str, command: tuple[str, ...]
) -> None:
    told = said(tool(name), *command, copied(made(tmp_path, form)))
    assert "error" not in told.lower()
    assert "warning" not in told.lower()
