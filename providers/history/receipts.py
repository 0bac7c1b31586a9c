"""The receipts: each job's last important step as a small closed file in `receipts/`.

A lost history is the newest backup and what the receipts know since then. A receipt is a new file each
time, `<job>.<revision>.json`, written and synced before the older one goes: so a kill leaves at least
one that is whole, and a file system that only takes closed files can hold them too.

The receipt of a job that was not sent is a promise, where it can be kept: nothing is sent before a newer one
is on the disk, or this one is gone from it. So a lost history does not have to doubt such a job.
"""

import asyncio
import logging
import os
import re
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TextIO

from pydantic import ValidationError

from providers.catalogue.rules import Frozen
from providers.errors import StoreProblem
from providers.history.rows import row_sum
from providers.history.schema import Row
from providers.jobs.job import Artifact, Job, JobId
from providers.library.disk import Disk, is_far, is_place, place_of
from providers.library.vault import private_folder
from providers.pools import Pool

log = logging.getLogger("studio.receipts")
PATIENCE = 2.0
"""Seconds that a purchase waits for a receipt at most: it is a second net and must not tear the first."""
USED = "RECEIPTS"
"""A file in the data folder: which folder of receipts is used."""
AT_ONCE = 0.05
"""Seconds by which the moment in a promise and that of its file may differ, and no copy can be made."""
TRIES = 5
"""How often a promise is written until it is: the process may be held up between the two."""
NO_RECEIPT = (
    "No receipts can be written in {folder} ({reason}), so anything after the last backup could "
    "be lost with the history. Fix the folder's permissions, or free up some space."
)
_NAME = re.compile(r"(?P<job>[A-Za-z0-9_-]{1,64})\.(?P<revision>\d{1,18})\.json")
_TEXT = re.compile(r'\{"sum":"(?P<sum>[0-9a-f]+)","receipt":(?P<text>.*)\}\n', re.DOTALL)


class Receipt(Frozen):
    """A job as it stood after a step, with what its row needs beside it."""

    job: Job
    request_sum: str
    """The mark of the request as it was handed in, by which a second press is known."""
    references: tuple[Artifact, ...] = ()
    """Rows of the files that the job names."""
    promised: float = 0.0
    """When this was written as a promise that its job was not sent, seconds since the epoch; 0: it is none."""
    home: str = ""
    """Which data folder promised it: what another one sends is not told to this one."""
    day: Row | None = None
    """The row by which the job counts to a day: in another time zone, its moment would tell another one."""

    def text(self) -> str:
        """The content of its file: JSON with a checksum."""
        text = self.model_dump_json()
        return f'{{"sum":"{row_sum(text)}","receipt":{text}}}\n'

    @classmethod
    def read(cls, path: Path) -> "Receipt | None":
        """The receipt in a file; None for one that was cut short, spoiled, or is none of ours."""
        try:
            found = _TEXT.fullmatch(path.read_text(encoding="utf-8"))
            if found is None or row_sum(found["text"]) != found["sum"]:
                return None
            return cls.model_validate_json(found["text"])
        except (OSError, UnicodeDecodeError, ValidationError):
            return None


