"""Several files as one zip, written while it is sent: stored, since media does not shrink, never held whole.

Sizes and sums of a file follow its bytes, so each original is read once; the length is known beforehand.
"""

import io
import time
import zipfile
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from providers.errors import StoreProblem

CHUNK = 1 << 18
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""Before this a zip knows no date."""
GONE = "{name} changed or vanished while it was being sent. Download the files again."
# What zipfile writes, in bytes: before a file, behind it, in the list at the end, and the end itself.
_HEAD, _HEAD_LONG = 30, 20
_BEHIND, _BEHIND_LONG = 16, 24
_LISTED, _END, _END_LONG = 46, 22, 76


@dataclass(frozen=True, slots=True)
class ZippedFile:
    """One file of an archive: its name there, its bytes, and where they lie; no path: they are `content`."""

    name: str
    size: int
    created: float
    path: Path | None = None
    content: bytes = b""


class _Pipe(io.RawIOBase):
    """What a zip is written to: it holds what was not taken yet, and cannot be wound back."""

    def __init__(self) -> None:
        super().__init__()
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, chunk: object, /) -> int:
        # A buffer, which has a public type from Python 3.12 on.
        held = bytes(chunk)  # pyright: ignore[reportArgumentType]
        self._held.append(held)
        return len(held)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._held)
        self._held.clear()
        return taken


def stream(entries: Sequence[ZippedFile]) -> Generator[bytes]:
    """The bytes of a zip, a quarter of a megabyte at a time. StoreProblem when a file is not as it was."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for entry in entries:
            header = zipfile.ZipInfo(entry.name, max(EARLIEST, time.localtime(entry.created)[:6]))
            header.external_attr = 0o644 << 16
            with archive.open(header, "w", force_zip64=_is_long(entry.size)) as target:
                for chunk in _chunks(entry):
                    target.write(chunk)
                    yield pipe.take()
    yield pipe.take()


def length(entries: Sequence[ZippedFile]) -> int:
    """How many bytes `stream` will give."""
    whole = listed = 0
    for entry in entries:
        name, long = len(entry.name.encode()), _is_long(entry.size)
        words = 2 * long + _is_long(whole)
        listed += _LISTED + name + (4 + 8 * words if words else 0)
        whole += _HEAD + name + entry.size + (_HEAD_LONG + _BEHIND_LONG if long else _BEHIND)
    many = len(entries) > zipfile.ZIP_FILECOUNT_LIMIT
    end = _END + (_END_LONG if many or _is_long(whole) or _is_long(listed) else 0)
    return whole + listed + end


def _is_long(count: int) -> bool:
    return count > zipfile.ZIP64_LIMIT


def _chunks(entry: ZippedFile) -> Generator[bytes]:
    if entry.path is None:
        yield entry.content
        return
    left = entry.size
    try:
        with entry.path.open("rb") as file:
            while left and (chunk := file.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk
    except OSError as error:
        raise StoreProblem(GONE.format(name=entry.name)) from error
    if left:
        raise StoreProblem(GONE.format(name=entry.name))
