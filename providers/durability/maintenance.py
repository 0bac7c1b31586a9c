"""Maintenance: looks after history and files while the studio runs.

It copies the history hourly, notices when it is gone, hashes every file once a week, has rotten ones
fetched again, and has failed tasks looked at once more, since some vendors finish them after all.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass

from providers.durability.backup import Backups
from providers.durability.deletion import clear
from providers.durability.scrub import WEEK, Scrub
from providers.errors import StoreProblem, StudioError, Unknown
from providers.history.journal import Journal
from providers.jobs.job import Job, JobId
from providers.jobs.transitions import changed
from providers.library.vault import Vault
from providers.pools import CHORES

log = logging.getLogger("studio.maintenance")
EVERY = 60.0
LATE_EVERY = 180.0
"""Seconds between two looks at failed tasks: at most twenty an hour."""
LATE_DAYS = 30
GONE = (
    "The history was removed or replaced while the studio was running, so nothing new is "
    "written. A copy of what was known is in {path}. Stop the studio."
)
OVERWRITTEN = (
    "The history was overwritten with an older version while the studio was running, so nothing "
    "new is written. Stop the studio before you put files into its data folder."
)


async def _nobody_looks(_: Job) -> None:
    return


async def _nobody_fetches(_: Job, __: Collection[str]) -> set[str]:
    return set()


def _nobody_writes(_: Job) -> None:
    return


@dataclass(frozen=True, slots=True)
class RunnerCalls:
    """What the maintenance has others do, on the server's loop but for `write`, which any thread may call."""

    late: Callable[[Job], Awaitable[object]] = _nobody_looks
    """Look at a failed job's task once more."""
    fetch: Callable[[Job, Collection[str]], Awaitable[set[str]]] = _nobody_fetches
    """Fetch a done job's rotten files once more; which of them are whole again."""
    write: Callable[[Job], object] = _nobody_writes
    """Write a changed job that nobody works on."""


class Maintenance:
    """Used by one task of the server; `tick` may be called from any thread."""

    def __init__(
        self,
        journal: Journal,
        vault: Vault,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        calls: RunnerCalls | None = None,
    ) -> None:
        self._journal = journal
        self._vault = vault
        self._backups = Backups(vault.folder, disk=vault.disk, clock=clock)
        self._clock = clock
        self._sleep = sleep
        self._calls = calls or RunnerCalls()
        self._tried: set[tuple[str, float]] = set()
        """Files that were fetched again, and the end of the scrub that found them."""
        self._late_at = 0.0
        self.scrub = Scrub(journal, vault, clock)
        self.notice = ""
        """What people should know about the history; empty when all is well."""

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        while not self._journal.database.is_frozen:
            await self._sleep(EVERY)
            # What breaks in one look is no end of all looks: without them there are no copies either.
            for end in await asyncio.gather(self._look(), return_exceptions=True):
                if end is not None:
                    log.error("A look at the history and its files broke: %s", type(end).__name__)

    async def _look(self) -> None:
        await CHORES.run(self.tick)
        if not self._journal.database.is_frozen:
            await self.do_what_is_due()

    def tick(self) -> None:
        """One look."""
        if self._journal.database.is_overwritten:
            return self._give_up()
        if not self._journal.database.is_in_place:
            return self._rescue()
        self._vault.ballast.fill()
        said: list[str] = []
        for work, sentence in (
            (self._back_up, "backed up"),
            (self.scrub.step, "checked"),
            (lambda: clear(self._journal, self._vault), "tidied up"),
            (self._note_use, "marked as used"),
        ):
            try:
                work()
            except (StoreProblem, OSError) as error:
                said.append(f"The history and its files could not be {sentence}. {error}")
        if self._journal.receipts is not None:
            said.append(self._journal.receipts.failure)
            self._journal.receipts.retry()
        return self._tell(" ".join(filter(None, said)))

    async def do_what_is_due(self) -> None:
        """Have rotten files fetched again, and one failed task looked at."""
        try:
            await self._refetch()
            await self._look_late()
        except (StudioError, OSError) as error:
            log.warning("The maintenance has to wait. %s", error)

    def _note_use(self) -> None:
        notes = self._journal.notes
        if notes is not None and notes.is_due(self._clock()):
            notes.write(self._journal.revisions.held)

    def _back_up(self) -> None:
        taken = self._backups.take_if_due(self._journal.database.path, self._journal.database.copy)
        if taken is not None and self._journal.receipts:
            # The newest copy may prove damaged: receipts stay until two hold what they tell.
            self._journal.receipts.prune(self._backups.held_twice(), self._journal.figures.held())

    async def _refetch(self) -> None:
        found, wrong = self.scrub.found, dict[JobId, dict[str, str]]()
        # In threads: after years, or where a whole folder is gone, these are thousands of rows.
        for harm, row in await CHORES.run(self.scrub.harmed_rows):
            if row.job is not None:
                wrong.setdefault(row.job, {})[row.sha256] = harm
        for job_id in dict.fromkeys((*wrong, *found.marked)):
            harms = wrong.get(job_id, {})
            try:
                job = await CHORES.run(self._journal.jobs.get, job_id)
            except Unknown:
                await CHORES.run(self._mark, job_id, {})
                continue
            again = {name for name in harms if (name, found.ended) not in self._tried}
            if job.state != "done" or not (again or job_id in found.marked):
                continue
            self._tried |= {(name, found.ended) for name in again}
            for name in await self._calls.fetch(job, again) if again else ():
                self.scrub.note_whole(name)
                del harms[name]
            await CHORES.run(self._mark, job_id, harms)

    def _mark(self, job_id: JobId, harms: Mapping[str, str]) -> None:
        # As it stands now: fetching took its time, and a person may have acted meanwhile.
        try:
            job = self._journal.jobs.get(job_id)
        except Unknown:
            harms = {}
        else:
            files = tuple(
                one.model_copy(update={"harm": harms.get(one.sha256, "")}) for one in job.artifacts
            )
            if files != job.artifacts:
                self._calls.write(changed(job, artifacts=files))
        if (job_id in self.scrub.found.marked) != bool(harms):
            self.scrub.note(
                lambda found: {"marked": _with(found.marked, job_id, is_in=bool(harms))}
            )

    async def _look_late(self) -> None:
        now = self._clock()
        if 0 <= now - self._late_at < LATE_EVERY:
            return
        self._late_at = now
        since = now - LATE_DAYS * 86400
        looked = {job: at for job, at in self.scrub.found.looked.items() if at > since}
        for job in await CHORES.run(self._journal.jobs.failed_since, since):
            if not 0 <= now - looked.get(job.id, job.updated) < WEEK:
                looked[job.id] = now
                self.scrub.note(lambda _: {"looked": looked})
                await self._calls.late(job)
                return

    def _give_up(self) -> None:
        self._journal.database.freeze(OVERWRITTEN)
        self._tell(OVERWRITTEN + self._backups.advice())

    def _rescue(self) -> None:
        try:
            path = self._backups.name("rescued")
            self._journal.database.freeze(GONE.format(path=path), path)
            self._tell(GONE.format(path=path) + self._backups.advice())
        except (StoreProblem, OSError) as error:
            self._tell(str(error))

    def _tell(self, sentence: str) -> None:
        if sentence and sentence != self.notice:
            log.error("%s", sentence)
        self.notice = sentence


def _with(marked: Collection[JobId], job_id: JobId, *, is_in: bool) -> tuple[JobId, ...]:
    return tuple(sorted({*marked, job_id} if is_in else {*marked} - {job_id}))
