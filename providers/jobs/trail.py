"""The trail: each job's last important step as a small closed file in `receipts/`.

A lost history is the newest backup and what the trail knows since then. A receipt is a new file each
time, `<job>.<revision>.json`, written and synced before the older one goes: so a kill leaves at least
one that is whole, and a file system that only takes closed files can hold them too.
"""

import asyncio
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from providers.catalogue.rules import Frozen
from providers.errors import StoreProblem
from providers.jobs.job import Artifact, Job, JobId
from providers.jobs.rows import row_sum
from providers.library.disk import Disk, is_far
from providers.library.vault import private_folder

log = logging.getLogger("studio.receipts")
PATIENCE = 2.0
"""Seconds that a purchase waits for a receipt at most: it is a second net and must not tear the first."""
NO_RECEIPT = (
    "No receipts can be written in {folder} ({reason}), so what happens after the last backup would "
    "be lost with the history. Correct the folder's permissions, or free some space."
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


class Trail:
    """The receipts of one history. `note` only puts a job in line; one thread writes, the newest state."""

    def __init__(
        self,
        folder: Path,
        read: Callable[[JobId], Receipt],
        *,
        disk: Disk | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.folder = folder
        self.trouble = ""
        """Why no receipt can be written; empty when all is well."""
        self._read = read
        self._disk = disk or Disk()
        self._patience = patience
        self._lock = Lock()
        self._line: dict[JobId, Future[None]] = {}
        self._begun: dict[JobId, Future[None]] = {}
        self._thread = ThreadPoolExecutor(1, "receipts")
        self._missed: set[JobId] = set()
        self._here: dict[JobId, int] = {}
        try:
            private_folder(folder)
            if is_far(folder):
                # There a closed file is on its way to another machine: nobody waits for that.
                self._patience = 0.0
            self._here = {job: max(revisions) for job, revisions in receipts(folder).items()}
        except OSError as error:
            self._tell(error)

    def follow(self, job: Job) -> None:
        """After a step was written to the history."""
        if job.state not in ("waiting", "submitting", "running"):
            self.note(job.id)

    async def settle(self, job: Job) -> None:
        """Before a purchase, and with a ticket in hand: until the job's receipt is on the disk.

        Not for ever, and not where none can be written. Everybody else goes on meanwhile.
        """
        if not (job.state == "queued" or (job.state == "submitting" and job.submitted is not None)):
            return
        found = self._under_way(job.id)
        if found is not None:
            await asyncio.wait({asyncio.wrap_future(found)}, timeout=self._patience)

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

    def prune(self, revision: int) -> None:
        """Remove receipts of steps up to this revision: copies of the history hold them."""
        self._thread.submit(self._prune, revision)

    def close(self) -> None:
        """Write what is in line, and end."""
        self._thread.shutdown()

    def _under_way(self, job_id: JobId) -> Future[None] | None:
        """The receipt that is being written or about to be; None too where none can be written."""
        with self._lock:
            found = self._line.get(job_id) or self._begun.get(job_id)
        return None if self.trouble else found

    def _write(self, job_id: JobId) -> None:
        with self._lock:
            self._begun[job_id] = self._line.pop(job_id)
        try:
            self._put(self._read(job_id))
            self.trouble = ""
        except (OSError, StoreProblem) as error:
            with self._lock:
                self._missed.add(job_id)
            self._tell(error)
        finally:
            with self._lock:
                del self._begun[job_id]

    def _put(self, receipt: Receipt) -> None:
        job, before = receipt.job, self._here.get(receipt.job.id)
        if before == job.revision:
            return
        path = self._path(job.id, job.revision)
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        private_folder(self.folder)
        try:
            with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(receipt.text())
                file.flush()
                self._disk.fsync(file.fileno())
            self._disk.sync_folder(self.folder)
        except OSError:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            raise
        self._here[job.id] = job.revision
        if before is not None:
            self._path(job.id, before).unlink(missing_ok=True)

    def _prune(self, revision: int) -> None:
        for job_id, held in list(self._here.items()):
            if held <= revision:
                with suppress(OSError):
                    self._path(job_id, held).unlink(missing_ok=True)
                    del self._here[job_id]

    def _path(self, job_id: JobId, revision: int) -> Path:
        return self.folder / f"{job_id}.{revision}.json"

    def _tell(self, error: Exception) -> None:
        told = isinstance(error, OSError) and error.strerror
        sentence = NO_RECEIPT.format(folder=self.folder, reason=told or str(error))
        if not self.trouble:
            log.error("%s", sentence)
        self.trouble = sentence


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
