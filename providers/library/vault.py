"""The vault: originals, each under the hash of its bytes, complete and synced before anybody is told.

    STORE  LOCK  artifacts/ab/<sha256>  part/

File layout stands here alone. A file with a hash for a name is whole; a half one lies in `part/`.
"""

import hashlib
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from providers.errors import StoreProblem

SCHEMA = 1
CHUNK = 1 << 20
LOCKED = (
    "Another studio{who} already uses the data folder {folder}. Open its page, "
    "or start this one with another folder (STUDIO_DATA_DIR)."
)
UNUSABLE = (
    "The data folder {folder} cannot be used ({reason}). Correct its permissions, "
    "or choose another with STUDIO_DATA_DIR."
)
VANISHED = (
    "The history jobs.db in {folder} is missing or empty, though files of earlier jobs are there. "
    "Nothing was changed. Put a copy from a backup in its place, move the folder artifacts aside, "
    "or start with another data folder (STUDIO_DATA_DIR)."
)
FULL = "The disk is full, so this file cannot be kept. Free some space and try again."


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the vault: its name there is the hash of its bytes."""

    sha256: str
    bytes: int


class Vault:
    """The files of one data folder, held by one process from `open` to `close`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._artifacts = folder / "artifacts"
        self._parts = folder / "part"
        self._lock: BinaryIO | None = None

    def open(self) -> None:
        """Take the lock, make the folders, sweep what was cut short. StoreProblem otherwise."""
        try:
            for folder in (self.folder, self._artifacts, self._parts):
                private_folder(folder)
            self._lock = _take_lock(self.folder)
            self._check_history()
            for part in self._parts.iterdir():
                if ".part" not in part.name:
                    part.unlink()
        except StoreProblem:
            self.close()
            raise
        except OSError as error:
            self.close()
            reason = error.strerror or type(error).__name__
            raise StoreProblem(UNUSABLE.format(folder=self.folder, reason=reason)) from error

    def close(self) -> None:
        """Let another process have the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def part(self) -> Path:
        """A new name for a file that is still being written."""
        return self._parts / secrets.token_hex(12)

    def part_of(self, job: str, number: int) -> Path:
        """The name of a job's file while it is fetched: the same one after a restart."""
        return self._parts / f"{job}-{number}.part"

    def drop(self, part: Path) -> None:
        """Remove a part and what is noted about it."""
        for path in (part, *self._parts.glob(f"{part.name}.*")):
            path.unlink(missing_ok=True)

    def sweep(self, jobs: Collection[str]) -> None:
        """Remove parts of all other jobs than these: nobody will go on with them."""
        for path in self._parts.glob("*.part*"):
            if path.name.partition("-")[0] not in jobs:
                path.unlink(missing_ok=True)

    def keep(self, part: Path) -> Kept:
        """Move a finished part to its final name: hashed, synced, then renamed, then read-only.

        StoreProblem when the disk is full; the part is gone then.
        """
        try:
            kept = _hash_and_sync(part)
            home = self._artifacts / kept.sha256[:2]
            private_folder(home)
            target = home / kept.sha256
            if target.exists() and target.stat().st_size == kept.bytes:
                part.unlink()
            else:
                os.replace(part, target)
                target.chmod(0o400)
            _sync_folder(home)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise as_store_problem(error, self.folder) from error
        return kept

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie."""
        return self._artifacts / sha256[:2] / sha256

    def free(self) -> int:
        """Free bytes on the disk of the data folder."""
        return shutil.disk_usage(self.folder).free

    def size(self) -> tuple[int, int]:
        """Bytes of all originals, and how many there are."""
        sizes = [file.stat().st_size for file in self._artifacts.glob("??/*")]
        return sum(sizes), len(sizes)

    def problem(self, error: OSError) -> StoreProblem:
        """The sentence for a file that could not be written here."""
        return as_store_problem(error, self.folder)

    def _check_history(self) -> None:
        sentinel, history = self.folder / "STORE", self.folder / "jobs.db"
        known = history.is_file() and history.stat().st_size > 0
        if not known and any(self._artifacts.glob("??/*")):
            raise StoreProblem(VANISHED.format(folder=self.folder))
        if not sentinel.exists():
            born = {"store": secrets.token_hex(8), "schema": SCHEMA, "created": time.time()}
            sentinel.touch(mode=0o600)
            sentinel.write_text(json.dumps(born) + "\n", encoding="utf-8")


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
    reason = error.strerror or type(error).__name__
    return StoreProblem(UNUSABLE.format(folder=folder, reason=reason))


def _hash_and_sync(part: Path) -> Kept:
    digest, count = hashlib.sha256(), 0
    with part.open("r+b") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            count += len(chunk)
        os.fsync(file.fileno())
    return Kept(digest.hexdigest(), count)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _take_lock(folder: Path) -> BinaryIO:
    file = os.fdopen(os.open(folder / "LOCK", os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    try:
        _lock_file(file)
    except BlockingIOError:
        pid = file.read(20).decode("ascii", "replace").strip()
        file.close()
        who = f" (process {pid})" if pid.isdecimal() else ""
        raise StoreProblem(LOCKED.format(who=who, folder=folder)) from None
    except OSError:
        # Some network and Windows file systems know no locks; working there beats refusing.
        pass
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n".encode("ascii"))
    file.flush()
    return file


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
