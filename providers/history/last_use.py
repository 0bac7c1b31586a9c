"""What stands beside the history about its last use: which file it was, how far it had come, and until when.

A number alone is used again: a folder that is put back keeps the inodes of its files, or gets them anew. So
three things are compared. The file: its inode, its file system and the moment of its last change, which no
program can set. How far the history had come, by its latest revision. And the clock, since the disk of a
whole machine can be set back with all of that.
"""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from providers.catalogue.rules import Frozen
from providers.history.rows import row_sum
from providers.library.disk import Disk, device_of, is_written_here

HISTORY = "HISTORY"
"""A file in the data folder: the last use of the history in it."""
NOTED_EVERY = 600.0
"""Seconds after which a studio that runs notes again that it does."""
TOGETHER = 1_000_000_000
"""Nanoseconds within which a history and its log are copied."""
LONGEST_PAUSE = 86400.0
"""Seconds between two uses after which what waits is looked for before it is sent.

A disk or a machine that is set back to an earlier state has nothing that tells so, but for the clock. Who
stops the studio, closes the laptop or loses the power over a night is back within a day, and is not asked.
"""

AHEAD = 3600.0
"""Seconds by which a clock may have been set back between two uses, so that the last one seems to come yet."""


class Fingerprint(Frozen):
    """By what a file is known again."""

    inode: int
    device: int = 0
    changed: int = 0
    """When the file system changed anything about it, in nanoseconds; 0: not noted."""

    @classmethod
    def of(cls, path: Path) -> "Fingerprint":
        """That of a file. OSError."""
        told = path.stat()
        return cls(inode=told.st_ino, device=device_of(path), changed=told.st_ctime_ns)


class LastUse(Frozen):
    """What was noted at a start, now and then while the studio ran, and at its end."""

    file: Fingerprint
    revision: int = 0
    """The latest that the history held."""
    at: float = 0.0
    """Seconds since the epoch, by the studio's clock."""
    closed: bool = False
    """Whether the history was put away in order: from then on its file does not change."""

    def text(self) -> str:
        """The content of its file: JSON with a checksum."""
        text = self.model_dump_json()
        return f'{{"sum":"{row_sum(text)}","use":{text}}}\n'

    @classmethod
    def read(cls, text: str) -> "LastUse | None":
        """The same from its file, an inode alone from an older version's. None for a spoiled one."""
        if text.strip().isdecimal():
            return cls(file=Fingerprint(inode=int(text)))
        mark, _, rest = text.removeprefix('{"sum":"').partition('","use":')
        use = rest.removesuffix("}\n")
        with suppress(ValidationError):
            return cls.model_validate_json(use) if row_sum(use) == mark else None
        return None


@dataclass(frozen=True, slots=True)
class FolderState:
    """How a history lies in its folder, before it is opened: opening it changes what tells."""

    use: LastUse | None
    """Its last use as it was noted; None: not noted, or spoiled."""
    is_copy: bool
    """Whether the file is not the one that was used last, or was written by another program."""
    has_strange_log: bool
    """Whether a log lies beside it that a later state of it left."""
    is_untouched: bool = False
    """Whether the file is to the last moment as it was noted."""
    came_alone: bool = False
    """Whether nothing was noted: it may be of any time."""

    @classmethod
    def at(cls, path: Path) -> "FolderState":
        """That of a history which may be missing."""
        noted = _noted(path.parent / HISTORY)
        use = LastUse.read(noted)
        if not path.exists():
            return cls(use, is_copy=False, has_strange_log=False, is_untouched=True)
        is_untouched = use is not None and Fingerprint.of(path) == use.file
        is_other = use is None or (not is_untouched and _is_other(path, use))
        is_left = not is_untouched and _is_left(path, use)
        is_copy = is_left or (noted != "" and (is_other or _has_copied_log(path)))
        return cls(use, is_copy, is_left, is_untouched, came_alone=noted == "")

    @property
    def revision(self) -> int:
        """The latest revision that was noted; 0: none."""
        return 0 if self.use is None else self.use.revision

    def is_long_ago(self, revision: int, now: float) -> bool:
        """Whether the last certain use is too long ago: the noted one, or a history's latest revision, which
        is a moment in microseconds.

        A moment that is far from having come tells nothing, since revisions never go back and a clock that was
        ahead does. Of a use that was noted in days to come nobody knows how long ago it was.
        """
        noted = 0.0 if self.use is None else self.use.at
        past = [moment for moment in (noted, revision / 1e6) if 0 < moment <= now + AHEAD]
        return now - max(past) > LONGEST_PAUSE if past else noted - now > LONGEST_PAUSE


