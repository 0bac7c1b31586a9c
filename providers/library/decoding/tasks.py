"""What a worker is asked and what it answers: a line of JSON each, and behind an answer its bytes."""

from dataclasses import dataclass
from typing import Literal

from providers.catalogue.kinds import MediaKind
from providers.library.flaws import Flaw
from providers.library.media import Described

Work = Literal["probe", "described", "undecoded", "small_picture", "upright"]


@dataclass(frozen=True, slots=True)
class DecodingTask:
    """One file and what is to become of it: the name and the arguments of a function in `worker`."""

    work: Work
    path: str
    kind: MediaKind = "image"
    media_type: str = ""
    accepted: tuple[str, ...] = ()
    side: int = 0
    """Pixels that are not to be exceeded; 0: all there are."""
    flaw: Flaw = "costly"


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came of it: `found`, or `content`, or why neither."""

    found: Described | None = None
    media_type: str = ""
    length: int = 0
    """How many of `content` follow the line."""
    content: bytes = b""
    flaw: Flaw | None = None
    errno: int = 0
    """Of the OSError that reading the file gave."""
    is_heavy: bool = False
    """Nothing came of it, because it takes more than this worker may take."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a worker may take for one task."""

    pixels: int
    """That it decodes at a time; 0: as many as are decoded at all."""
    memory: int
    """Bytes of addresses in all. Linux holds to it; macOS and Windows know no such limit."""
    seconds: float

    @property
    def is_heavy(self) -> bool:
        """Whether this is for what takes long: behind all else that runs, and given up with whoever asked."""
        return not self.pixels
