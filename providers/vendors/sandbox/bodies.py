"""What a caller sends, read plainly: JSON, numbers, text, and files as they are handed in."""

import base64
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
from av.error import FFmpegError
from PIL import Image
from pydantic import JsonValue, TypeAdapter, ValidationError

_OBJECT: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


@dataclass(frozen=True, slots=True)
class Measures:
    """What a file really is: Pillow's name of its format, pixels, and seconds where time passes."""

    format: str = ""
    width: int = 0
    height: int = 0
    seconds: float | None = None
    sound: bool = False
    rate: float = 0.0
    """Frames in a second."""


def json_object(content: bytes) -> dict[str, JsonValue] | None:
    """A body that is a JSON object; None for everything else."""
    try:
        return _OBJECT.validate_json(content)
    except ValidationError:
        return None


def text(value: JsonValue) -> str:
    """The value if it is text."""
    return value if isinstance(value, str) else ""


def whole(value: JsonValue, otherwise: int = 0) -> int:
    """The value if it is a whole number."""
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def unpacked(packed: str) -> bytes | None:
    """The bytes that stand there in base64; None where that cannot be read."""
    try:
        return base64.b64decode(packed, validate=True)
    except ValueError:
        return None


def picture_in(source: Path | BytesIO, formats: tuple[str, ...] | None = None) -> Measures | None:
    """The picture in a file, decoded whole; None where it is none, or none of these formats of Pillow's."""
    try:
        with Image.open(source, formats=formats) as picture:
            picture.load()
            return Measures(picture.format or "", *picture.size)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def film_in(path: Path) -> Measures | None:
    """The first video in a file; None where there is none."""
    try:
        with av.open(path) as film:
            video = film.streams.video[0]
            seconds = film.duration / av.time_base if film.duration else None
            sound, rate = bool(film.streams.audio), float(video.average_rate or 0)
            return Measures("", video.width, video.height, seconds, sound, rate)
    except (FFmpegError, OSError, ValueError, IndexError):
        return None
