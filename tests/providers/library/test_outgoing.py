"""What leaves for a vendor says nothing of whoever made it, and shows what it showed."""

import io
import struct
from functools import partial
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops

from providers.library.bare import bare
from providers.library.media import probe
from providers.library.media_types import sniff, sniff_file
from providers.library.outgoing import discreet, upright
from providers.library.pixels import first_frame, small_picture
from tests.support.clips import video
from tests.support.odd import TAIL, picture
from tests.support.phones import (
    COMMENT,
    MAKER,
    PHOTOS,
    PLACE,
    SECRETS,
    SERIAL,
    clip,
    heic,
    photo,
    wide_gamut,
)

TAKEN = ("image/png", "image/jpeg", "image/webp", "image/gif")


def kept(folder: Path, content: bytes) -> Path:
    path = folder / "file"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", PHOTOS)
def test_no_place_maker_number_or_comment_leaves_with_a_photo(tmp_path: Path, name: str) -> None:
    content = PHOTOS[name]()
    assert any(secret in content for secret in SECRETS)
    path = kept(tmp_path, content)
    sent, media_type = upright(path, sniff_file(path) or "", TAKEN)
    assert not any(secret in sent for secret in SECRETS)
    assert b"Exif" not in sent
    assert path.read_bytes() == content, "what is kept stays as it came"
    with Image.open(io.BytesIO(sent)) as out:
        assert (out.getexif(), sniff(sent)) == ({}, media_type)
        assert "comment" not in out.info
        assert "xmp" not in out.info


@pytest.mark.parametrize("name", ["JPEG", "progressive JPEG", "PNG", "WebP", "lossless WebP"])
def test_pixels_that_need_not_be_encoded_anew_are_not(tmp_path: Path, name: str) -> None:
    path = kept(tmp_path, PHOTOS[name]())
    sent, _ = upright(path, sniff_file(path) or "", TAKEN)
    with Image.open(path) as before, Image.open(io.BytesIO(sent)) as after:
        same = ImageChops.difference(before.convert("RGB"), after.convert("RGB"))
        assert same.getbbox() is None
    assert bare(kept(tmp_path, sent)) is not None
    assert upright(kept(tmp_path, sent), sniff(sent) or "", TAKEN)[0] == sent, "twice is as once"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_what_lies_behind_the_end_of_a_picture_stays_here(tmp_path: Path, form: str) -> None:
    whole = picture(form, (90, 70))
    sent, _ = upright(kept(tmp_path, whole + TAIL), sniff(whole) or "", TAKEN)
    assert TAIL[:64] not in sent
    with Image.open(io.BytesIO(sent)) as out:
        out.load()


def test_a_thumbnail_within_a_jpeg_stays_here(tmp_path: Path) -> None:
    whole, inner = picture("JPEG", (300, 200)), b"Exif\0\0" + picture("JPEG", (33, 21))
    with_one = whole[:2] + b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner + whole[2:]
    sent, _ = upright(kept(tmp_path, with_one), "image/jpeg", TAKEN)
    assert sent == whole


def test_the_comments_of_a_gif_stay_here_and_it_still_moves(tmp_path: Path) -> None:
    out = io.BytesIO()
    first, second = (Image.new("P", (40, 30), colour) for colour in (1, 2))
    first.putpalette([0, 0, 0, 255, 0, 0, 0, 0, 255])
    second.putpalette([0, 0, 0, 255, 0, 0, 0, 0, 255])
    first.save(out, "GIF", save_all=True, append_images=[second], comment=b"by hand", loop=0)
    sent, media_type = upright(kept(tmp_path, out.getvalue()), "image/gif", TAKEN)
    assert (b"by hand" in out.getvalue(), b"by hand" in sent) == (True, False)
    with Image.open(io.BytesIO(sent)) as moving:
        assert (moving.format, getattr(moving, "n_frames", 1), media_type) == (
            "GIF",
            2,
            "image/gif",
        )


def test_what_hides_in_a_frame_or_a_text_of_a_moving_picture_stays_here(tmp_path: Path) -> None:
    text = b"!\x01\x0c" + bytes(12) + bytes([len(PLACE)]) + PLACE.encode() + b"\0"
    gif = picture("GIF")[:-1] + text + b";"
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(
        out, "WEBP", save_all=True, append_images=[Image.new("RGB", (40, 30))]
    )
    webp, hidden = out.getvalue(), b"EXIF\x0c\0\0\0" + SERIAL.encode()
    assert len(SERIAL) == 12
    place = webp.index(b"ANMF")
    length = int.from_bytes(webp[place + 4 : place + 8], "little")
    end = place + 8 + length + length % 2
    grown = struct.pack("<I", end - place - 8 + len(hidden))
    webp = webp[: place + 4] + grown + webp[place + 8 : end] + hidden + webp[end:]
    webp = webp[:4] + struct.pack("<I", len(webp) - 8) + webp[8:]
    for content, secret in ((gif, PLACE.encode()), (webp, SERIAL.encode())):
        sent, _ = upright(kept(tmp_path, content), sniff(content) or "", TAKEN)
        assert (secret in content, secret in sent) == (True, False)
        with Image.open(io.BytesIO(sent)) as seen, Image.open(io.BytesIO(content)) as before:
            assert getattr(seen, "n_frames", 1) == getattr(before, "n_frames", 1)
            assert seen.convert("RGB").tobytes() == before.convert("RGB").tobytes()


