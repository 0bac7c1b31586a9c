"""The vault: originals, each under the hash of its bytes, complete and synced before anybody is told.

    STORE  LOCK  BALLAST  CHECK  keys  artifacts/ab/<sha256>  part/  trash/<sha256>

File layout stands here alone. A file with a hash for a name is whole; a half one lies in `part/`.
"""

import contextlib
import hashlib
import json
import os
import re
import secrets
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterator
from dataclasses import dataclass
from io import BufferedRandom, BufferedReader
from pathlib import Path
from threading import Lock
from typing import BinaryIO, cast

from pydantic import BaseModel

from providers.errors import StoreProblem
from providers.library.disk import RESERVE, Ballast, Disk

SCHEMA = 1
KEYS = "keys"
"""Keys that were pasted in the page (`providers/people/keys.py`); no copy of the history has them."""
SIGNED = 80
"""Bytes with which a process signs the lock: its number and the name of its machine."""
_NAME = re.compile(r"[0-9a-f]{64}")
LOCKED = (
    "Another studio{who} already uses the data folder {folder}. Open its page, or start this "
    "one with another folder (STUDIO_DATA_DIR)."
)
UNUSABLE = (
    "The data folder {folder} can't be used ({reason}). Fix its permissions, or choose another "
    "folder with STUDIO_DATA_DIR."
)
SETTLES = 60.0
"""Seconds within which bytes that were here already, and were kept again, have got their second row."""
FULL = "The disk is full, so this file can't be saved. Free some space and try again."


