"""Media: files are known by their bytes, cut ones are noticed, and pictures come out upright and small."""

# PyAV's stubs leave frames and packets open.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from providers.errors import InvalidRequest
from providers.library.media import probe
from providers.library.media_types import sniff
from providers.library.outgoing import upright
from providers.library.pixels import first_frame, small_picture
from tests.support.clips import video

PICTURES = {
    "PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif",
    "BMP": "image/bmp", "TIFF": "image/tiff",
}  # fmt: skip
VIDEOS = {
    "mp4": ("video/mp4", "libx264"),
    "mov": ("video/quicktime", "libx264"),
    "webm": ("video/webm", "libvpx"),
    "matroska": ("video/x-matroska", "libx264"),
}


def _picture(path: Path, form: str = "PNG", size: tuple[int, int] = (60, 40)) -> Path:
    with Image.new("RGB", size, "teal") as picture:
        picture.paste("orange", (0, 0, size[0] // 2, size[1] // 2))
        picture.save(path, form)
    return path


@pytest.mark.parametrize("form", PICTURES)
def test_a_picture_is_known_by_its_bytes(tmp_path: Path, form: str) -> None:
    found = probe(_picture(tmp_path / "lying.mp4", form))
    assert (found.kind, found.media_type) == ("image", PICTURES[form])
    assert (found.width, found.height, found.seconds) == (60, 40, None)


@pytest.mark.parametrize("form", VIDEOS)
def test_a_video_is_known_by_its_bytes(tmp_path: Path, form: str) -> None:
    media_type, codec = VIDEOS[form]
    found = probe(video(tmp_path / "lying.png", form, codec=codec))
    assert (found.kind, found.media_type) == ("video", media_type)
    assert (found.width, found.height, found.sound) == (64, 48, False)
    assert found.seconds == pytest.approx(2.0, abs=0.11)


def test_sound_is_seen(tmp_path: Path) -> None:
    assert probe(video(tmp_path / "clip.mp4", sound=True)).sound


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><p>Sign in</p>",
        b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1/inside.ts\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"%PDF-1.7\n",
        b"PK\x03\x04",
        b"\0" * 200,
        b"",
    ],
)
def test_what_is_neither_picture_nor_video_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.png"
    path.write_bytes(content)
    with pytest.raises(InvalidRequest, match="file type isn't supported"):
        probe(path)


@pytest.mark.parametrize("form", PICTURES)
def test_a_picture_that_was_cut_short_is_refused(tmp_path: Path, form: str) -> None:
    with Image.effect_noise((200, 200), 80) as noise:
        noise.convert("RGB").save(tmp_path / "whole", form)
    content = (tmp_path / "whole").read_bytes()
    (tmp_path / "cut").write_bytes(content[: len(content) // 2])
    with pytest.raises(InvalidRequest, match="damaged"):
        probe(tmp_path / "cut")


@pytest.mark.parametrize("part", [0.3, 0.7, 0.98])
def test_a_video_that_was_cut_short_is_refused(tmp_path: Path, part: float) -> None:
    content = video(tmp_path / "whole.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(content[: int(len(content) * part)])
    with pytest.raises(InvalidRequest, match="damaged"):
        probe(tmp_path / "cut.mp4")


def test_a_small_file_with_far_too_many_pixels_is_refused_before_it_is_decoded(
    tmp_path: Path,
) -> None:
    def chunk(name: bytes, content: bytes) -> bytes:
        mark = zlib.crc32(name + content)
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", mark)

    for side in (8_001, 10_000, 30_000):
        head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        content = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
        content += chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
        (tmp_path / "bomb.png").write_bytes(content)
        with pytest.raises(InvalidRequest, match="64 megapixels"):
            probe(tmp_path / "bomb.png")


def _rotated(path: Path, form: str = "JPEG") -> Path:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.new("RGB", (60, 40), "teal") as picture:
        picture.paste("orange", (0, 0, 30, 40))
        picture.save(path, form, exif=exif)
    return path


def test_a_rotated_picture_is_measured_and_handed_out_upright(tmp_path: Path) -> None:
    path = _rotated(tmp_path / "phone.jpg")
    found = probe(path)
    assert (found.width, found.height) == (40, 60)
    content, media_type = upright(path, "image/jpeg", {"image/jpeg", "image/png"})
    with Image.open(io.BytesIO(content)) as picture:
        assert (picture.size, picture.getexif().get(0x0112)) == ((40, 60), None)
        top = picture.convert("RGB").getpixel((20, 5))
    assert media_type == "image/jpeg"
    assert top == pytest.approx((255, 165, 0), abs=12)


def test_a_picture_that_is_accepted_goes_out_byte_for_byte(tmp_path: Path) -> None:
    path = _picture(tmp_path / "picture.png")
    assert upright(path, "image/png", {"image/png"}) == (path.read_bytes(), "image/png")


def test_other_types_become_png_with_transparency_and_jpeg_without(tmp_path: Path) -> None:
    with Image.new("RGBA", (20, 20), (0, 0, 0, 0)) as clear:
        clear.save(tmp_path / "clear.webp", "WEBP", lossless=True)
    _picture(tmp_path / "solid.webp", "WEBP")
    with Image.new("CMYK", (20, 20)) as print_colours:
        print_colours.save(tmp_path / "print.tiff", "TIFF")
    accepted = {"image/png", "image/jpeg"}
    found = [
        upright(tmp_path / name, "image/webp", accepted)[1]
        for name in ("clear.webp", "solid.webp", "print.tiff")
    ]
    assert found == ["image/png", "image/jpeg", "image/jpeg"]


def test_sixteen_bits_a_pixel_keep_their_brightness(tmp_path: Path) -> None:
    with Image.new("I;16", (20, 20), 32768) as deep:
        deep.save(tmp_path / "deep.png")
    content = small_picture(tmp_path / "deep.png", "image", 20)
    with Image.open(io.BytesIO(content)) as small:
        assert small.convert("L").getpixel((10, 10)) == pytest.approx(128, abs=4)


@pytest.mark.parametrize("kind", ["image", "video"])
def test_small_pictures_are_webp_of_at_most_the_asked_side(tmp_path: Path, kind: str) -> None:
    if kind == "video":
        content = small_picture(video(tmp_path / "clip.mp4"), "video", 32)
    else:
        content = small_picture(_picture(tmp_path / "p.jpg", "JPEG", (900, 300)), "image", 32)
    with Image.open(io.BytesIO(content)) as small:
        assert (small.format, max(small.size)) == ("WEBP", 32)


def test_a_poster_shows_the_first_frame(tmp_path: Path) -> None:
    frame = first_frame(video(tmp_path / "clip.mp4"))
    assert frame.convert("RGB").getpixel((30, 20)) == pytest.approx((0, 90, 90), abs=14)


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\0\0\0\x18ftypavif", "image/avif"),
        (b"\0\0\0\x18ftypheic", "image/heic"),
        (b"\0\0\0\x18ftypisom", "video/mp4"),
        (b"\0\0\0\x18ftyp3gp5", "video/3gpp"),
        (b"\0\0\0\x08wide\0\0\0\0", "video/quicktime"),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"BM text", None),
        (b"BM\0\0\0\0abcd\0\0\0\0\x28\0\0\0", "image/bmp"),
        (b"II+\0\x08\0\0\0", "image/tiff"),
        (b"\0\0\0\x18stypmsdh", "video/mp4"),
        (b"\0\0\0\x08free\0\0\0\0mdat", "video/quicktime"),
    ],
)
def test_boxes_and_brands_are_told_apart(head: bytes, media_type: str | None) -> None:
    assert sniff(head) == media_type
