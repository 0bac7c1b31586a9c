"""The jobs that are worked on: an asyncio task for each on the server's loop, from its turn to its end."""

import asyncio
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress

from providers.catalogue.requests import Request
from providers.errors import StoreProblem, Unknown
from providers.jobs.job import Job, JobId
from providers.jobs.transitions import changed
from providers.pools import REFUGE, ended
from providers.running.beside import Beside
from providers.running.breaking import Broken, where
from providers.running.claims import Claims
from providers.running.lanes import Lanes
from providers.running.life import DISK_WAIT, Life, Tools
from providers.running.parking import Parking, noted
from providers.running.refuge import NOWHERE, shown
from providers.running.slots import Slots
from providers.running.steps import live
from providers.vendors.connection import Connection

log = logging.getLogger("studio.runner")
BEGIN_WAIT = 5.0
"""Seconds that a start waits for the disk to take why jobs rest."""
STOP_WAIT = 25.0
"""Seconds that the end of the studio waits for the answer to a create call."""
REFUGE_WAIT = 5.0
"""Seconds that it waits for the disk to which paid tasks go that the history does not take."""


class Lives:
    """Begins with every open job and sees it to its end. Only `take` and `soon` may be called off the loop.

    `jobs` is filled by it alone; what breaks is left with `broken`, and what is begun for no job's sake with
    `beside`.
    """

    def __init__(
        self,
        tools: Tools,
        *,
        jobs: dict[JobId, tuple[Life, asyncio.Task[None]]],
        claims: Claims,
        broken: Broken,
        parking: Parking,
        beside: Beside,
    ) -> None:
        self.stopping = False
        self._tools = tools
        self._jobs = jobs
        self._claims = claims
        self._broken = broken
        self._parking = parking
        self._beside, self._later = beside, Beside()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lanes = Lanes(tools.clock, tools.sleep)
        self._unkept: list[Job] = []
        """Jobs with a task that only memory knew at the end."""
        self._in_turn = asyncio.Lock()

    async def take_back(self) -> None:
        """Before the start: what another disk knows of paid tasks. One that hangs is not waited for."""
        refuge = self._tools.refuge
        with suppress(TimeoutError):
            kept = await asyncio.wait_for(REFUGE.run(refuge.kept), REFUGE_WAIT)
            for job in refuge.give_back(self._tools.journal, kept):
                REFUGE.submit(refuge.drop, job)

    def start(self) -> None:
        """Take up every open job where it stopped. Nothing new is sent on its own."""
        self._loop = asyncio.get_running_loop()
        for job in self._tools.journal.jobs.open():
            self._begin(job)

    async def begun(self) -> None:
        """Until it stands in the history why jobs are parked."""
        if self._beside.tasks:
            # Not for ever: a full disk takes neither a note nor how a job is left that broke.
            await asyncio.wait([*self._beside.tasks], timeout=BEGIN_WAIT)

    async def stop(self, wait: float = STOP_WAIT) -> None:
        """Let create calls in flight end, for a bounded time; everything else resumes at the next start.

        Nothing new is begun from here on: what is pressed meanwhile is written down, and waits for the next
        start too.
        """
        self.stopping = True
        lives = [life for life, _ in self._jobs.values()]
        for life in lives:
            life.stop()
        calm = [asyncio.create_task(_calm(life)) for life in lives]
        if calm:
            await asyncio.wait(calm, timeout=wait)
        beside = [*self._beside.tasks, *self._later.tasks]
        await ended([*calm, *(task for _, task in self._jobs.values()), *beside])
        for life in lives:
            # Whoever could not be told to end writes nothing after it.
            life.end()
        # What broke meanwhile began after the others were told to end.
        await ended(self._beside.tasks)
        await self._take_refuge()
        self._loop = None

    async def _take_refuge(self) -> None:
        """Until ids of paid tasks that the history did not take are on another disk, for a bounded time."""
        try:
            async with asyncio.timeout(REFUGE_WAIT):
                await REFUGE.run(lambda: None)
        except TimeoutError:
            for job in self._unkept:
                log.error(NOWHERE, job.id, shown(job))  # noqa: TRY400

    def take(self, job_id: JobId) -> None:
        """Begin with a job whose row is on disk, when its turn comes; from any thread."""
        self.soon(self._take_up, job_id)

    def slots(self, connection: Connection, request: Request | None = None) -> Slots:
        """The places of a connection: those of the queue that this request enters, or of the usual one."""
        return self._lanes.slots(connection, request)

    def _take_up(self, job_id: JobId) -> None:
        self._beside.begin(self.take_up(job_id))

    async def take_up(self, job_id: JobId) -> None:
        """Begin with a job unless it has ended meanwhile; where the disk does not tell, a moment later."""
        # One after the other, so that who came first is sent first.
        async with self._in_turn:
            [end] = await asyncio.gather(self._take_up_now(job_id), return_exceptions=True)
        if end is None or isinstance(end, Unknown):
            return
        if not isinstance(end, StoreProblem):
            log.error("job %s: %s before it was taken up", job_id, type(end).__name__)
        self._later.begin(self._take_up_later(job_id))

    async def _take_up_later(self, job_id: JobId) -> None:
        # Nobody else would work on it before the next start.
        await self._tools.sleep(DISK_WAIT)
        self._take_up(job_id)

    async def _take_up_now(self, job_id: JobId) -> None:
        # As it stands now: it may have been cancelled before its turn came, and must not be bought then.
        journal, seen = self._tools.journal, -1
        while seen != self._claims.count and not self._claims.is_decided(job_id):
            seen = self._claims.count
            job = await journal.database.ask(lambda: journal.jobs.get(job_id))
            if job.is_open:
                self._begin(job, seen)

    def _begin(self, job: Job, seen: int | None = None) -> None:
        """Begin with a job as it was read after so many decisions, unless there were more since."""
        is_held = job.id in self._jobs or self._broken.job(job.id) is not None
        if is_held or self._loop is None or self.stopping:
            return
        with _unforeseen(job.id, lambda: self._broken.leave(job, job)):
            try:
                connection = self._parking.connection_for(job)
            except StoreProblem:
                # Whose account it is cannot be asked just now. How the job stands is known.
                self._later.begin(self._take_up_later(job.id))
                return
            if connection is None:
                # Neither sent nor given up: it waits for its account.
                self._beside.begin(self._park(job))
            else:
                self._bring_to_life(job, connection, self._loop, seen)

    def _bring_to_life(
        self, job: Job, connection: Connection, loop: asyncio.AbstractEventLoop, seen: int | None
    ) -> None:
        before = job
        if job.parked is not None:
            revision = self._tools.journal.revisions.next()
            job = changed(job, parked=None, detail="", revision=revision)
        life = Life(job, connection, self.slots(connection, job.request), self._tools)

        def begin() -> None:
            self._jobs[job.id] = (life, loop.create_task(self._guard(life)))

        is_begun = self._claims.begin(job.id, seen, begin)
        self._tools.journal.revisions.told(job.revision)
        if not is_begun:
            return
        if job.state in ("submitting", "queued", "running"):
            life.slots.hold(job.id)
        if job is not before:
            self._tools.feed.publish(job)

    async def _park(self, job: Job) -> None:
        if not await noted(job, self._parking, self._tools):
            # As it stands then: somebody may have done something to the job meanwhile.
            self._later.begin(self._take_up_later(job.id))

    def soon(self, call: Callable[..., None], *given: object) -> None:
        """Call this on the server's loop."""
        # Any thread may come here, also while the loop ends: what is written goes on at the next start.
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(call, *given)

    async def _guard(self, life: Life) -> None:
        """No job may die in silence: whatever breaks, it is left in a state with a sentence."""
        try:
            with _unforeseen(life.job.id, lambda: self._leave(life)):
                await live(life)
        finally:
            try:
                # What is on its way to the disk may arrive.
                await life.settled()
            finally:
                self._let_go(life)

    def reconnect(self, before: Connection) -> None:
        """Another connection takes the place of this one. Nothing new is sent through a vendor's: what is not
        sent yet, and what rests, is taken up anew; what was sent is followed through it to its end."""
        for life, _ in list(self._jobs.values()):
            if life.connection is before and not before.is_sandbox:
                life.withdraw()
        self._beside.begin(self._take_up_resting(before.vendor.name))

    async def _take_up_resting(self, vendor: str) -> None:
        journal = self._tools.journal
        while True:
            with suppress(StoreProblem):
                for job in await journal.database.ask(journal.jobs.open):
                    if job.vendor == vendor and job.id not in self._jobs:
                        self._take_up(job.id)
                return
            await self._tools.sleep(DISK_WAIT)

    def _let_go(self, life: Life) -> None:
        life.end()
        self._jobs.pop(life.job.id, None)
        if life.withdrawn and not self.stopping:
            self._take_up(life.job.id)
        if life.stopping and not life.is_kept:
            self._unkept.append(life.left)
            REFUGE.submit(self._tools.refuge.keep, life.left)
        life.slots.release(life.job.id)

    def _leave(self, life: Life) -> None:
        life.end()
        self._broken.leave(life.left, life.shown, is_kept=life.is_kept)


@contextmanager
def _unforeseen(job_id: JobId, then: Callable[[], None]) -> Generator[None]:
    """Whatever breaks inside is logged, and `then` sees to the job."""
    try:
        yield
    except (Exception, asyncio.CancelledError) as error:  # the one place
        task = asyncio.current_task()
        if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
            # Ours, at the end of the studio. Any other is somebody else's end, and no reason to die of.
            raise
        log.error("job %s: %s at %s", job_id, type(error).__name__, where(error))  # noqa: TRY400
        then()


async def _calm(life: Life) -> None:
    await life.calm.wait()
