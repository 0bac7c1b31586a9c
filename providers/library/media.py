"""What a file is, told by its bytes: kind, size, seconds, sound, wholeness."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from providers.catalogue.kinds import MediaKind
from providers.library.ends import has_end
from providers.library.flaws import KEPT, Flaw, UnusableFile
from providers.library.media_types import DEMUXERS, UNKNOWN_TYPE, kind_of, sniff_file
from providers.library.pixels import (
    MOST_PIXELS,
    PROOF,
    TooHeavy,
    frame_shown,
    load,
    moving,
    picture_of,
    shown_small,
    told_size,
    upright_size,
    video_of,
)

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext
    from av.video.stream import VideoStream

MOST_STREAMS = 16
SURE_ENDS = frozenset({*DEMUXERS, "image/png", "image/gif", "image/webp"})
"""Of files of these types the walk to their end is the last word; of others their pixels tell."""


@dataclass(frozen=True, slots=True)
class Described:
    """What a file holds. Pixels as shown upright, None where they are not known; `seconds` only of videos."""

    kind: MediaKind
    media_type: str
    width: int | None
    height: int | None
    seconds: float | None = None
    sound: bool = False
    rate: float | None = None
    """Frames in a second of a video."""
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


def probe(path: Path) -> Probe:
    """What a file holds that can be used wherever one is. UnusableFile, OSError."""
    media_type = sniff_file(path)
    if media_type is None:
        raise UnusableFile("other_kind")
    if media_type in DEMUXERS:
        if not has_end(path, media_type):
            raise UnusableFile("unreadable")
        return _probe_video(path, media_type)
    with picture_of(path) as picture:
        width, height = upright_size(picture)
        if not has_end(path, media_type):
            if media_type in SURE_ENDS:
                raise UnusableFile("unreadable")
            load(picture)
    shown_small(path, PROOF)
    return Probe("image", media_type, width, height)


def described(path: Path, kind: MediaKind) -> Described:
    """What a complete file holds, and why it cannot be shown here: it is kept whatever it holds.

    `kind` is what it is taken for where its bytes do not tell. OSError.
    """
    flaw: Flaw = "unreadable"
    # Whatever else a decoder stumbles over, the bytes are here.
    with suppress(Exception):
        try:
            return probe(path)
        except UnusableFile as error:
            flaw = error.flaw
        except MemoryError:
            raise TooHeavy from None
    return undecoded(path, kind, flaw)


def undecoded(path: Path, kind: MediaKind, flaw: Flaw) -> Described:
    """What a file says of itself that cannot be shown here, because of `flaw`. OSError."""
    media_type = sniff_file(path)
    width, height = told_size(path)
    if media_type is not None:
        kind = kind_of(media_type)
    return Described(kind, media_type or UNKNOWN_TYPE, width, height, flaw=flaw)


def _probe_video(path: Path, media_type: str) -> Probe:
    with video_of(path, media_type) as container:
        stream = moving(container)
        if stream is None or len(container.streams) > MOST_STREAMS:
            raise UnusableFile("other_kind")
        sound = bool(container.streams.audio)
        # A stream of a codec that is not known here has none, whatever the types say.
        codec = cast("VideoCodecContext | None", stream.codec_context)
        if codec is None:
            raise UnusableFile("unreadable")
        width, height = codec.width, codec.height
        if width * height > MOST_PIXELS or not width or not height:
            raise UnusableFile("unreadable")
        seconds = _seconds(container, stream)
        frame = next(iter(container.decode(stream)), None)
        if frame is None:
            raise UnusableFile("unreadable")
        frame_shown(frame)
        if frame.rotation % 180:
            width, height = height, width
        rate = stream.average_rate
    shown_rate = round(float(rate), 3) if rate else None
    return Probe("video", media_type, width, height, seconds, sound, shown_rate)


def _seconds(container: "InputContainer", stream: "VideoStream") -> float | None:
    if stream.duration and stream.time_base:
        return round(float(stream.duration * stream.time_base), 3)
    return round(container.duration / 1_000_000, 3) if container.duration else None
