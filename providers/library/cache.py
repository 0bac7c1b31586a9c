"""A diskcache that never unpickles and never leaves its folder: it holds what can be had again for free."""

# diskcache carries no types; its answers are given theirs here, once.
# pyright: reportIncompatibleMethodOverride=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportReturnType=false, reportArgumentType=false
# pyright: reportUnknownArgumentType=false

import json
import os
import shutil
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

import diskcache
from diskcache.core import MODE_BINARY, MODE_RAW, MODE_TEXT, UNKNOWN
from pydantic import JsonValue

from providers.errors import StoreProblem
from providers.library.vault import private_folder

NO_CACHE = (
    "The cache {folder} isn't writable. Free some space or fix its permissions, then start again."
)
LOST = (OSError, sqlite3.Error, diskcache.Timeout)
"""A cache that is locked, damaged or gone, which is no error: it only forgets."""
PATIENCE = 10.0
"""Seconds that a locked cache is waited for."""
Stored: TypeAlias = str | bytes | int | float | BinaryIO | None


class UnsafeRecord(Exception):
    """A record of a cache that we did not write: it is treated as absent."""


class SafeDisk(diskcache.Disk):
    """Text keys and JSON values only: nothing is unpickled, and no path leaves the folder."""

    def put(self, key: object) -> tuple[str, bool]:
        if type(key) is not str:
            raise TypeError("A key of a cache is text.")
        return key, True

    def get(self, key: object, raw: object) -> str:
        if not raw or type(key) is not str:
            raise UnsafeRecord("key")
        return key

    def store(
        self, value: JsonValue | BinaryIO, read: bool, key: object = UNKNOWN
    ) -> tuple[int, int, str | None, Stored]:
        if read:
            return super().store(value, True, key=key)
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return super().store(text, False, key=key)

    def fetch(self, mode: int, filename: str | None, value: Stored, read: bool) -> object:
        if mode not in (MODE_RAW, MODE_BINARY, MODE_TEXT):
            raise UnsafeRecord("mode")
        if filename is not None:
            self._stay_inside(filename)
        found = super().fetch(mode, filename, value, read)
        return found if read else json.loads(found)

    def remove(self, file_path: str) -> None:
        self._stay_inside(file_path)
        super().remove(file_path)

    def _stay_inside(self, name: str) -> None:
        root = os.path.realpath(self._directory)
        full = os.path.realpath(os.path.join(root, name))
        if os.path.commonpath([root, full]) != root:
            raise UnsafeRecord("path")


class Cache:
    """One diskcache, made in the only way we allow."""

    def __init__(self, folder: Path, *, most_bytes: int, patience: float = PATIENCE) -> None:
        private_folder(folder)
        self._cache = diskcache.Cache(
            str(folder),
            disk=SafeDisk,
            timeout=patience,
            # Not "least recently used": that turns every reading into a writing.
            eviction_policy="least-recently-stored",
            size_limit=most_bytes,
            cull_limit=10,
            statistics=0,
            tag_index=0,
            sqlite_mmap_size=0,
            disk_min_file_size=1 << 15,
        )

    def value(self, key: str) -> JsonValue:
        """The value under `key`, or None."""
        try:
            return cast(JsonValue, self._cache.get(key))
        except (UnsafeRecord, ValueError, TypeError, *LOST):
            return None

    def put(self, key: str, value: JsonValue, *, seconds: float | None = None) -> None:
        """Keep a value for so long; a cache that cannot be written is no error."""
        try:
            self._cache.set(key, value, expire=seconds)
        except (UnsafeRecord, *LOST):
            self._let_go()

    def forget(self, key: str) -> None:
        """Drop a value."""
        try:
            self._cache.delete(key)
        except (UnsafeRecord, *LOST):
            self._let_go()

    def file(self, key: str) -> Path | None:
        """The file under `key`, or None."""
        try:
            found = cast("BinaryIO | None", self._cache.get(key, read=True))
        except (UnsafeRecord, TypeError, *LOST):
            return None
        if found is None or not hasattr(found, "name"):
            return None
        with found:
            return Path(found.name)

    def put_file(self, key: str, source: Path) -> Path | None:
        """Copy a file in and return its place there; None when it could not be kept."""
        try:
            with source.open("rb") as reader:
                self._cache.set(key, reader, read=True)
        except (UnsafeRecord, *LOST):
            self._let_go()
            return None
        return self.file(key)

    def size(self) -> int:
        """Bytes on disk."""
        return int(self._cache.volume())

    def _let_go(self) -> None:
        # A commit that was refused leaves its transaction open, and nobody else could write any more. With
        # this thread's connection it goes; the next use opens another.
        with suppress(*LOST):
            self._cache.close()

    def close(self) -> None:
        """Close the database of the cache."""
        self._cache.close()


class NoCache:
    """In place of a cache that cannot be made: it holds nothing."""

    def value(self, _key: str) -> JsonValue:
        """Nothing."""
        return None

    def put(self, _key: str, _value: JsonValue, *, seconds: float | None = None) -> None:
        """Nothing is kept."""

    def forget(self, _key: str) -> None:
        """Nothing is here."""

    def file(self, _key: str) -> Path | None:
        """Nothing."""
        return None

    def put_file(self, _key: str, _source: Path) -> Path | None:
        """Nothing is kept."""
        return None

    def size(self) -> int:
        """No bytes."""
        return 0

    def close(self) -> None:
        """Nothing to close."""


def open_cache(folder: Path, *, most_bytes: int) -> Cache:
    """A cache that works: a damaged one is removed and begun anew, since all of it can be had again.

    StoreProblem when even a new one cannot be made.
    """
    try:
        cache = Cache(folder, most_bytes=most_bytes)
        cache.size()
    except (sqlite3.Error, OSError, UnsafeRecord, ValueError):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        return cache
    try:
        return Cache(folder, most_bytes=most_bytes)
    except (sqlite3.Error, OSError) as error:
        raise StoreProblem(NO_CACHE.format(folder=folder)) from error