class Notes:
    """Keeps the last use of a history written down. What cannot be kept costs some looks at the vendors."""

    def __init__(self, path: Path, disk: Disk, now: float) -> None:
        self._path = path
        self._disk = disk
        self.now = self._noted = now

    def is_due(self, now: float) -> bool:
        """Whether it is time to note anew that the history is in use; `now` in seconds."""
        self.now = now
        return not 0 <= now - self._noted < NOTED_EVERY

    def begin(self, revision: int) -> None:
        """Note that the history is in use from now on, whoever wrote its file."""
        with suppress(OSError):
            if not is_written_here(self._path.stat()):
                self._path.touch()
        self.write(revision)

    def write(self, revision: int, *, closed: bool = False) -> None:
        """Note that the history has come so far."""
        with suppress(OSError):
            file = Fingerprint.of(self._path)
            self._put(LastUse(file=file, revision=revision, at=self.now, closed=closed))
            self._noted = self.now

    def close(self, revision: int | None) -> None:
        """Note that the history was put away; None: what lies there was written by another program."""
        if revision is None:
            self.spoil()
        else:
            self.write(revision, closed=True)

    def spoil(self) -> None:
        """Note that the file is not the one that was used."""
        with suppress(OSError):
            self._put(LastUse(file=Fingerprint(inode=0), at=self.now))

    def _put(self, use: LastUse) -> None:
        path = self._path.parent / HISTORY
        new = path.with_name(f"{HISTORY}.new")
        new.touch(mode=0o600)
        new.write_text(use.text(), encoding="utf-8")
        self._disk.sync_file(new)
        self._disk.replace(new, path)


def set_log_aside(path: Path, aside: Path) -> None:
    """Move the log of another state of the history away from it. OSError."""
    for end in ("-wal", "-shm"):
        left = path.with_name(path.name + end)
        if left.exists():
            left.replace(aside.with_name(aside.name + end))


def _noted(path: Path) -> str:
    """What stands in a note; empty where there is none."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    except OSError:
        # Somebody else's, perhaps: what stands there is not known, and what waits is looked for.
        return "unreadable"


def _is_other(path: Path, use: LastUse) -> bool:
    here, noted = Fingerprint.of(path), use.file
    if here.inode != noted.inode or (noted.device and here.device != noted.device):
        return True
    # Changed since it was noted: by the studio that was killed, or by whoever put another one here.
    return use.closed or not is_written_here(path.stat())


def _has_copied_log(path: Path) -> bool:
    """Whether another program put a log there: what is newest stands in it, beside a history as it was."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0 and not is_written_here(log.stat())


def _is_left(path: Path, use: LastUse | None) -> bool:
    """Whether the log beside a history is of a later state of it. With it, it would be of two times."""
    log = path.with_name(f"{path.name}-wal")
    if not log.exists() or log.stat().st_size == 0:
        return False
    if _knows_no_log(path):
        return True
    if use is None:
        return False
    told, left = path.stat(), log.stat()
    if left.st_ctime_ns >= told.st_ctime_ns or (_is_unpacked(left) and _is_unpacked(told)):
        # Put back after the history, and so together with it, or written since; or both from one archive.
        return False
    is_put_back = not is_written_here(told)
    # A history that was put away has no log, and one that is in use was written since that was noted.
    is_older = use.closed or (is_put_back and told.st_mtime_ns < use.file.changed)
    pause = told.st_ctime_ns - left.st_ctime_ns
    return is_older or (is_put_back and is_written_here(left) and pause > TOGETHER)


def _knows_no_log(path: Path) -> bool:
    """Whether a history says of itself that it is used without a log, as each copy in `backup/` does."""
    with path.open("rb") as file:
        return file.read(20)[18:] == b"\x01\x01"


def _is_unpacked(told: os.stat_result) -> bool:
    """Whether a file came out of an archive, which keeps whole seconds: what was written before or after
    another moment within one is not told."""
    return not is_written_here(told) and told.st_mtime_ns % 1_000_000_000 == 0
