"""Where the samples of a track lie in an MP4: by the tables of the track, or by those of its fragments."""

import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import pairwise, repeat
from typing import BinaryIO, TypeAlias

from providers.library.imprints.containers import Chunk, Malformed, boxes_in

SamplePlaces: TypeAlias = Iterator[tuple[int, int]]
"""From, up to."""
MOST_SAMPLES = 1 << 20
HAS_BASE, HAS_DESCRIPTION, HAS_LENGTH, HAS_SIZE = 0x01, 0x02, 0x08, 0x10
"""What a `tfhd` tells, in the order of its fields: in 8, 4, 4 and 4 bytes."""
HAS_PLACE, HAS_FIRST_FLAGS = 0x01, 0x04
EACH = (0x100, 0x200, 0x400, 0x800)
"""What a `trun` tells of each sample, in four bytes: length in time, size, flags, place in time."""
SIZE = 0x200


def within(part: Chunk, head: int) -> Chunk:
    """A box without the first bytes of its content, behind which others lie in it."""
    return Chunk(part.name, part.start, part.body + head, part.size - head, part.end)


def found(file: BinaryIO, box: Chunk, *path: bytes) -> Iterator[Chunk]:
    """The boxes at this path in another one, as far as it can be read."""
    with suppress(Malformed):
        for inner in boxes_in(file, box):
            if inner.name == path[0]:
                yield from found(file, inner, *path[1:]) if path[1:] else (inner,)


def in_track(file: BinaryIO, track: Chunk) -> SamplePlaces:
    """Where the bytes of a track lie, one for each of its chunks; a table that cannot be read leads nowhere."""
    for table in found(file, track, b"mdia", b"minf", b"stbl"):
        with suppress(struct.error, Malformed):
            yield from _in_tables({box.name: box.content(file) for box in boxes_in(file, table)})


def _in_tables(tables: Mapping[bytes, bytes]) -> SamplePlaces:
    places = _numbers(tables.get(b"stco", b""), ">I") or _numbers(tables.get(b"co64", b""), ">Q")
    sizes = _sizes(tables.get(b"stsz", b""))
    taken = 0
    for start, count in zip(places, _counts(tables.get(b"stsc", b""), len(places)), strict=True):
        length = sum(sizes[taken : taken + count])
        taken += count
        yield start, start + length


def _numbers(table: bytes, shape: str) -> list[int]:
    one = struct.calcsize(shape)
    return [
        int(number[0]) for number in struct.iter_unpack(shape, table[8 : 8 + _count(table) * one])
    ]


def _count(table: bytes) -> int:
    return int.from_bytes(table[4:8], "big")


def _sizes(table: bytes) -> list[int]:
    alike, count = int.from_bytes(table[4:8], "big"), int.from_bytes(table[8:12], "big")
    if alike:
        return [alike] * min(count, MOST_SAMPLES)
    return [int(one[0]) for one in struct.iter_unpack(">I", table[12 : 12 + 4 * count])]


def _counts(table: bytes, chunks: int) -> list[int]:
    """How many samples each chunk has."""
    rows = list(struct.iter_unpack(">III", table[8 : 8 + 12 * _count(table)]))
    counts = [0] * chunks
    for (first, each, _), (after, _, _) in pairwise([*rows, (chunks + 1, 0, 0)]):
        for number in range(max(first, 1) - 1, min(after - 1, chunks)):
            counts[number] = each
    return counts


def sample_sizes(file: BinaryIO, movie: Chunk) -> Mapping[int, int]:
    """Track -> bytes of each of its samples where a fragment does not tell."""
    tables = (box.content(file) for box in found(file, movie, b"mvex", b"trex"))
    numbers = (struct.unpack(">IIIII", table[4:24]) for table in tables if len(table) >= 24)
    return {int(track): int(size) for track, _, _, size, _ in numbers}


def track_of(file: BinaryIO, fragment: Chunk) -> int:
    """Whose samples a `traf` tells of; 0 where it does not say."""
    head = next(found(file, fragment, b"tfhd"), None)
    return 0 if head is None else int.from_bytes(head.content(file)[4:8], "big")


def in_fragment(file: BinaryIO, movie: Chunk, sizes: Mapping[int, int]) -> SamplePlaces:
    """Where the bytes of these tracks lie that a `moof` tells of; `sizes`: as `sample_sizes` gives them."""
    for part in found(file, movie, b"traf"):
        track = track_of(file, part)
        with suppress(struct.error):
            if track in sizes:
                yield from _in_runs(file, movie, part, sizes[track])


def _in_runs(file: BinaryIO, movie: Chunk, part: Chunk, size: int) -> SamplePlaces:
    head = next(found(file, part, b"tfhd")).content(file)
    told = int.from_bytes(head[:4], "big")
    base = struct.unpack(">Q", head[8:16])[0] if told & HAS_BASE else movie.start
    if told & HAS_SIZE:
        place = 8 + 8 * bool(told & HAS_BASE) + 4 * _told(told, (HAS_DESCRIPTION, HAS_LENGTH))
        size = struct.unpack(">I", head[place : place + 4])[0]
    place = base
    for box in found(file, part, b"trun"):
        run = box.content(file)
        flags, count = struct.unpack(">II", run[:8])
        start = 8
        if flags & HAS_PLACE:
            place, start = base + struct.unpack(">i", run[8:12])[0], 12
        start += 4 * bool(flags & HAS_FIRST_FLAGS)
        length = sum(_each(run[start:], flags, min(count, MOST_SAMPLES), size))
        yield place, place + length
        place += length


def _each(rows: bytes, flags: int, count: int, size: int) -> Iterator[int]:
    """Bytes of each sample of a run."""
    wide = _told(flags, EACH)
    if not flags & SIZE:
        return repeat(size, count)
    at = _told(flags, EACH[:1])
    numbers = struct.iter_unpack(f">{wide}I", rows[: 4 * wide * count])
    return (int(row[at]) for row in numbers)


def _told(flags: int, marks: tuple[int, ...]) -> int:
    """How many of these marks are set."""
    return sum(bool(flags & mark) for mark in marks)
