"""Pictures and first frames, opened by the one decoder that fits: upright, in the colours of a screen, small.

What a file says about its pixels beside them never decides whether they can be shown: it turns them, or tells
what their colours mean, or is passed over. Pillow and PyAV are imported where they are used, because opening
a page needs neither.
"""

import io
import struct
import warnings
from collections.abc import Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from providers.catalogue.kinds import MediaKind
from providers.library.beside import only_pixels, said
from providers.library.colors import in_srgb
from providers.library.flaws import UnusableFile
from providers.library.imprints.containers import Malformed, webp_size
from providers.library.media_types import DECODERS, DEMUXERS, HEAD, sniff, sniff_file
from providers.library.scaled import FORMATS, scaled

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image

MOST_PIXELS = 64_000_000
LARGE = 12_600_000
"""Pixels. What services make and most phones take has fewer; what has more waits for a turn of its own."""
SCALED_AS_THEY_ARE = ("RGB", "L", "CMYK")
"""Modes in which a mean of pixels is a pixel."""
CLEAR = ("RGBA", "LA", "PA", "La", "RGBa")
"""Modes of pictures that can be seen through."""
TURNED = ("TIFF",)
"""Formats whose decoder turns the pixels itself."""
PROOF = 64
"""Pixels of the longest side to which a picture is brought to see that it can be used."""
_most = ContextVar[int | None]("pixels that may be decoded here at a time", default=None)


class TooHeavy(BaseException):
    """More pixels than are decoded here at a time. It says nothing about the file: no error of a file is it."""


@contextmanager
def only_light(most: int = LARGE) -> "Generator[None]":
    """Inside, what takes more pixels than these at a time is not begun: TooHeavy."""
    before = _most.set(most)
    try:
        yield
    finally:
        _most.reset(before)


def weigh(pixels: int) -> None:
    """TooHeavy where so many pixels may not be decoded at a time."""
    most = _most.get()
    if most is not None and pixels > most:
        raise TooHeavy


@contextmanager
def picture_of(path: Path) -> "Generator[Image]":
    """A picture whose pixels are few enough to be decoded. UnusableFile."""
    told = _told_of_webp(path)
    if told is not None:
        # To open one takes room for all its pixels already.
        _few_enough(*told)
        weigh(told[0] * told[1])
    with opened(path) as picture:
        _few_enough(picture.width, picture.height)
        yield picture