class Receipts:
    """The receipts of one history. `note` only puts a job in line; one thread writes, the newest state.

    So many of the newest receipts stay as `keeps` says, whatever copies of the history hold. `home` is where
    it is written down which folder is used.
    """

    def __init__(
        self,
        folder: Path,
        read: Callable[[JobId], Receipt],
        *,
        disk: Disk | None = None,
        patience: float = PATIENCE,
        keeps: int = 0,
        home: Path | None = None,
    ) -> None:
        self.folder = folder
        self.failure = ""
        """Why no receipt can be written; empty when all is well."""
        self._read = read
        self._disk = disk or Disk()
        self._patience = patience
        self._lock = Lock()
        self._line: dict[JobId, Future[None]] = {}
        self._begun: dict[JobId, Future[None]] = {}
        self._thread = Pool("receipts", 1)
        self._missed: set[JobId] = set()
        self._here: dict[JobId, list[int]] = {}
        """The revisions of a job's receipts on the disk. A power cut may bring older ones back."""
        self._keeps = keeps
        self._promised: set[JobId] = set()
        """Jobs whose receipt on the disk may promise that they were not sent."""
        self._is_far = False
        self._home = ""
        try:
            private_folder(folder)
            self._is_far = is_far(folder)
            if self._is_far:
                # There a closed file is on its way to another machine: nobody waits for that.
                self._patience = 0.0
            if home is not None:
                _move_in(home, folder, self._disk)
                self._home = place_of(home)
            self._here = receipts(folder)
            self._promised = set() if self._is_far else set(self._here)
        except OSError as error:
            self._tell(error)
        if home is not None:
            # Before any receipt, and a start does not wait for it.
            self._thread.submit(self._settle_in, home)

    def follow(self, job: Job) -> None:
        """After a step was written to the history."""
        is_before = job.state == "submitting" and job.submitted is None
        if job.state != "running" and not is_before:
            self.note(job.id)

    async def settle(self, job: Job) -> bool:
        """Before a purchase, and with a ticket in hand: until the job's receipt is on the disk.

        Not for ever, and not where none can be written. Everybody else goes on meanwhile. False: the job must
        not be sent yet, since its receipt still promises that it was not.
        """
        sends = job.state == "submitting" and job.submitted is not None
        if not (job.state == "queued" or sends):
            return True
        if sends and self._promises(job.id):
            self.note(job.id)
        found = self._under_way(job.id)
        if found is not None:
            await asyncio.wait({asyncio.wrap_future(found)}, timeout=self._patience)
        return not (sends and self._promises(job.id))

    def wait(self, job_id: JobId) -> None:
        """The same for any job, in a thread that may stand still."""
        found = self._under_way(job_id)
        if found is not None:
            wait([found], timeout=self._patience)

    def note(self, job_id: JobId) -> None:
        """Write a receipt of this job soon, as it stands then."""
        with self._lock:
            if job_id not in self._line:
                self._line[job_id] = self._thread.submit(self._write, job_id)

    def retry(self) -> None:
        """Write what could not be written before."""
        with self._lock:
            missed, self._missed = self._missed, set()
        for job_id in missed:
            self.note(job_id)

    def prune(self, revision: int, held: Collection[JobId] = ()) -> None:
        """Remove receipts of steps up to this revision, which copies of the history hold; `held` jobs' stay."""
        self._thread.submit(self._prune, revision, frozenset(held))

    @property
    def unwritten(self) -> int:
        """How many receipts are not on the disk yet."""
        with self._lock:
            return len(self._line) + len(self._begun)

    def close(self, wait: float | None = None) -> bool:
        """Write what is in line, and end; whether it has after so many seconds at most. None: all it takes."""
        return self._thread.close(wait)

    def _settle_in(self, home: Path) -> None:
        try:
            _name(home, self.folder, self._disk)
        except OSError as error:
            self._tell(error)

    def _under_way(self, job_id: JobId) -> Future[None] | None:
        """The receipt that is being written or about to be; None too where none can be written."""
        with self._lock:
            found = self._line.get(job_id) or self._begun.get(job_id)
        return None if self.failure and not self._promises(job_id) else found

    def _promises(self, job_id: JobId) -> bool:
        with self._lock:
            return job_id in self._promised

    def _write(self, job_id: JobId) -> None:
        with self._lock:
            self._begun[job_id] = self._line.pop(job_id)
        try:
            receipt = self._read(job_id)
            if self._may_promise(receipt.job):
                with self._lock:
                    self._promised.add(job_id)
                # Anew: what is sent from here on waits for this receipt, and what was sent before is seen.
                receipt = self._read(job_id)
            self._put(receipt)
            self.failure = ""
        except (OSError, StoreProblem) as error:
            with self._lock:
                self._missed.add(job_id)
            self._tell(error)
            # Also a full disk lets go of a file: better none than one that is not true any more.
            with suppress(OSError):
                self._take_back(job_id)
        finally:
            with self._lock:
                del self._begun[job_id]

    def _put(self, receipt: Receipt) -> None:
        job, before = receipt.job, self._here.get(receipt.job.id, [])
        is_promise = self._may_promise(job)
        if job.revision != max(before, default=0):
            private_folder(self.folder)
            self._keep(self._path(job.id, job.revision), receipt, is_promise=is_promise)
            self._here[job.id] = sorted({*before, job.revision})
        stale = [
            one
            for one in before
            if one < job.revision or not (is_promise or self._is_true(job.id, one))
        ]
        self._drop(job.id, stale)
        if not is_promise:
            self._is_kept(job.id)

    def _keep(self, path: Path, receipt: Receipt, *, is_promise: bool) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        try:
            with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
                self._write_down(file, receipt, TRIES if is_promise else 0)
                self._disk.fsync(file.fileno())
            self._disk.sync_folder(self.folder)
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise

    def _write_down(self, file: TextIO, receipt: Receipt, tries: int) -> None:
        for _ in range(tries):
            now = time.time()
            _rewrite(file, receipt.model_copy(update={"promised": now, "home": self._home}))
            if abs(os.fstat(file.fileno()).st_ctime - now) <= AT_ONCE:
                return
        _rewrite(file, receipt)

    def _is_true(self, job_id: JobId, revision: int) -> bool:
        # Of a job that may be sent, no promise is true any more, whatever its number.
        receipt = Receipt.read(self._path(job_id, revision))
        return receipt is None or not receipt.promised

    def _drop(self, job_id: JobId, revisions: Iterable[int]) -> None:
        # The oldest first: whenever this stops, the newest of them still speaks.
        for revision in sorted(revisions):
            self._path(job_id, revision).unlink(missing_ok=True)
            self._here[job_id].remove(revision)

    def _may_promise(self, job: Job) -> bool:
        return job.seems_unsent and not self._is_far

    def _take_back(self, job_id: JobId) -> None:
        if self._promises(job_id):
            if job_id in self._here:
                self._drop(job_id, [*self._here[job_id]])
                self._disk.sync_folder(self.folder)
                del self._here[job_id]
            self._is_kept(job_id)

    def _is_kept(self, job_id: JobId) -> None:
        with self._lock:
            self._promised.discard(job_id)

    def _prune(self, revision: int, held: Collection[JobId]) -> None:
        newest = sorted((max(revisions), job) for job, revisions in self._here.items() if revisions)
        ended = [job for number, job in newest if number <= revision and job not in held]
        for job_id in ended[: max(0, len(ended) - self._keeps)]:
            with suppress(OSError):
                self._drop(job_id, [*self._here[job_id]])
                del self._here[job_id]
                self._is_kept(job_id)

    def _path(self, job_id: JobId, revision: int) -> Path:
        return self.folder / f"{job_id}.{revision}.json"

    def _tell(self, error: Exception) -> None:
        told = isinstance(error, OSError) and error.strerror
        sentence = NO_RECEIPT.format(folder=self.folder, reason=told or str(error))
        if not self.failure:
            log.error("%s", sentence)
        self.failure = sentence


