"""A file on its way to the disk. What has arrived outlives a cut line, a kill and a power cut.

<part>         the bytes
<part>.mark    which file they are of, and the hash of those that are surely on the disk
"""

import hashlib
import os
from pathlib import Path

from pydantic import ValidationError

from providers.catalogue.rules import Frozen
from providers.errors import StoreProblem

BUFFER = 1 << 20
CHECKPOINT = 16 << 20
"""Bytes after which what has arrived is synced and marked."""


class Mark(Frozen):
    """What a part is a part of."""

    source: str
    """A hash of the link without its signature."""
    etag: str
    length: int
    """Bytes of the whole file."""
    bytes: int
    """Bytes that are surely on the disk, and their hash."""
    sha256: str


class Part:
    """Bytes of one file, hashed as they come. Methods that touch the disk are to run in a thread."""

    def __init__(self, path: Path, source: str) -> None:
        self.path = path
        self._source = source
        self._mark_path = mark_of(path)
        self._buffer = bytearray()
        self._synced = 0
        self._begun = self._done = self._spoiled = False
        self._start_over()

    def _start_over(self) -> None:
        self._hash = hashlib.sha256()
        self._length = 0
        self._written = 0
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
        self.received = self._written = self._synced = mark.bytes
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
        self._buffer += piece
        self.received += len(piece)
        return len(self._buffer) >= BUFFER

    def flush(self) -> None:
        """Write what is held; now and then make sure that it stays. StoreProblem."""
        try:
            self._write()
            if self.etag and self._written - self._synced >= CHECKPOINT:
                self._checkpoint()
        except OSError as error:
            self.spoil()
            raise StoreProblem(
                f"The file could not be written ({error.strerror}). Make room on the disk."
            ) from None

    def finish(self) -> tuple[int, str]:
        """Write the rest; the file's size and sha256."""
        self.flush()
        self._mark_path.unlink(missing_ok=True)
        self._done = True
        return self.received, self._hash.hexdigest()

    def spoil(self) -> None:
        """This is not worth keeping: it is removed at the end."""
        self._spoiled = True

    def leave(self) -> None:
        """The end of a try: a file that was not finished stays only where it can be resumed."""
        if self._done:
            return
        if not self._spoiled and self.etag and 0 < self.received <= self._length:
            try:
                self._write()
                if self._written > self._synced:
                    self._checkpoint()
            except OSError:
                self._remove()
            return
        self._remove()

    def _write(self) -> None:
        with self.path.open("ab" if self._begun else "wb") as file:
            self._begun = True
            file.write(self._buffer)
        self._hash.update(self._buffer)
        self._written += len(self._buffer)
        self._buffer.clear()

    def _checkpoint(self) -> None:
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        mark = Mark(
            source=self._source, etag=self.etag, length=self._length, bytes=self._written,
            sha256=self._hash.hexdigest(),
        )  # fmt: skip
        # A torn mark is no mark: it needs no sync of its own.
        new = self._mark_path.with_name(self._mark_path.name + ".new")
        new.write_text(mark.model_dump_json(), encoding="utf-8")
        os.replace(new, self._mark_path)
        self._synced = self._written

    def _remove(self) -> None:
        self._mark_path.unlink(missing_ok=True)
        if self._begun:
            self.path.unlink(missing_ok=True)
        self._buffer.clear()


def mark_of(part: Path) -> Path:
    """Where the mark of a part lies."""
    return part.with_name(part.name + ".mark")


def _hash_of(path: Path, count: int) -> "hashlib._Hash":  # pyright: ignore[reportPrivateUsage]
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while count:
            chunk = file.read(min(BUFFER, count))
            if not chunk:
                raise ValueError("shorter than its mark")
            digest.update(chunk)
            count -= len(chunk)
    return digest