def _few_enough(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise UnusableFile("too_many_pixels")


def _told_of_webp(path: Path) -> tuple[int, int] | None:
    with path.open("rb") as file, suppress(Malformed):
        return webp_size(file) if sniff(file.read(HEAD)) == "image/webp" else None
    return None


def told_size(path: Path) -> tuple[int, int] | tuple[None, None]:
    """What a picture says about its size, upright, even one that is too large to be decoded."""
    with suppress(Exception):
        wide = _told_of_webp(path)
        if wide is not None and wide[0] * wide[1] > MOST_PIXELS:
            return wide
        with opened(path) as picture:
            return upright_size(picture)
    return None, None


@contextmanager
def opened(path: Path) -> "Generator[Image]":
    """A picture of any size, before it is decoded. UnusableFile."""
    from PIL import Image, UnidentifiedImageError

    decoder = DECODERS.get(sniff_file(path) or "")
    if decoder is None:
        raise UnusableFile("other_kind")
    if decoder == "HEIF" and not opens_heif():
        raise UnusableFile("heic")
    try:
        with warnings.catch_warnings():
            # Pillow warns of pictures that are refused elsewhere, and of what they say beside their pixels.
            warnings.simplefilter("ignore")
            with (
                _as_known(path, decoder) as source,
                Image.open(source, formats=[decoder]) as picture,
            ):
                picture.info.update(said(path, decoder))
                yield picture
    except Image.DecompressionBombError:
        raise UnusableFile("too_many_pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        raise UnusableFile("unreadable") from error
    except (RuntimeError, EOFError, KeyError, IndexError, TypeError, ArithmeticError) as error:
        # Whatever else a decoder stumbles over in a file that is not as it should be.
        raise UnusableFile("unreadable") from error


def _as_known(path: Path, decoder: str) -> BinaryIO:
    """The file as its decoder knows it."""
    pixels = only_pixels(path, decoder)
    return path.open("rb") if pixels is None else pixels.open(path)


@cache
def opens_heif() -> bool:
    """Whether this machine has a decoder for what phones make; some have no wheel of it."""
    try:
        from pillow_heif import register_heif_opener  # pyright: ignore[reportUnknownVariableType]
    except ImportError:
        return False
    register_heif_opener()
    return True


def orientation(picture: "Image") -> int:
    """How the pixels are to be turned, 1 to 8 as EXIF numbers it; 1 where that is not told by a number."""
    from PIL.ExifTags import Base

    if picture.format in TURNED:
        return 1
    with suppress(Exception):
        told: object = picture.getexif().get(Base.Orientation)
        if isinstance(told, int) and 1 <= told <= 8:
            return told
    return 1


def upright_size(picture: "Image") -> tuple[int, int]:
    """Width and height as the picture is shown."""
    width, height = picture.size
    return (height, width) if orientation(picture) in (5, 6, 7, 8) else (width, height)


def shown(picture: "Image", side: int | None = None) -> "Image":
    """The pixels as a screen shows them: upright, RGB or RGBA in sRGB, and nothing said beside them.

    `side`: made smaller first, to at most so many pixels.
    """
    turn = orientation(picture)
    load(picture, side)
    is_plain = picture.mode in SCALED_AS_THEY_ARE and "transparency" not in picture.info
    if side is not None and is_plain:
        # Before anything is made of it: each copy of a large picture takes as much memory again.
        picture.thumbnail((side, side))
    plain = _plain(picture)
    if side is not None:
        plain.thumbnail((side, side))
    return _finished(plain, turn)


def load(picture: "Image", side: int | None = None) -> None:
    """Decode a picture, to no less than `side` pixels where its decoder can leave some out."""
    whole = picture.width * picture.height
    if side is not None:
        # JPEG decoders can skip most of a large picture.
        picture.draft(None, (side, side))
    # One that comes in passes is held whole all the same.
    weigh(whole if "progressive" in picture.info else picture.width * picture.height)
    picture.load()


def shown_small(path: Path, side: int) -> "Image":
    """A picture as `shown` gives it, of at most `side` pixels, with as little memory as its format allows."""
    told = _told_of_large(path)
    small = None if told is None else scaled(path, side)
    if told is None or small is None:
        with picture_of(path) as picture:
            return shown(picture, side)
    turn, small.info["icc_profile"] = told
    return _finished(small, turn)


def _told_of_large(path: Path) -> tuple[int, object] | None:
    """How a picture that is better scaled while it is decoded is turned, and its profile; None: no such one."""
    # Closed again before that: to have one open takes its bytes, and room for its pixels.
    with picture_of(path) as picture:
        pixels = picture.width * picture.height
        if pixels <= LARGE or picture.format not in FORMATS:
            return None
        weigh(pixels)
        return orientation(picture), picture.info.get("icc_profile")


def _finished(picture: "Image", turn: int) -> "Image":
    made = _turned(in_srgb(picture), turn)
    made.info.clear()
    return made


def _plain(picture: "Image") -> "Image":
    """The same in a mode whose colours a profile may be of."""
    if picture.mode.startswith("I"):
        # Sixteen bits a pixel: the upper eight are what a screen shows.
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode == "F":
        # Light between nothing and one, where it is no more; else what a screen shows.
        _, most = cast("tuple[float, float]", picture.getextrema())
        return picture.point(lambda value: value * (255 if most <= 1 else 1)).convert("L")
    if picture.mode in CLEAR or "transparency" in picture.info:
        return picture.convert("RGBA")
    if picture.mode in ("RGB", "L", "CMYK", "LAB"):
        return picture
    return picture.convert("RGB")


def _turned(picture: "Image", turn: int) -> "Image":
    from PIL.Image import Transpose

    turns = (
        None, Transpose.FLIP_LEFT_RIGHT, Transpose.ROTATE_180, Transpose.FLIP_TOP_BOTTOM,
        Transpose.TRANSPOSE, Transpose.ROTATE_270, Transpose.TRANSVERSE, Transpose.ROTATE_90,
    )  # fmt: skip
    way = turns[turn - 1]
    return picture if way is None else picture.transpose(way)


def encoded(picture: "Image") -> tuple[bytes, str]:
    """A shown picture as a file that says nothing beside its pixels, and its type: PNG if it has transparency,
    else JPEG."""
    buffer = io.BytesIO()
    if picture.mode == "RGBA":
        picture.save(buffer, "PNG")
        return buffer.getvalue(), "image/png"
    picture.save(buffer, "JPEG", quality=95, subsampling=0)
    return buffer.getvalue(), "image/jpeg"


def small_picture(path: Path, kind: MediaKind, side: int) -> bytes:
    """A WebP of at most `side` pixels; of a video its first frame. UnusableFile when it cannot be read."""
    if kind == "video":
        small = first_frame(path)
        small.thumbnail((side, side))
        return _webp(small)
    return _webp(shown_small(path, side))


def _webp(picture: "Image") -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=82, method=2)
    return buffer.getvalue()


def first_frame(path: Path) -> "Image":
    """The first frame of a video, upright. UnusableFile when there is none."""
    with video_of(path, sniff_file(path) or "") as container:
        stream = moving(container)
        for frame in () if stream is None else container.decode(stream):
            return frame_shown(frame)
    raise UnusableFile("unreadable")


def frame_shown(frame: "VideoFrame") -> "Image":
    """A frame as it is shown."""
    # PyAV does not say what it hands on to Pillow.
    image = cast("Image", frame.to_image())  # pyright: ignore[reportUnknownMemberType]
    return image.rotate(frame.rotation, expand=True)


def moving(container: "InputContainer") -> "VideoStream | None":
    """The video of a file, which is no cover of its sound; None: it has none."""
    from av.stream import Disposition

    return next(
        (
            stream
            for stream in container.streams.video
            if not stream.disposition & Disposition.attached_pic
        ),
        None,
    )


def _prepare(stream: "VideoStream") -> None:
    # A stream of a codec that is not known here has none, whatever the types say.
    codec = cast("VideoCodecContext | None", stream.codec_context)
    if codec is not None:
        weigh(codec.width * codec.height)
        # Each further one takes memory for pictures of its own, on a machine with many processors too much.
        codec.thread_count = 1


@contextmanager
def video_of(path: Path, media_type: str) -> "Generator[InputContainer]":
    """A video, before it is decoded. UnusableFile."""
    import av
    from av.error import FFmpegError

    if media_type not in DEMUXERS:
        raise UnusableFile("other_kind")
    try:
        # The demuxer is named and only files may be opened: no playlist leads anywhere.
        with av.open(
            str(path), format=DEMUXERS[media_type], options={"protocol_whitelist": "file"}
        ) as container:
            stream = moving(container)
            if stream is not None:
                _prepare(stream)
            yield container
    except (FFmpegError, OSError, ValueError, IndexError) as error:
        raise UnusableFile("unreadable") from error
