"""The refuge: where a paid task's id goes when the data folder's disk takes nothing any more."""

import logging
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from providers.errors import StudioError
from providers.history.journal import Journal
from providers.jobs.job import Job
from providers.jobs.transitions import moved

log = logging.getLogger("studio.refuge")
KEPT = "job %s: the disk takes nothing, so its paid task (%s) is written down in %s until it does"
NOWHERE = (
    "job %s: no disk takes its paid task (%s), which is known to this process alone. "
    "Free some space before the studio is stopped"
)


def usual_place() -> Path:
    """A folder of this user on another disk, as a rule."""
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"multishot-studio-{user}"


class Refuge:
    """Jobs as files, whole, each for this user's eyes alone: vendor ids may hold e-mail addresses."""

    def __init__(self, place: Path | None = None) -> None:
        self._given = place

    @property
    def _place(self) -> Path:
        # Not before it is needed: who asks for it writes there, and a disk may never come back.
        return self._given or usual_place()

    def keep(self, job: Job) -> None:
        """Write a job down here, as far as this place takes it."""
        path = self._place / f"{job.id}.json"
        try:
            self._place.mkdir(mode=0o700, exist_ok=True)
            if not self._is_ours():
                raise PermissionError
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
            with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8") as file:
                file.write(job.model_dump_json())
                file.flush()
                os.fsync(file.fileno())
        except (OSError, ValueError):
            log.error(NOWHERE, job.id, shown(job))  # noqa: TRY400
            return
        log.error(KEPT, job.id, shown(job), path)

    def drop(self, job: Job) -> None:
        """The journal has it."""
        try:
            (self._place / f"{job.id}.json").unlink(missing_ok=True)
        except OSError:
            return

    def kept(self) -> list[Job]:
        """All that was written here, as far as it can be read. Never on the server's loop."""
        return [job for path in self._files() if (job := _read(path)) is not None]

    def give_back(self, journal: Journal, kept: Iterable[Job] | None = None) -> list[Job]:
        """Put what was written here into the journal, for jobs that it knows without their task.

        `kept` is what was read here before, and is given back then: it may go from here.
        """
        done = [job for job in (self.kept() if kept is None else kept) if _is_put(journal, job)]
        if kept is None:
            for job in done:
                self.drop(job)
        return done

    def _files(self) -> list[Path]:
        return [*self._place.glob("*.json")] if self._is_ours() else []

    def _is_ours(self) -> bool:
        # Others may write beside it, so a planted folder is not believed.
        try:
            found = self._place.lstat()
        except OSError:
            return False
        if not self._place.is_dir() or self._place.is_symlink():
            return False
        return not hasattr(os, "getuid") or (
            found.st_uid == os.getuid() and not found.st_mode & 0o077
        )


def _read(path: Path) -> Job | None:
    # Else it is nothing of ours, and not ours to remove.
    with suppress(OSError, ValidationError):
        return Job.model_validate_json(path.read_bytes())
    return None


def _is_put(journal: Journal, job: Job) -> bool:
    """Whether the journal has this job with its task now; not where it is another data folder's."""
    try:
        held = journal.jobs.get(job.id)
        lacks = held.ticket is None and held.state in ("waiting", "submitting", "unsure")
        if held.token == job.token and lacks and job.ticket is not None:
            found = moved(
                held, "queued", ticket=job.ticket, account=job.account, error=None,
                revision=journal.revisions.next(),
            )  # fmt: skip
            journal.write(found, note=True)
    except StudioError:
        return False
    return True


def shown(job: Job) -> str:
    """Which task a job has, for a log: whole ids may hold e-mail addresses, and pages show this part."""
    return "" if job.ticket is None else job.ticket.short
