"""What the emulated useapi.net accepts as an upload, and what it finds in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
from av.error import FFmpegError
from PIL import Image

from providers.vendors.useapi.sandbox.shapes import Refusal

IMAGES = {
    "image/png": ("PNG",),
    "image/jpeg": ("JPEG", "MPO"),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/mpo": ("MPO",),
}
VIDEOS = frozenset(
    {
        "video/mp4", "video/quicktime", "video/3gpp", "video/x-matroska", "video/x-flv",
        "video/mpeg", "video/mp2t", "video/x-msvideo", "video/x-motion-jpeg", "video/webm",
        "video/ogg",
    }
)  # fmt: skip
SOUNDS = frozenset(
    {"audio/wav", "audio/wave", "audio/mpeg", "audio/flac", "audio/ogg", "audio/webm"}
)


@dataclass(frozen=True, slots=True)
class Measures:
    """Pixels, and seconds where time passes."""

    width: int = 0
    height: int = 0
    seconds: float | None = None
    sound: bool = False


def kind_of(content_type: str) -> tuple[Literal["image", "video", "audio"], str]:
    """The kind and the plain media type of an upload; 400 for a type that is not listed."""
    plain = content_type.partition(";")[0].strip().lower()
    if plain in IMAGES:
        return "image", plain
    if plain in VIDEOS:
        return "video", plain
    if plain in SOUNDS:
        return "audio", plain
    raise Refusal(400, "Content-Type is missing or is not supported")


def measure(path: Path, kind: str, media_type: str) -> Measures:
    """Look into an uploaded file; 400 when it is not what its type says."""
    if kind == "audio":
        return Measures()
    try:
        return _picture(path, media_type) if kind == "image" else _film(path)
    except (
        FFmpegError,
        OSError,
        ValueError,
        IndexError,
        SyntaxError,
        Image.DecompressionBombError,
    ):
        raise Refusal(400, f"The file could not be read as {media_type}") from None


def _picture(path: Path, media_type: str) -> Measures:
    with Image.open(path) as picture:
        if picture.format not in IMAGES[media_type]:
            raise ValueError(f"a {picture.format} file")
        picture.load()
        return Measures(*picture.size)


def _film(path: Path) -> Measures:
    with av.open(path) as film:
        video = film.streams.video[0]
        seconds = film.duration / av.time_base if film.duration else None
        return Measures(video.width, video.height, seconds, bool(film.streams.audio))
