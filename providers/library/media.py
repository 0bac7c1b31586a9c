"""What a file is, told by its bytes: kind, size, seconds, sound, wholeness; and smaller pictures of it.

Pillow and PyAV are imported where they are used, because opening a page needs neither.
"""

import io
import struct
import warnings
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from providers.catalogue.rules import MediaKind
from providers.errors import InvalidRequest, Problem
from providers.library.ends import has_end
from providers.library.imprints.containers import Malformed, boxes
from providers.library.media_types import DECODERS, DEMUXERS, UNKNOWN_TYPE, kind_of, sniff

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from PIL.Image import Image

MOST_PIXELS = 64_000_000
MOST_STREAMS = 16
Flaw = Literal["other_kind", "unreadable", "too_many_pixels", "heic"]
"""Why a file cannot be used."""
HANDED_IN: Mapping[Flaw, str] = {
    "other_kind": "This file type isn't supported. Use PNG, JPEG, WebP, GIF, MP4, MOV or WebM.",
    "unreadable": "This file is damaged or incomplete. Save it again and upload the new copy.",
    "too_many_pixels": (
        "This image has more than 64 megapixels. Make it smaller and upload it again."
    ),
    "heic": "HEIC images aren't supported. Save it as JPEG or PNG and upload that.",
}
"""What is said of a file that is refused."""
KEPT: Mapping[Flaw, str] = {
    "other_kind": "Its file type isn't supported.",
    "unreadable": "It is damaged, incomplete or in an unsupported format.",
    "too_many_pixels": "It has more than 64 megapixels.",
    "heic": "HEIC images aren't supported.",
}
"""Why a file that is kept all the same cannot be shown."""


class UnusableFile(InvalidRequest):
    """A file that cannot be used, because of `flaw`."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__([Problem("file", HANDED_IN[flaw])])
        self.flaw: Flaw = flaw


@dataclass(frozen=True, slots=True)
class Described:
    """What a file holds. Pixels as shown upright, None where they are not known; `seconds` only of videos."""

    kind: MediaKind
    media_type: str
    width: int | None
    height: int | None
    seconds: float | None = None
    sound: bool = False
    flaw: Flaw | None = None
    """Why it cannot be shown here; None where it can."""

    @property
    def reason(self) -> str:
        """The same in a sentence; empty where it can be shown."""
        return "" if self.flaw is None else KEPT[self.flaw]


@dataclass(frozen=True, slots=True)
class Probe(Described):
    """The same of a file that can be used."""

    width: int
    height: int


def sniff_file(path: Path) -> str | None:
    """`sniff` of a file."""
    with path.open("rb") as file:
        return sniff(file.read(64))


def probe(path: Path) -> Probe:
    """What a file holds, read with as little decoding as possible. InvalidRequest when it cannot be used."""
    media_type = sniff_file(path)
    if media_type == "image/heic":
        raise UnusableFile("heic")
    if media_type is None:
        raise UnusableFile("other_kind")
    if not is_whole(path, media_type):
        raise UnusableFile("unreadable")
    return _probed(path, media_type)


def described(path: Path, kind: MediaKind) -> Described:
    """What a complete file holds, and why it cannot be shown here: it is kept whatever it holds.

    `kind` is what it is taken for where its bytes do not tell. OSError.
    """
    media_type = sniff_file(path)
    flaw: Flaw = "unreadable"
    # Whatever else a decoder stumbles over, the bytes are here.
    with suppress(Exception):
        try:
            return _ended(path, media_type)
        except UnusableFile as error:
            flaw = error.flaw
    width, height = _told_size(path)
    if media_type is not None:
        kind = kind_of(media_type)
    return Described(kind, media_type or UNKNOWN_TYPE, width, height, flaw=flaw)


def _ended(path: Path, media_type: str | None) -> Probe:
    """What a file holds that has its own end, whatever lies behind that. InvalidRequest."""
    if media_type == "image/heic":
        raise UnusableFile("heic")
    if media_type is None:
        raise UnusableFile("other_kind")
    found = _probed(path, media_type)
    if not has_end(path, media_type):
        if not is_whole(path, media_type) or media_type in DEMUXERS:
            raise UnusableFile("unreadable")
        # Made in a way that the walk does not know: then its pixels tell.
        with _picture(path) as picture:
            picture.load()
    return found


def _probed(path: Path, media_type: str) -> Probe:
    if media_type in DEMUXERS:
        return _probe_video(path, media_type)
    with _picture(path) as picture:
        width, height = _upright_size(picture)
    return Probe("image", media_type, width, height)


def _told_size(path: Path) -> tuple[int, int] | tuple[None, None]:
    """What a picture says about its size, even one that is too large to be decoded."""
    with suppress(Exception), _opened(path) as picture:
        return _upright_size(picture)
    return None, None


def is_whole(path: Path, media_type: str) -> bool:
    """Whether the container has its end: a download that stopped early does not."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if DEMUXERS.get(media_type) == "mov" or media_type == "image/avif":
            wanted = {b"meta", b"mdat"} if media_type == "image/avif" else {b"moov", b"mdat"}
            try:
                return wanted <= {box.name for box in boxes(file, size)}
            except Malformed:
                return False
        head = file.read(12)
        file.seek(max(0, size - 65536))
        tail = file.read()
    if media_type == "image/png":
        return b"IEND\xaeB`\x82" in tail
    if media_type == "image/jpeg":
        return b"\xff\xd9" in tail
    if media_type == "image/webp":
        return struct.unpack("<I", head[4:8])[0] + 8 <= size
    if media_type == "image/gif":
        return tail.rstrip(b"\0").endswith(b";")
    return size > 64


