"""A copy of a file that differs in a few bytes: told by what is put where, never held whole."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeAlias, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Stretch:
    """These bytes of the original: from `start` up to `end`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Blank:
    """So many bytes of nothing."""

    count: int


Part = bytes | Blank | Stretch
Cut: TypeAlias = tuple[int, int, bytes | Blank]
"""From, up to, and what stands there instead."""


@dataclass(frozen=True, slots=True)
class Splice:
    """What the copy is made of, in order: bytes of its own, nothing, and stretches of the original."""

    parts: tuple[Part, ...]

    @property
    def length(self) -> int:
        """Bytes of the copy."""
        return sum(_length(part) for part in self.parts)

    @property
    def mark(self) -> str:
        """Tells copies of one original apart."""
        return hashlib.sha256(repr(self.parts).encode()).hexdigest()[:16]

    def read(self, original: Path, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The copy's bytes from `start` up to `end`, in pieces of at most 256 KiB."""
        end = self.length if end is None else end
        place = 0
        with original.open("rb") as file:
            for part in self.parts:
                first, last = max(start - place, 0), min(end - place, _length(part))
                if first < last:
                    yield from _pieces(file, part, first, last)
                place += _length(part)

    def open(self, original: Path) -> BinaryIO:
        """The copy, to be read like a file of its own."""
        return cast("BinaryIO", io.BufferedReader(_Spliced(original, self)))


class _Spliced(io.RawIOBase):
    """A copy that is told by what differs, read like a file."""

    def __init__(self, path: Path, copy: Splice) -> None:
        self._path = path
        self._copy = copy
        self._place = 0
        self._rest = b""
        self._pieces: Iterator[bytes] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._copy.length}[whence]
        self._place = max(0, start + offset)
        self._rest, self._pieces = b"", None
        return self._place

    def tell(self) -> int:
        return self._place

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        view = memoryview(buffer).cast("B")
        if not self._rest:
            if self._pieces is None:
                self._pieces = self._copy.read(self._path, self._place)
            self._rest = next(self._pieces, b"")
        piece = self._rest[: len(view)]
        view[: len(piece)] = piece
        self._rest = self._rest[len(piece) :]
        self._place += len(piece)
        return len(piece)


def replaced(size: int, *changes: Cut) -> Splice:
    """A file of `size` bytes in which each (start, end, bytes) has other bytes; in the order of the file."""
    parts: list[Part] = []
    place = 0
    for start, end, content in changes:
        parts += [Stretch(place, start), content]
        place = end
    parts.append(Stretch(place, size))
    return Splice(tuple(part for part in parts if _length(part)))


def _length(part: Part) -> int:
    match part:
        case Stretch():
            return part.end - part.start
        case Blank():
            return part.count
        case bytes():
            return len(part)


def _pieces(file: BinaryIO, part: Part, first: int, last: int) -> Iterator[bytes]:
    left = last - first
    if isinstance(part, bytes):
        yield part[first:last]
        return
    if isinstance(part, Blank):
        for start in range(0, left, CHUNK):
            yield bytes(min(CHUNK, left - start))
        return
    file.seek(part.start + first)
    while left > 0 and (piece := file.read(min(CHUNK, left))):
        left -= len(piece)
        yield piece