class Sentinel(BaseModel):
    """What stands in `STORE`, as far as it is read."""

    store: str


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file in the vault: its name there is the hash of its bytes."""

    sha256: str
    bytes: int


class Vault:
    """The files of one data folder, held by one process from `open` to `close`."""

    def __init__(
        self,
        folder: Path,
        *,
        disk: Disk | None = None,
        reserve: int = RESERVE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.folder = folder
        self.disk = disk or Disk()
        self.ballast = Ballast(folder / "BALLAST", reserve, self.disk)
        self._artifacts = folder / "artifacts"
        self._parts = folder / "part"
        self._lock: BinaryIO | None = None
        self._clock = clock
        self._removing = Lock()
        self._again: dict[str, float] = {}
        """Names that were kept again lately, and when: their new rows may not be written yet."""
        self._held = Counter[str]()
        """Names whose rows are on their way for as long as the disk takes."""
        self.was_cut = False
        """Whether the process that held the folder before this one ended without closing it."""

    def open(self) -> None:
        """Take the lock, make the folders, sweep what was cut short. StoreProblem otherwise."""
        try:
            for folder in (self.folder, self._artifacts, self._parts):
                private_folder(folder)
            self._lock, self.was_cut = _take_lock(self.folder)
            self.ballast.fill()
            for part in self._parts.iterdir():
                if ".part" not in part.name:
                    with contextlib.suppress(OSError):
                        part.unlink()
        except StoreProblem:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise as_store_problem(error, self.folder) from error

    def close(self) -> None:
        """Let another process have the folder."""
        if self._lock is not None:
            _sign(self._lock, "")
            self._lock.close()
            self._lock = None

    def part(self) -> Path:
        """A new name for a file that is still being written."""
        return self._parts / secrets.token_hex(12)

    def part_of(self, job: str, number: int) -> Path:
        """The name of a job's file while it is fetched: the same one after a restart."""
        return self._parts / f"{job}-{number}.part"

    def longest_of(self, job: str, number: int) -> Path:
        """The name of the longest that ever came of a job's file, while all that comes of it is cut."""
        return self._parts / f"{job}-{number}-longest.part"

    def drop(self, part: Path) -> None:
        """Remove a part and what is noted about it, as far as they can be removed: nobody needs them."""
        for path in (part, *self._parts.glob(f"{part.name}.*")):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def takes(self, part: Path) -> bool:
        """Whether this name can be written to: what lies there may be no file, or nobody's to change."""
        try:
            for path in (part, *self._parts.glob(f"{part.name}.*")):
                if os.path.lexists(path):
                    if not path.is_file():
                        return False
                    path.open("ab").close()
        except OSError:
            return False
        return True

    def sweep(self, jobs: Collection[str]) -> None:
        """Remove parts of all other jobs than these: nobody will go on with them."""
        for path in self._parts.glob("*.part*"):
            if path.name.partition("-")[0] not in jobs:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)

    def keep(self, part: Path) -> StoredFile:
        """Move a finished part to its final name: hashed, synced, then renamed, then read-only.

        The name is the hash of what is read back, not of what came over the line: whoever hands over a digest
        proves nothing about what was written.
        StoreProblem when the disk is full; the part is gone then.
        """
        try:
            kept = self._hash_and_sync(part)
            home = self._artifacts / kept.sha256[:2]
            if not home.exists():
                private_folder(home)
                self.disk.sync_folder(self._artifacts)
            target = home / kept.sha256
            with self._removing:
                self._again[kept.sha256] = self._clock()
            if self._is_here(kept):
                part.unlink()
            else:
                self.disk.replace(part, target)
                target.chmod(0o400)
                self._again.pop(kept.sha256, None)
            self.disk.sync_folder(home)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise as_store_problem(error, self.folder) from error
        return kept

    @contextlib.contextmanager
    def holding(self, sha256: str) -> Generator[None]:
        """Inside, an original is not removed, whoever else had it: a row of it is on its way."""
        with self._removing:
            self._held[sha256] += 1
        try:
            yield
        finally:
            with self._removing:
                self._held -= Counter([sha256])

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie."""
        return self._artifacts / sha256[:2] / sha256

    def remove(self, sha256: str, is_needed: Callable[[], bool]) -> bool:
        """Remove an original for good, unless it is needed. False: it may be needed in a moment.

        StoreProblem when the file cannot be removed.
        """
        path = self.path(sha256)
        with self._removing:
            now = self._clock()
            self._again = {name: at for name, at in self._again.items() if now - at < SETTLES}
            if is_needed():
                return True
            if sha256 in self._again or self._held[sha256]:
                return False
            try:
                if os.name != "posix" and path.exists():
                    path.chmod(0o600)
                path.unlink(missing_ok=True)
            except OSError as error:
                raise as_store_problem(error, self.folder) from error
        return True

    def put_away(self, sha256: str) -> None:
        """Move a file that nobody knows to `trash/`, where it stays until a person removes it."""
        trash = self.folder / "trash"
        try:
            private_folder(trash)
            self.disk.replace(self.path(sha256), trash / sha256)
            self.disk.sync_folder(trash)
        except OSError as error:
            raise as_store_problem(error, self.folder) from error

    def bring_back(self, sha256: str) -> bool:
        """Take a file out of `trash/` again; whether it was there."""
        away, home = self.folder / "trash" / sha256, self.path(sha256)
        if not away.exists() or home.exists():
            return False
        try:
            private_folder(home.parent)
            self.disk.replace(away, home)
            self.disk.sync_folder(home.parent)
        except OSError as error:
            raise as_store_problem(error, self.folder) from error
        return True

    def trashed(self) -> list[str]:
        """The names of the originals in `trash/`."""
        found = (path.name for path in (self.folder / "trash").glob("*"))
        return sorted(name for name in found if is_name(name))

    def note_check(self, text: str) -> None:
        """Keep what the weekly check found; losing it costs a repeated check, so nothing is synced."""
        new = self.part()
        new.touch(mode=0o600)
        new.write_text(text, encoding="utf-8")
        self.disk.replace(new, self.folder / "CHECK")

    def noted_check(self) -> str:
        """What the weekly check found. OSError where there is nothing."""
        return (self.folder / "CHECK").read_text(encoding="utf-8")

    def free(self) -> int:
        """Free bytes on the disk of the data folder."""
        return self.disk.free(self.folder)

    def files(self) -> Iterator[Path]:
        """Every original, whatever its state."""
        return self._artifacts.glob("??/*")

    def size(self) -> tuple[int, int]:
        """Bytes of all originals, and how many there are."""
        sizes = [file.stat().st_size for file in self.files()]
        return sum(sizes), len(sizes)

    def problem(self, error: OSError) -> StoreProblem:
        """The sentence for a file that could not be written here."""
        return as_store_problem(error, self.folder)

    @property
    def is_known(self) -> bool:
        """Whether a history began here before: its sentinel, or files of it, are here."""
        return (self.folder / "STORE").exists() or any(self.files())

    def begin(self) -> None:
        """Set the sentinel: from now on an empty history in this folder is a loss."""
        sentinel = self.folder / "STORE"
        if not sentinel.exists():
            born = {"store": secrets.token_hex(8), "schema": SCHEMA, "created": time.time()}
            sentinel.touch(mode=0o600)
            sentinel.write_text(json.dumps(born) + "\n", encoding="utf-8")

    @property
    def name(self) -> str:
        """What this folder was called at its birth, and no other is; empty: nobody can tell."""
        try:
            return Sentinel.model_validate_json((self.folder / "STORE").read_bytes()).store
        except (OSError, ValueError):
            return ""

    def _hash_and_sync(self, part: Path) -> StoredFile:
        with part.open("r+b") as file:
            kept = _hashed(file)
            self.disk.fsync(file.fileno())
        return kept

    def _is_here(self, kept: StoredFile) -> bool:
        # The same name is no proof: a copy that rotted gives way to the sound one.
        path = self.path(kept.sha256)
        if not path.exists() or path.stat().st_size != kept.bytes:
            return False
        with path.open("rb") as file:
            return _hashed(file) == kept


def is_name(text: str) -> bool:
    """Whether this is the name of an original: the hash of its bytes."""
    return _NAME.fullmatch(text) is not None


def private_folder(folder: Path) -> None:
    """Make a folder that only this user can enter, whatever the umask says."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.name == "posix" and folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def as_store_problem(error: OSError, folder: Path) -> StoreProblem:
    """The sentence for a file that could not be written."""
    # 28 no space, 122 over quota.
    if error.errno in (28, 122):
        return StoreProblem(FULL)
    reason = _no_folder(folder) or error.strerror or type(error).__name__
    return StoreProblem(UNUSABLE.format(folder=folder, reason=reason))