@pytest.mark.parametrize("form", ["mp4", "mov"])
@pytest.mark.parametrize("sound", [False, True])
def test_no_place_leaves_with_a_video_and_nothing_in_it_moves(
    tmp_path: Path, form: str, sound: bool
) -> None:
    content = clip(tmp_path, form, sound=sound)
    path = kept(tmp_path, content)
    found = probe(path)
    out = discreet(path)
    with out.open() as file:
        sent = file.read()
        file.seek(100)
        assert file.read(50) == sent[100:150]
        assert file.seek(0, io.SEEK_END) == out.size == len(sent)
    assert all(secret in content for secret in SECRETS)
    assert not any(secret in sent for secret in SECRETS)
    (tmp_path / "sent").write_bytes(sent)
    assert probe(tmp_path / "sent") == found
    same = ImageChops.difference(first_frame(path), first_frame(tmp_path / "sent"))
    assert same.getbbox() is None
    assert content.index(b"mdat") == sent.index(b"mdat")


@pytest.mark.parametrize("form", ["webm", "matroska"])
def test_what_a_matroska_tells_of_its_maker_stays_here_and_its_samples_as_they_are(
    tmp_path: Path, form: str
) -> None:
    path = told(tmp_path / "clip", form)
    content, found = path.read_bytes(), probe(path)
    assert all(secret in content for secret in SECRETS)
    with discreet(path).open() as file:
        sent = file.read()
    assert not [secret for secret in SECRETS if secret in sent]
    assert len(sent) == len(content)
    (tmp_path / "sent").write_bytes(sent)
    assert probe(tmp_path / "sent") == found
    assert frames(path) == frames(tmp_path / "sent")


def told(path: Path, form: str) -> Path:
    """A clip with a title, a comment, a place and a maker, and a track with a name."""
    source = str(video(path.with_name("plain"), form, codec="libvpx"))
    with av.open(source) as plain, av.open(str(path), "w", format=form) as out:
        out.metadata.update(
            {"title": MAKER, "comment": COMMENT * 40, "location": PLACE, "artist": MAKER}
        )
        stream = out.add_stream_from_template(plain.streams.video[0])  # pyright: ignore[reportUnknownMemberType]
        stream.metadata["title"] = SERIAL
        for packet in plain.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                out.mux(packet)  # pyright: ignore[reportUnknownMemberType]
    return path


def frames(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(frame.to_ndarray()) for frame in container.decode(video=0)]


def test_a_video_of_another_shape_goes_as_it_is(tmp_path: Path) -> None:
    path = video(tmp_path / "clip.webm", "webm", codec="libvpx")
    with discreet(path).open() as file:
        assert file.read() == path.read_bytes()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG", "TIFF", "AVIF", "HEIF", "MPO"])
def test_a_photo_leaves_upright_whichever_way_it_was_held(
    tmp_path: Path, form: str, orientation: int
) -> None:
    make = heic if form == "HEIF" else partial(photo, form)
    path = kept(tmp_path, make(orientation=orientation))
    found = probe(path)
    sent, _ = upright(path, sniff_file(path) or "", TAKEN)
    with Image.open(io.BytesIO(sent)) as out:
        assert out.size == (found.width, found.height)
        seen = out.convert("RGB")
        corner = (2, 2) if orientation in (1, 4, 5, 6) else (seen.width - 3, seen.height - 3)
        assert seen.getpixel(corner) == pytest.approx((255, 165, 0), abs=14)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "HEIF"])
def test_the_colours_of_a_wide_gamut_survive_what_is_encoded_anew(
    tmp_path: Path, form: str
) -> None:
    profile = wide_gamut()
    make = heic if form == "HEIF" else partial(photo, form, orientation=6)
    path = kept(tmp_path, make(icc_profile=profile))
    for sent in (
        upright(path, sniff_file(path) or "", ("image/png",))[0],
        small_picture(path, "image", 60),
    ):
        with Image.open(io.BytesIO(sent)) as out:
            seen = out.convert("RGB").resize((2, 2), Image.Resampling.BOX)
            colours = [seen.getpixel(place) for place in ((0, 0), (0, 1), (1, 0), (1, 1))]
        # Its orange is a redder one on a screen; taken for sRGB it would stay 255, 165, 0.
        assert any(colour == pytest.approx((255, 152, 0), abs=9) for colour in colours), colours


def test_print_colours_become_those_of_a_screen(tmp_path: Path) -> None:
    out = io.BytesIO()
    with Image.new("CMYK", (40, 30), (0, 255, 255, 0)) as red:
        red.save(out, "JPEG", quality=95)
    sent, media_type = upright(kept(tmp_path, out.getvalue()), "image/jpeg", TAKEN)
    with Image.open(io.BytesIO(sent)) as seen:
        assert (seen.mode, media_type) == ("RGB", "image/jpeg")
        assert seen.getpixel((20, 15)) == pytest.approx((255, 0, 0), abs=12)
