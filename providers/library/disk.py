"""The disk below the data folder: what makes a file stay, how much room there is, and a reserve of it."""

import contextlib
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

RESERVE = 64 << 20
"""Bytes set aside, so that on a full disk the ids of paid tasks can still be written down."""
CHUNK = 1 << 20
AT_ONCE = 1_000
"""Nanoseconds by which the two moments of one write may differ where a file system rounds one of them."""
FAR = ("nfs", "cifs", "smb", "fuse", "9p", "afs", "ceph", "vboxsf", "drvfs", "exfat")
"""File systems on which memory cannot be shared, or whose locks are not to be trusted."""

MOUNTS = Path("/proc/self/mounts")
"""The system's own table of what is mounted where, the newest last."""
_OCTAL = re.compile(rb"\\([0-3][0-7]{2})")
"""How blanks and backslashes in names stand there."""


def free_on(folder: Path) -> int:
    """Free bytes on the disk of a folder."""
    return shutil.disk_usage(folder).free


def size_words(size: int) -> str:
    """`12 kB`, `3.4 MB`, `1.2 GB`: an amount of bytes for a sentence."""
    for unit, least in (("GB", 10**9), ("MB", 10**6)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{-(-size // 1000)} kB"


def is_far(path: Path, mounts: Path = MOUNTS) -> bool:
    """Whether a path lies on a file system of another machine or of a program, as far as it is told."""
    return file_system(path, mounts).startswith(FAR)


def file_system(path: Path, mounts: Path = MOUNTS) -> str:
    """The kind of file system on which a path lies, in the words of the system; empty where nobody tells."""
    try:
        lines = [line.split() for line in mounts.read_bytes().splitlines()]
        place = path.resolve()
    except OSError:
        return ""
    # Of two at one place, the later one hides the earlier.
    found = [
        (len(at), number, os.fsdecode(kind))
        for number, (_, at, kind, *_) in enumerate(lines)
        if place.is_relative_to(os.fsdecode(_OCTAL.sub(_sign, at)))
    ]
    return max(found, default=(0, 0, ""))[2]


def device_of(path: Path) -> int:
    """The number of the file system below a path: its own where it has one, since the system counts anew
    at each start of the machine. OSError."""
    own = os.statvfs(path).f_fsid if hasattr(os, "statvfs") else 0
    return own or path.stat().st_dev


def place_of(folder: Path) -> str:
    """What tells a folder from every other one that is there at the same time. OSError."""
    return f"{device_of(folder)}:{folder.stat().st_ino}"


def is_place(text: str, folder: Path) -> bool:
    """Whether this is the place of a folder, also in the words of an older version. OSError."""
    told = folder.stat()
    return text in (place_of(folder), f"{told.st_dev}:{told.st_ino}")


def is_written_here(told: os.stat_result) -> bool:
    """Whether a file's content was the last thing that changed about it: programs that put copies back set
    its old time after that. Where nothing tells, it was."""
    return os.name != "posix" or abs(told.st_ctime_ns - told.st_mtime_ns) <= AT_ONCE


def _sign(octal: re.Match[bytes]) -> bytes:
    return bytes([int(octal[1], 8)])


@dataclass(frozen=True, slots=True)
class Disk:
    """The calls that make a file stay where it is over a power cut, and how much room is left."""

    fsync: Callable[[int], None] = os.fsync
    replace: Callable[[Path, Path], None] = os.replace
    free: Callable[[Path], int] = free_on

    def sync_file(self, path: Path) -> None:
        """Its bytes are on the disk when this returns."""
        with path.open("rb+") as file:
            self.fsync(file.fileno())

    def replace_private(self, new: Path, path: Path, data: bytes) -> None:
        """Write a file that this account alone can read, whole or not at all, by way of the name `new`.

        OSError: nothing has changed. The folder is not synced yet.
        """
        try:
            new.unlink(missing_ok=True)
            with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
                file.flush()
                self.fsync(file.fileno())
            self.replace(new, path)
        except OSError:
            with contextlib.suppress(OSError):
                new.unlink()
            raise

    def sync_folder(self, folder: Path) -> None:
        """The names in it are on the disk when this returns."""
        if os.name != "posix":
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            self.fsync(handle)
        finally:
            os.close(handle)


class Ballast:
    """A file that only takes up room; a full disk gets it back to write what must not be lost."""

    def __init__(self, path: Path, size: int, disk: Disk) -> None:
        self._path = path
        self._size = size
        self._disk = disk

    def fill(self) -> None:
        """Set the room aside where there is plenty; nothing happens where there is not."""
        try:
            here = self._path.stat().st_size if self._path.exists() else 0
            if here >= self._size or self._disk.free(self._path.parent) < 4 * self._size:
                return
            with self._path.open("wb") as file:
                self._path.chmod(0o600)
                _take_up(file.fileno(), self._size)
        except OSError:
            self.release()

    def release(self) -> bool:
        """Give the room back; whether there was any."""
        try:
            self._path.unlink()
        except OSError:
            return False
        return True


def _take_up(file: int, size: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
        return
    for _ in range(size // CHUNK):
        os.write(file, os.urandom(CHUNK))