def _no_folder(path: Path) -> str:
    """What stands where a folder should be: the system says only that something does."""
    with contextlib.suppress(OSError):
        if path.is_symlink() and not path.exists():
            return "it is a link to a folder that is gone"
        if path.exists() and not path.is_dir():
            return "it is not a folder"
    return ""


def _hashed(file: BufferedReader | BufferedRandom) -> StoredFile:
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return StoredFile(digest, file.tell())


def _take_lock(folder: Path) -> tuple[BinaryIO, bool]:
    """The locked file, and whether somebody's signature still stood in it.

    Not `filelock`: on Windows it locks the first byte, so that nobody can read who holds the folder, and
    it refuses folders whose file system knows no locks.
    """
    handle = os.open(folder / "LOCK", os.O_RDWR | os.O_CREAT, 0o600)
    file = cast("BinaryIO", os.fdopen(handle, "r+b", buffering=0))
    pid, _, host = file.read(SIGNED).decode("ascii", "replace").strip().partition(" ")
    try:
        _lock_file(file)
    except BlockingIOError:
        file.close()
        where = f" on {host}" if host.isprintable() and host else ""
        who = f" (process {pid}{where})" if pid.isdecimal() else ""
        raise StoreProblem(LOCKED.format(who=who, folder=folder)) from None
    except OSError:
        # Some network and Windows file systems know no locks; working there beats refusing.
        pass
    _sign(file, f"{os.getpid()} {socket.gethostname()}")
    return file, pid != ""


def _sign(file: BinaryIO, text: str) -> None:
    # Always as long, so that a full disk takes it: nothing new is needed.
    with contextlib.suppress(OSError):
        file.seek(0)
        file.write(f"{text[: SIGNED - 1]:<{SIGNED - 1}}\n".encode("ascii", "replace"))


if sys.platform == "win32":

    def _lock_file(file: BinaryIO) -> None:
        import msvcrt

        try:
            # A byte far behind the text, so that the number of the process stays readable.
            file.seek(1 << 20)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except PermissionError as error:
            raise BlockingIOError from error
        finally:
            file.seek(0)

else:

    def _lock_file(file: BinaryIO) -> None:
        try:
            import fcntl
        except ImportError:
            return
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
