"""The end of a file is walked to: what lies behind it is passed over, what is missing is missing."""

import io
from pathlib import Path

import pytest
from PIL import Image

from providers.library.ends import has_end
from providers.library.media_types import sniff_file
from tests.support.clips import video
from tests.support.odd import TAIL, picture


def moving(form: str) -> bytes:
    """Three pictures in one file."""
    out = io.BytesIO()
    first, *rest = (Image.effect_noise((90, 70), spread).convert("P") for spread in (20, 60, 90))
    first.save(out, form, save_all=True, append_images=rest)
    return out.getvalue()


def with_thumbnail() -> bytes:
    """A JPEG whose EXIF holds another one, which is whole."""
    whole, inner = picture("JPEG", (300, 200)), b"Exif\0\0" + picture("JPEG")
    return whole[:2] + b"\xff\xe1" + (len(inner) + 2).to_bytes(2, "big") + inner + whole[2:]


FILES = {
    "JPEG": picture("JPEG", (200, 150)),
    "JPEG that comes by and by": picture("JPEG", (200, 150), progressive=True),
    "JPEG with restarts": picture("JPEG", (200, 150), restart_marker_blocks=4),
    "JPEG with a thumbnail": with_thumbnail(),
    "PNG": picture("PNG", (200, 150)),
    "moving PNG": moving("PNG"),
    "GIF": picture("GIF", (200, 150)),
    "moving GIF": moving("GIF"),
    "WebP": picture("WEBP", (200, 150)),
    "moving WebP": moving("WEBP"),
    "AVIF": picture("AVIF", (200, 150)),
}
SHARES = (0.1, 0.3, 0.5, 0.7, 0.9, 0.99)


def ends(path: Path, content: bytes) -> bool:
    path.write_bytes(content)
    return has_end(path, sniff_file(path) or "")


@pytest.mark.parametrize("name", FILES)
def test_a_picture_ends_where_its_last_part_does(tmp_path: Path, name: str) -> None:
    content = FILES[name]
    assert ends(tmp_path / "whole", content)
    assert ends(tmp_path / "more", content + TAIL)
    cut = [
        share for share in SHARES if ends(tmp_path / "cut", content[: int(len(content) * share)])
    ]
    assert cut == []


@pytest.mark.parametrize(
    "options", [{}, {"movflags": "faststart"}, {"movflags": "frag_keyframe+empty_moov"}], ids=str
)
def test_a_clip_ends_where_its_last_box_does(tmp_path: Path, options: dict[str, str]) -> None:
    content = video(tmp_path / "clip.mp4", options=options).read_bytes()
    assert ends(tmp_path / "whole", content)
    assert ends(tmp_path / "more", content + TAIL)
    assert not [one for one in SHARES if ends(tmp_path / "cut", content[: int(len(content) * one)])]
