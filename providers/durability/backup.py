"""Copies of the history in `backup/`: whole ones, taken while it is in use, and thinned out with age.

jobs-<time>.db      hourly, when something changed
lifted-<time>.db    before a newer version changed the tables
rescued-<time>.db   from memory, after the history vanished while the studio ran
damaged-<time>.db   set aside when a copy was put in its place; never a source
left-<time>.db      knew more than what a person put in its place on purpose; a source for who names it
"""

import calendar
import os
import re
import shlex
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from providers.errors import StoreProblem
from providers.history.receipts import receipts as receipts_in
from providers.history.schema import MIGRATIONS, NEWEST, as_store_problem, copy_of, number, reading
from providers.history.search_index import is_whole
from providers.library.disk import Disk
from providers.library.vault import private_folder

EVERY = 3600.0
HOURLY, DAILY, LIFTED = 24, 7, 3
"""How many copies stay: the newest of all, the last of each day, those before a change of tables."""
_NAME = re.compile(r"(jobs|lifted|rescued|left)-(\d{8}T\d{6}Z)\.db")
STAMP = "%Y%m%dT%H%M%SZ"
KEPT_FREE = 64 << 20
"""Bytes that a copy leaves free, so that it never takes the room that the history itself needs."""
NO_ROOM = "It needs {needed:.0f} MB of free disk space. Free some space."
RECEIPTS = (
    " There is no backup of it, but there are receipts for {count} jobs. To restore "
    "what they hold: {command}"
)
NO_BACKUP = (
    " There is no backup of it in the folder {folder}. To start a new history and keep all "
    "files: {command} --begin-anew"
)
ADVICE = " The newest backup is from {when}. To restore it: {command}"


