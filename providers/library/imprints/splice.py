"""A copy of a file that differs in a few bytes: told by what is put where, never held whole."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

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


def replaced(size: int, *changes: tuple[int, int, bytes | Blank]) -> Splice:
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
