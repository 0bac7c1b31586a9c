"""A file on its way to the disk. What has arrived outlives a cut line and a kill.

<part>         the bytes
<part>.mark    which file they are of, and the hash of those that were written before it

A mark is believed only where the bytes still have its hash. So nothing is synced on the way: after a
power cut a part that did not reach the disk is fetched again, and the vault syncs what is whole.
"""

import hashlib
import os
from collections import deque
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import BinaryIO

from pydantic import ValidationError

from providers.catalogue.rules import Frozen
from providers.errors import StoreProblem

BUFFER = 2 << 20
"""Bytes that are held before they are hashed and written, since every hop to a thread costs time."""
WRITE = 512 << 10
"""Bytes of one write: for larger ones the system looks longer for memory, smaller ones are more calls."""
CHECKPOINT = 16 << 20
"""Bytes after which what has been written is marked."""


class Mark(Frozen):
    """What a part is a part of."""

    source: str
    """A hash of the link without its signature."""
    etag: str
    length: int
    """Bytes of the whole file."""
    bytes: int
    """Bytes that were written, and their hash."""
    sha256: str


class PartFile:
    """Bytes of one file, hashed as they come. Methods that touch the disk are to run in a thread.

    One that is cancelled goes on in its thread; the next one begins after its end.
    """

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self._source = source
        self._mark_path = mark_of(path)
        self._one = RLock()
        # Used over and over: new memory for every batch costs more than the copy into old.
        self._spare: list[bytearray] = []
        self._held = bytearray()
        self._full: deque[tuple[bytearray, int]] = deque()
        self._file: BinaryIO | None = None
        self._begun = self._done = self._spoiled = False
        self._start_over()

    def _start_over(self) -> None:
        self._hash = hashlib.sha256()
        self._length = 0
        self._written = self._marked = 0
        self._held_bytes = 0
        self.etag = ""
        self.received = 0
        self.is_page = False

    def find(self) -> None:
        """Take up what an earlier try left, if it is of this link and whole as far as it says."""
        try:
            mark = Mark.model_validate_json(self._mark_path.read_bytes())
            if mark.source != self._source or not 0 < mark.bytes <= mark.length or not mark.etag:
                return
            digest = _hash_of(self.path, mark.bytes)
            if digest.hexdigest() != mark.sha256:
                return
            os.truncate(self.path, mark.bytes)
        except (OSError, ValidationError, ValueError):
            return
        self._hash, self.etag, self._length = digest, mark.etag, mark.length
        self.received = self._written = self._marked = mark.bytes
        self._begun = True

    def goes_on(self, etag: str, content_range: str) -> bool:
        """Whether an answer with these headers holds exactly the bytes that are missing."""
        wanted = f"bytes {self.received}-{self._length - 1}/{self._length}"
        return bool(self.received) and etag == self.etag and content_range.strip() == wanted

    @property
    def is_short(self) -> bool:
        """Whether less is here than the server once told."""
        return self.received < self._length

    def restart(self) -> None:
        """Forget what is here: the whole file comes anew."""
        with self._one:
            self._remove()
            self._start_over()
            self._begun = False

    def begin(self, etag: str | None, length: int | None) -> None:
        """A whole file of `length` bytes comes; with both told, it can be resumed after a cut."""
        strong = etag is not None and etag.startswith('"') and len(etag) <= 200
        self.etag = etag or "" if strong and length else ""
        self._length = length or 0

    def take(self, piece: bytes) -> bool:
        """Hold a piece; whether it is time to flush."""
        if not self.received:
            # Error pages come with 200 and any type; no picture or clip begins like this.
            self.is_page = piece[:64].lstrip().lower().startswith((b"<!doctype", b"<html"))
        self._held[self._held_bytes : self._held_bytes + len(piece)] = piece
        self._held_bytes += len(piece)
        self.received += len(piece)
        if self._held_bytes < BUFFER:
            return False
        self._hand_over()
        return True

    def flush(self) -> None:
        """Write what is full, while more may be taken; now and then mark it. StoreProblem."""
        with self._one:
            try:
                self._write()
                if self.etag and self._written - self._marked >= CHECKPOINT:
                    self._mark()
            except OSError as error:
                self.spoil()
                raise StoreProblem(
                    f"The file couldn't be saved ({error.strerror}). Free some space."
                ) from None

    def finish(self) -> tuple[int, str]:
        """Write the rest; the file's size and sha256."""
        with self._one:
            self._hand_over()
            self.flush()
            self._close()
            self._mark_path.unlink(missing_ok=True)
            self._done = True
            return self.received, self._hash.hexdigest()

    def spoil(self) -> None:
        """This is not worth keeping: it is removed at the end."""
        self._spoiled = True

    def leave(self) -> None:
        """The end of a try: a file that was not finished stays only where it can be resumed."""
        with self._one:
            if self._done:
                return
            if self._spoiled or not self.etag or not 0 < self.received <= self._length:
                self._remove()
                return
            try:
                self._hand_over()
                self._write()
                if self._written > self._marked:
                    self._mark()
                self._close()
            except OSError:
                self._remove()

    def _write(self) -> None:
        file = self._opened()
        while self._full:
            batch, count = self._full.popleft()
            with memoryview(batch)[:count] as piece:
                for at in range(0, count, WRITE):
                    file.write(piece[at : at + WRITE])
                self._hash.update(piece)
            self._written += count
            self._spare.append(batch)
        file.flush()

    def _hand_over(self) -> None:
        self._full.append((self._held, self._held_bytes))
        self._held, self._held_bytes = self._spare.pop() if self._spare else bytearray(), 0

    def _opened(self) -> BinaryIO:
        if self._file is None:
            self._file = self.path.open("ab" if self._begun else "wb")
            self._begun = True
        return self._file

    def _close(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _mark(self) -> None:
        mark = Mark(
            source=self._source, etag=self.etag, length=self._length, bytes=self._written,
            sha256=self._hash.hexdigest(),
        )  # fmt: skip
        # A torn mark is no mark: it needs no sync of its own.
        new = self._mark_path.with_name(self._mark_path.name + ".new")
        new.write_text(mark.model_dump_json(), encoding="utf-8")
        os.replace(new, self._mark_path)
        self._marked = self._written

    def _remove(self) -> None:
        # What a full disk did not take cannot be flushed when the file is closed either.
        with suppress(OSError):
            self._close()
        self._mark_path.unlink(missing_ok=True)
        if self._begun:
            self.path.unlink(missing_ok=True)
        self._hand_over()
        self._full.clear()


def mark_of(part: Path) -> Path:
    """Where the mark of a part lies."""
    return part.with_name(part.name + ".mark")


# The type of a hash has no public name.
def _hash_of(path: Path, count: int) -> "hashlib._Hash":  # pyright: ignore[reportPrivateUsage]
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while count:
            chunk = file.read(min(1 << 20, count))
            if not chunk:
                raise ValueError("shorter than its mark")
            digest.update(chunk)
            count -= len(chunk)
    return digest
