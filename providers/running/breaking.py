"""Jobs that broke: left in a state with a sentence at once, in memory, and on the disk when it takes that."""

import logging
import threading
import traceback
from collections.abc import Iterator

from providers.errors import StoreProblem, StudioError, Unknown
from providers.jobs import failures
from providers.jobs.job import Job, JobId
from providers.jobs.transitions import JobFields, changed, repaired
from providers.pools import REFUGE
from providers.running.life import DISK_WAIT, Tools

log = logging.getLogger("studio.runner")
UNWRITABLE = (StudioError, ValueError, TypeError, ArithmeticError, RuntimeError)
"""What writing a job down may end with, beside a disk that takes nothing: text or numbers that fit no row."""


class Broken:
    """Nobody works on these jobs. A person may decide about them as if the disk had them.

    `lock` is held while one of them is written: never on the server's loop, which goes on meanwhile.
    """

    def __init__(self, tools: Tools) -> None:
        self.lock = threading.Lock()
        self._tools = tools
        self._left: dict[JobId, Job] = {}
        self._before: dict[JobId, Job] = {}
        """What is shown of them until the disk has taken or refused how they are left."""

    def job(self, job_id: JobId) -> Job | None:
        """A job as it was left, until the disk has that."""
        return self._left.get(job_id)

    def jobs(self) -> list[Job]:
        """All of them."""
        return list(self._left.values())

    def shown(self) -> dict[JobId, Job]:
        """All of them as others may see them."""
        return {**self._left, **self._before}

    def forget(self, job_id: JobId) -> None:
        """The disk has it now, or something newer."""
        self._before.pop(job_id, None)
        left = self._left.pop(job_id, None)
        if left is not None:
            REFUGE.submit(self._tools.refuge.drop, left)

    def wear(self, marked: Job) -> None:
        """Show marks that the history keeps already."""
        left = self._left.get(marked.id)
        if left is not None:
            revision = self._tools.journal.revisions.next()
            self._left[marked.id] = changed(
                left, starred=marked.starred, tags=marked.tags, revision=revision
            )
            self._tools.journal.revisions.told(revision)

    def leave(self, job: Job, shown: Job, *, is_kept: bool = True) -> None:
        """End a job that broke, and that is seen as `shown` until the disk has answered.

        `is_kept`: its task's id is on a disk; else another disk takes it meanwhile.
        """
        sent, now = job.submitted is not None, self._tools.clock()
        self._before[job.id] = shown
        self._left[job.id] = repaired(
            job, "unsure" if sent else "failed", error=failures.broken(sent), detail="",
            within=None, queue=None, updated=now, finished=job.finished if sent else now,
            revision=self._tools.journal.revisions.next(),
        )  # fmt: skip
        self._tools.background(self._settle(job.id, is_kept=is_kept))

    async def _settle(self, job_id: JobId, *, is_kept: bool) -> None:
        is_over = False
        try:
            is_over = await self._is_settled(job_id)
        finally:
            left = self._left.get(job_id)
            if left is not None and not (is_over or is_kept):
                REFUGE.submit(self._tools.refuge.keep, left)
        while not is_over:
            await self._tools.sleep(DISK_WAIT)
            is_over = await self._is_settled(job_id)

    async def _is_settled(self, job_id: JobId) -> bool:
        """Write the job as it was left, and show it; False: the disk takes nothing for now."""
        left, revisions = self._left.get(job_id), self._tools.journal.revisions
        is_over, told = await self._tools.journal.database.aside(lambda: self._put_down(job_id))
        self._before.pop(job_id, None)
        if left is not None:
            revisions.told(left.revision)
        if told is not None:
            revisions.told(told.revision)
            self._tools.feed.publish(told)
        return is_over

    def _put_down(self, job_id: JobId) -> tuple[bool, Job | None]:
        """The same in a thread: whether that is over, and what is to be shown."""
        with self.lock:
            left = self._left.get(job_id)
            if left is None:
                return True, None
            revisions = self._tools.journal.revisions
            # Newer than what is shown meanwhile, which says why it is not written yet.
            left = changed(left, detail="", detail_as="phase", revision=revisions.next())
            try:
                written = self._written(left)
            except StoreProblem as error:
                said = changed(
                    left, detail=str(error), detail_as="sentence", revision=revisions.next()
                )
                self._left[job_id] = said
                return False, said
            except Unknown:
                # Deleted meanwhile: nothing of it comes back.
                self.forget(job_id)
                return True, None
            if written is not None:
                self.forget(job_id)
                return True, written
            # It stays here, where a person can still decide about it.
            self._left[job_id] = left
        log.error("job %s: how it was left cannot be written down", job_id)
        return True, left

    def _written(self, left: Job) -> Job | None:
        for state in self._states(left):
            try:
                self._tools.journal.write(state, note=True)
            except (StoreProblem, Unknown):
                raise
            except UNWRITABLE:
                continue
            return state
        return None

    def _states(self, left: Job) -> Iterator[Job]:
        """What may be written, each poorer than the one before: what is in memory may be what broke."""
        yield left
        row = self._tools.journal.jobs.get(left.id)
        # What it must tell, however little else can be written of it.
        told: JobFields = {
            "error": left.error, "detail": left.detail, "updated": left.updated,
            "finished": left.finished, "revision": left.revision, "submitted": left.submitted,
            "account": left.account,
        }  # fmt: skip
        yield repaired(row, left.state, **{**told, "ticket": left.ticket})
        if row.ticket is None and left.ticket is not None:
            # Another job's by the history, where its id is kept.
            told["error"] = failures.another_has_it()
        yield repaired(row, left.state, **told)


def where(error: BaseException) -> str:
    """Where something broke, but not what: an error's own text may quote a link or a prompt."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