def upright(path: Path, media_type: str, accepted: Collection[str]) -> tuple[bytes, str]:
    """The file's bytes, and their media type, as a vendor takes them.

    A picture that is rotated by its EXIF mark, or of a type that is not `accepted`, is encoded anew:
    PNG if it has transparency, else JPEG. InvalidRequest when it cannot be read.
    """
    if kind_of(media_type) == "video":
        return path.read_bytes(), media_type
    with _picture(path) as picture:
        plain = picture.format != "MPO" and _orientation(picture) == 1
        if plain and media_type in accepted:
            return path.read_bytes(), media_type
        return _encoded(_straight(picture))


def small_picture(path: Path, kind: MediaKind, side: int) -> bytes:
    """A WebP of at most `side` pixels; of a video its first frame. InvalidRequest when it cannot be read."""
    if kind == "video":
        small = first_frame(path)
        small.thumbnail((side, side))
        return _webp(small)
    with _picture(path) as picture:
        # JPEG decoders can skip most of a large picture.
        picture.draft("RGB", (side, side))
        small = _straight(picture)
        small.thumbnail((side, side))
        return _webp(small)


def first_frame(path: Path) -> "Image":
    """The first frame of a video, upright. InvalidRequest when there is none."""
    with _video(path, sniff_file(path) or "") as container:
        for frame in container.decode(video=0):
            return _turned(frame)
    raise UnusableFile("unreadable")


def _turned(frame: "VideoFrame") -> "Image":
    shown = cast("Image", frame.to_image())  # pyright: ignore[reportUnknownMemberType]
    return shown.rotate(frame.rotation, expand=True)


@contextmanager
def _picture(path: Path) -> "Generator[Image]":
    with _opened(path) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise UnusableFile("too_many_pixels")
        yield picture


@contextmanager
def _opened(path: Path) -> "Generator[Image]":
    from PIL import Image, UnidentifiedImageError

    decoder = DECODERS.get(sniff_file(path) or "")
    if decoder is None:
        raise UnusableFile("other_kind")
    try:
        with warnings.catch_warnings():
            # Pillow warns of pictures that are refused elsewhere.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(path, formats=[decoder])
        with picture:
            yield picture
    except Image.DecompressionBombError:
        raise UnusableFile("too_many_pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        raise UnusableFile("unreadable") from error


def _orientation(picture: "Image") -> int:
    from PIL.ExifTags import Base

    # What is said about the pixels never decides whether they can be shown.
    with suppress(Exception):
        told: object = picture.getexif().get(Base.Orientation)
        if isinstance(told, int) and 1 <= told <= 8:
            return told
    return 1


def _upright_size(picture: "Image") -> tuple[int, int]:
    width, height = picture.size
    return (height, width) if _orientation(picture) in (5, 6, 7, 8) else (width, height)


def _straight(picture: "Image") -> "Image":
    from PIL.Image import Transpose

    turns = (
        None, Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE, Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90,
    )  # fmt: skip
    turn = turns[_orientation(picture) - 1]
    turned = picture if turn is None else picture.transpose(turn)
    if turned.mode.startswith("I"):
        # Sixteen bits a pixel: the upper eight are what a screen shows.
        return turned.convert("I").point(lambda value: value / 256).convert("RGB")
    clear = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    return turned.convert("RGBA" if clear else "RGB")


def _encoded(picture: "Image") -> tuple[bytes, str]:
    buffer = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(buffer, "PNG")
        return buffer.getvalue(), "image/png"
    picture.save(buffer, "JPEG", quality=95)
    return buffer.getvalue(), "image/jpeg"


def _webp(picture: "Image") -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=82, method=2)
    return buffer.getvalue()


@contextmanager
def _video(path: Path, media_type: str) -> "Generator[InputContainer]":
    import av
    from av.error import FFmpegError

    if media_type not in DEMUXERS:
        raise UnusableFile("other_kind")
    try:
        # The demuxer is named and only files may be opened: no playlist leads anywhere.
        with av.open(
            str(path), format=DEMUXERS[media_type], options={"protocol_whitelist": "file"}
        ) as container:
            yield container
    except (FFmpegError, OSError, ValueError, IndexError) as error:
        raise UnusableFile("unreadable") from error


def _probe_video(path: Path, media_type: str) -> Probe:
    with _video(path, media_type) as container:
        if not container.streams.video or len(container.streams) > MOST_STREAMS:
            raise UnusableFile("other_kind")
        stream = container.streams.video[0]
        sound = bool(container.streams.audio)
        width, height = stream.codec_context.width, stream.codec_context.height
        if width * height > MOST_PIXELS or not width or not height:
            raise UnusableFile("unreadable")
        seconds = _seconds(container)
        frame = next(iter(container.decode(video=0)), None)
        if frame is None:
            raise UnusableFile("unreadable")
        if frame.rotation % 180:
            width, height = height, width
    return Probe("video", media_type, width, height, seconds, sound)


def _seconds(container: "InputContainer") -> float | None:
    stream = container.streams.video[0]
    if stream.duration and stream.time_base:
        return round(float(stream.duration * stream.time_base), 3)
    return round(container.duration / 1_000_000, 3) if container.duration else None
