"""What can be had again for free: thumbnails, posters, and the ids that vendors gave to our files.

Losing all of it costs some seconds of work, so a damaged cache is begun anew without a word.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from pathlib import Path

from providers.catalogue.kinds import MediaKind
from providers.errors import StoreProblem, Unknown
from providers.library.cache import Cache, NoCache, open_cache
from providers.library.decoding.lanes import DECODERS
from providers.library.vault import private_folder
from providers.pools import PAGES, PICTURES, Pool, ended

log = logging.getLogger("studio.cache")
RECIPE = 1
"""Raised when pictures are derived in another way, so that older ones are made anew."""
SETTLE_WAIT = 5.0
"""Seconds."""
THUMB, POSTER = 480, 1280
"""Longest side in pixels."""
OWNED = 10 * 365 * 86400.0
"""Seconds for which it is known in which account a file was found."""
GONE = "This file is no longer in the data folder. Restore it from a backup."


class Derived:
    """Small pictures of large files, and vendors' names for our files.

    Whatever is no coroutine here may wait for the disk.
    """

    def __init__(self, folder: Path, part: Callable[[], Path], *, megabytes: int) -> None:
        self._folder = folder
        self._part = part
        self._megabytes = megabytes
        self._making: dict[str, asyncio.Task[Path]] = {}
        self._asking = Counter[asyncio.Task[Path]]()
        """How many wait for each of them."""

    def open(self) -> None:
        """Begin to open the caches; a damaged one is begun anew, and one that cannot be made is left out.

        In a thread, since a start does not wait for it: on a slow disk it takes many syncs.
        """
        self._opener = Pool("caches", 1)
        self._opening: Future[tuple[Cache | NoCache, Cache | NoCache]] = self._opener.submit(
            self._open
        )

    def _open(self) -> tuple[Cache | NoCache, Cache | NoCache]:
        with contextlib.suppress(OSError):
            private_folder(self._folder)
        pictures = _cache(self._folder / "derived", self._megabytes << 20)
        return pictures, _cache(self._folder / "uploads", 64 << 20)

    @property
    def _pictures(self) -> Cache | NoCache:
        return self._opening.result()[0]

    @property
    def _uploads(self) -> Cache | NoCache:
        return self._opening.result()[1]

    async def settle(self) -> None:
        """Wait a moment for pictures that are being made; a thread cannot be stopped half-way."""
        if self._making:
            await asyncio.wait(list(self._making.values()), timeout=SETTLE_WAIT)
        await ended(list(self._making.values()))

    def close(self) -> None:
        """Close the caches."""
        for cache in (self._pictures, self._uploads):
            cache.close()
            self._opener.submit(cache.close)
        self._opener.close()

    async def thumb(self, sha256: str, source: Path, kind: MediaKind, pixels: int = 0) -> Path:
        """A WebP of at most 480 px. InvalidRequest when the file holds no picture, Unknown, OSError.

        `pixels`: how many the file has, where that is known.
        """
        return await self._picture(sha256, source, kind, THUMB, pixels)

    async def poster(self, sha256: str, source: Path, kind: MediaKind, pixels: int = 0) -> Path:
        """A WebP of at most 1280 px: a video's first frame, or the picture itself."""
        return await self._picture(sha256, source, kind, POSTER, pixels)

    async def known_thumb(self, name: str) -> Path | None:
        """What `thumb` made under this name, if it is still there."""
        return await PAGES.run(lambda: self._pictures.file(_key(name, THUMB)))

    def forget(self, names: Iterable[str]) -> None:
        """Let the pictures of these originals go."""
        for name in names:
            for side in (THUMB, POSTER):
                self._pictures.forget(_key(name, side))

    def upload(self, account: str, sha256: str) -> str | None:
        """The id under which this account of a vendor already holds the file."""
        found = self._uploads.value(f"{account}:{sha256}")
        return found if isinstance(found, str) else None

    def keep_upload(self, account: str, sha256: str, reference: str, *, seconds: float) -> None:
        """Remember the vendor's id of a file for as long as it holds there."""
        self._uploads.put(f"{account}:{sha256}", reference, seconds=seconds)

    def forget_upload(self, account: str, sha256: str) -> None:
        """The vendor no longer knows its id of this file."""
        self._uploads.forget(f"{account}:{sha256}")

    def keep_owner(self, account: str, sha256: str, mark: str) -> None:
        """Remember in which of a key's accounts this file was found."""
        self._uploads.put(f"{account}:owner:{sha256}", mark, seconds=OWNED)

    def owner_of(self, account: str, names: Iterable[str]) -> str:
        """In which account of the key the first of these files was found that was found in one."""
        for sha256 in names:
            mark = self._uploads.value(f"{account}:owner:{sha256}")
            if isinstance(mark, str):
                return mark
        return ""

    def size(self) -> int:
        """Bytes on disk."""
        return sum(cache.size() for cache in (self._pictures, self._uploads))

    async def _picture(
        self, sha256: str, source: Path, kind: MediaKind, side: int, pixels: int
    ) -> Path:
        key = _key(sha256, side)
        found = await PAGES.run(lambda: self._pictures.file(key))
        if found is not None:
            return found
        # Several pages ask for the same new picture at once: it is made once.
        if key not in self._making:
            self._making[key] = asyncio.create_task(self._make(key, source, kind, side, pixels))
        making = self._making[key]
        self._asking[making] += 1
        try:
            return await asyncio.shield(making)
        finally:
            self._asking[making] -= 1
            if not self._asking[making]:
                # Made, or nobody waits for it any more.
                del self._asking[making]
                making.cancel()
                if self._making.get(key) is making:
                    del self._making[key]

    async def _make(self, key: str, source: Path, kind: MediaKind, side: int, pixels: int) -> Path:
        if not await PICTURES.run(source.is_file):
            raise Unknown(GONE)
        try:
            small = await DECODERS.small_picture(source, kind, side, pixels=pixels)
        except FileNotFoundError as error:
            raise Unknown(GONE) from error
        return await PICTURES.run(self._keep, key, small)

    def _keep(self, key: str, small: bytes) -> Path:
        part = self._part()
        try:
            part.write_bytes(small)
            kept = self._pictures.put_file(key, part)
            if kept is not None:
                part.unlink()
            # Without a cache the part itself is served; the next start sweeps it.
            return kept or part
        except BaseException:
            part.unlink(missing_ok=True)
            raise


def _key(sha256: str, side: int) -> str:
    return f"picture:{sha256}:{side}:{RECIPE}"


def _cache(folder: Path, most_bytes: int) -> Cache | NoCache:
    try:
        return open_cache(folder, most_bytes=most_bytes)
    except StoreProblem as error:
        # A full disk may keep nothing new, but what is here must stay readable.
        log.warning("%s", error)
        return NoCache()