def _rewrite(file: TextIO, receipt: Receipt) -> None:
    file.seek(0)
    file.truncate()
    file.write(receipt.text())
    file.flush()


def receipts(folder: Path) -> dict[JobId, list[int]]:
    """The revisions of every job's receipts, whole or not. OSError; none where there is no folder."""
    found: dict[JobId, list[int]] = {}
    for name in os.listdir(folder) if folder.is_dir() else ():
        match = _NAME.fullmatch(name)
        if match is not None:
            found.setdefault(match["job"], []).append(int(match["revision"]))
    return found


def newer(folder: Path, known: Callable[[JobId], int | None]) -> Iterator[Receipt]:
    """Every job's newest whole receipt that tells more than its row. `known` gives a row's revision."""
    for job_id, revisions in sorted(receipts(folder).items()):
        held = known(job_id)
        for revision in sorted(revisions, reverse=True):
            if held is not None and revision <= held:
                break
            found = Receipt.read(folder / f"{job_id}.{revision}.json")
            if found is not None and (found.job.id, found.job.revision) == (job_id, revision):
                yield found
                break


def used_by(home: Path) -> str:
    """Which folder of receipts a data folder uses; empty: none yet. OSError."""
    try:
        return (home / USED).read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        return ""


def _move_in(home: Path, folder: Path, disk: Disk) -> None:
    if is_place(used_by(home), folder):
        return
    path, promises = home / USED, list[Path]()
    # First gone, then anew: no promise holds of the folder that was used before, nor of this one while it
    # was not used.
    if path.exists():
        path.unlink()
        disk.sync_folder(home)
    for job_id, revisions in receipts(folder).items():
        for old in (folder / f"{job_id}.{revision}.json" for revision in revisions):
            receipt = Receipt.read(old)
            if receipt is not None and receipt.promised:
                promises.append(old)
    for promise in promises:
        promise.unlink()
    if promises:
        disk.sync_folder(folder)


def _name(home: Path, folder: Path, disk: Disk) -> None:
    """Write down that this folder is used; until then no promise in it is believed. OSError."""
    if is_place(used_by(home), folder):
        return
    path = home / USED
    path.touch(mode=0o600)
    path.write_text(place_of(folder), encoding="ascii")
    disk.sync_file(path)
    disk.sync_folder(home)


def set_aside(folder: Path) -> Path | None:
    """Put all receipts into a folder of their own, where nobody reads them again. OSError."""
    found = receipts(folder)
    if not found:
        return None
    aside = folder / f"aside-{time.time_ns() // 1000}"
    private_folder(aside)
    for job_id, revisions in found.items():
        for name in (f"{job_id}.{revision}.json" for revision in revisions):
            (folder / name).replace(aside / name)
    return aside
