"""Files as they leave for a vendor: of a type that it takes, upright, and with nothing private in them.

What is kept here stays as it came. Pixels are encoded anew only where they have to be.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from providers.library.bare import bare
from providers.library.imprints.splice import Splice
from providers.library.media_types import kind_of
from providers.library.pixels import encoded, orientation, picture_of, shown, shown_small


async def prepared(
    path: Path, media_type: str, accepted: Collection[str], *, longest: int | None = None
) -> tuple[bytes, str]:
    """The same as `upright`, of a picture that a decoder opens. UnusableFile, OSError."""
    # Decoders import this module, and need nothing of what asks them.
    from providers.library.decoding.lanes import DECODERS
    from providers.pools import SENDING

    if kind_of(media_type) == "video":
        return await SENDING.run(upright, path, media_type, accepted)
    return await DECODERS.upright(path, media_type, accepted, longest)


def upright(
    path: Path, media_type: str, accepted: Collection[str], *, longest: int | None = None
) -> tuple[bytes, str]:
    """A picture's bytes, and their media type, as a vendor takes them. UnusableFile when it cannot be read.

    It is encoded anew where it is rotated by a mark, of a type that is not `accepted`, made for print or has
    a side of more than `longest` pixels: as PNG if it has transparency, else as JPEG. A video goes out as
    `discreet` gives it.
    """
    if kind_of(media_type) == "video":
        with discreet(path).open() as file:
            return file.read(), media_type
    with picture_of(path) as picture:
        is_long = longest is not None and max(picture.size) > longest
        fits = media_type in accepted and orientation(picture) == 1 and picture.mode != "CMYK"
        copy = bare(path) if fits and not is_long else None
        if copy is None and not is_long:
            return encoded(shown(picture))
    if copy is not None:
        return b"".join(copy.read(path)), media_type
    return encoded(shown_small(path, longest or 0))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file that is too large to be held: read while it is sent, without what is private in it."""

    path: Path
    copy: Splice | None
    """What goes out of it; None: all, since nobody knows how it is laid out."""

    @property
    def size(self) -> int:
        """Bytes that go out. OSError."""
        return self.path.stat().st_size if self.copy is None else self.copy.length

    def open(self) -> BinaryIO:
        """The bytes that go out. OSError."""
        if self.copy is None:
            return self.path.open("rb")
        self.path.stat()
        return self.copy.open(self.path)


def discreet(path: Path) -> Outgoing:
    """A video as it leaves: whatever it tells of a place or a camera is blank. OSError."""
    return Outgoing(path, bare(path))