def command_for(module: str, data: Path) -> str:
    """What to type to restore or verify this data folder."""
    python, folder = shlex.quote(sys.executable), shlex.quote(str(data.resolve()))
    return f"{python} -m providers.durability.{module} --data-dir {folder}"


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy of the history."""

    path: Path
    kind: str
    stamp: str

    @property
    def when(self) -> str:
        """When it was taken, for people."""
        return time.strftime("%Y-%m-%d %H:%M UTC", time.strptime(self.stamp, STAMP))

    @property
    def taken(self) -> float:
        """The same in seconds since the epoch."""
        return float(calendar.timegm(time.strptime(self.stamp, STAMP)))

    def is_sound(self) -> bool:
        """Whether it can be opened, is whole, and is not of a newer version."""
        try:
            with closing(reading(self.path)) as database:
                version = number(database.execute("pragma user_version").fetchone())
                return is_whole(database) and 0 < version <= len(MIGRATIONS)
        except sqlite3.Error:
            return False

    def revision(self) -> int:
        """The latest revision that it holds."""
        with closing(reading(self.path)) as database:
            version = number(database.execute("pragma user_version").fetchone())
            # Before the fifth version nothing could be deleted.
            question = NEWEST if version > 4 else "select max(revision) from job"
            return number(database.execute(question).fetchone())


class Backups:
    """The copies of one data folder. `clock` is seconds since the epoch."""

    def __init__(
        self,
        data: Path,
        *,
        disk: Disk | None = None,
        clock: Callable[[], float] = time.time,
        receipts: Path | None = None,
    ) -> None:
        self._data = data
        self._receipts = receipts or data / "receipts"
        self._folder = data / "backup"
        self._disk = disk or Disk()
        self._clock = clock
        self._read: dict[tuple[Path, int, int], int] = {}

    def all(self) -> list[Backup]:
        """Every copy, newest first: by how far its history had come, since a clock may be set back."""
        found = [
            Backup(path, match[1], match[2])
            for path in self._folder.glob("*.db")
            if (match := _NAME.fullmatch(path.name))
        ]
        return sorted(
            found, key=lambda one: (self._revision(one), one.stamp, one.kind), reverse=True
        )

    def advice(self) -> str:
        """What to do about a history that is lost, as the end of a sentence."""
        found, count = self.all(), len(receipts_in(self._receipts))
        command = command_for("restore", self._data)
        if found:
            return ADVICE.format(when=found[0].when, command=command)
        if count:
            return RECEIPTS.format(count=count, command=command)
        return NO_BACKUP.format(folder=self._folder, command=command)

    def name(self, kind: str) -> Path:
        """Where a copy that is taken now lies."""
        private_folder(self._folder)
        return self._unused(kind, self._clock())

    def _unused(self, kind: str, at: float) -> Path:
        """A name for a copy of this moment, or of the next one that has none: what was known stays known."""
        path = self._folder / f"{kind}-{time.strftime(STAMP, time.gmtime(at))}.db"
        # The hourly one that is taken now knows all that an earlier one of this second knew.
        is_free = kind == "jobs" or not any(self._folder.glob(f"{path.name}*"))
        return path if is_free else self._unused(kind, at + 1)

    def take(
        self, history: Path, kind: str = "jobs", copy: Callable[[Path], None] | None = None
    ) -> Path:
        """Copy the history, whole and synced, beside a writer that goes on. StoreProblem.

        `copy` makes the new file, where whoever has the history open does that better.
        """
        new: Path | None = None
        try:
            target = self.name(kind)
            new = target.with_suffix(".new")
            new.unlink(missing_ok=True)
            changed = _changed(history)
            copy(new) if copy is not None else copy_of(history, new)
            new.chmod(0o600)
            os.utime(new, ns=(changed, changed))
            self.settle(new, target)
        except (sqlite3.Error, OSError) as error:
            raise as_store_problem(error, history) from error
        finally:
            if new is not None:
                new.unlink(missing_ok=True)
        self._thin_out()
        return target

    def take_if_due(self, history: Path, copy: Callable[[Path], None] | None = None) -> Path | None:
        """A new copy if the last is over an hour old and the history changed since. StoreProblem."""
        hourly, now = [one for one in self.all() if one.kind == "jobs"], self._clock()
        files, changed = _files(history), _changed(history)
        is_held = any(one.path.stat().st_mtime_ns == changed for one in hourly)
        if is_held or any(0 <= now - one.taken < EVERY for one in hourly):
            return None
        size = sum(file.stat().st_size for file in files)
        if self._disk.free(self._data) < 2 * size + KEPT_FREE:
            raise StoreProblem(NO_ROOM.format(needed=(2 * size + KEPT_FREE) / 1e6))
        return self.take(history, copy=copy)

    def held_twice(self) -> int:
        """The latest revision that two sound hourly copies hold; 0 while there are not two."""
        sound = (one for one in self.all() if one.kind == "jobs" and one.is_sound())
        newest = list(islice(sound, 2))
        return newest[1].revision() if len(newest) > 1 else 0

    def later(self, beyond: int) -> tuple[Backup, int] | None:
        """The sound copy that had come furthest, and how far, where that is later than this revision.

        Not one that a person has left behind on purpose.
        """
        for one in self.all():
            revision = self._revision(one)
            if revision <= beyond:
                break
            if one.kind != "left" and one.is_sound():
                return one, revision
        return None

    def leave(self, beyond: int) -> None:
        """Keep the copies that know more than this under a name from which nothing is taken in. OSError."""
        for one in self.all():
            if one.kind != "left" and self._revision(one) > beyond:
                self._disk.replace(one.path, self._unused("left", one.taken))

    def _revision(self, backup: Backup) -> int:
        # A finished copy does not change, and after years reading them all takes its time.
        try:
            told = backup.path.stat()
            key = (backup.path, told.st_mtime_ns, told.st_size)
            if key not in self._read:
                self._read[key] = backup.revision()
            return self._read[key]
        except (sqlite3.Error, OSError):
            return -1

    def settle(self, new: Path, target: Path) -> None:
        """Give a finished copy its name, so that it stays over a power cut."""
        self._disk.sync_file(new)
        self._disk.replace(new, target)
        self._disk.sync_folder(target.parent)

    def _thin_out(self) -> None:
        for half in self._folder.glob("*.new"):
            half.unlink(missing_ok=True)
        found = self.all()
        hourly = [one for one in found if one.kind == "jobs"]
        of_days: dict[str, Backup] = {}
        for one in hourly:
            of_days.setdefault(one.stamp[:8], one)
        kept = {one.path for one in (*hourly[:HOURLY], *list(of_days.values())[:DAILY])}
        kept |= {one.path for one in [one for one in found if one.kind == "lifted"][:LIFTED]}
        for one in found:
            if one.kind not in ("rescued", "left") and one.path not in kept:
                one.path.unlink(missing_ok=True)


def _files(history: Path) -> list[Path]:
    both = (history, history.with_name(f"{history.name}-wal"))
    # A look from outside leaves an empty log behind.
    return [file for file in both if file.exists() and file.stat().st_size > 0]


def _changed(history: Path) -> int:
    """When the history was written last, in nanoseconds; its copy bears that moment."""
    return max((file.stat().st_mtime_ns for file in _files(history)), default=0)
