"""The runner: one asyncio task per open job on the server's loop, from start to stop."""

import asyncio
import logging
import random
import time
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping
from contextlib import contextmanager, suppress

from providers.errors import StoreProblem, StudioError, Unknown
from providers.jobs import troubles
from providers.jobs.job import Job, JobId
from providers.jobs.journal import Journal
from providers.jobs.marks import Marks
from providers.jobs.refuge import Refuge
from providers.jobs.rows import seems_unsent
from providers.jobs.running.balance import Balances
from providers.jobs.running.breaking import Broken
from providers.jobs.running.feed import Feed
from providers.jobs.running.following import follow
from providers.jobs.running.lateness import offer
from providers.jobs.running.life import DISK_WAIT, Life, Tools
from providers.jobs.running.others import Others
from providers.jobs.running.pacing import Pacing, Planned
from providers.jobs.running.parking import Parking
from providers.jobs.running.recovery import look_for
from providers.jobs.running.saving import save
from providers.jobs.running.sending import send
from providers.jobs.running.slots import Slots
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.pools import ended
from providers.vendors.connection import Connection

log = logging.getLogger("studio.runner")
STOP_WAIT = 25.0
"""Seconds that the end of the studio waits for the answer to a create call."""
ANSWER_WAIT = 1.0
"""Seconds that pressing cancel waits for the cancelled job."""


class Runner:
    """Brings every open job to its end. Only `take`, `current` and `decide` may be called off the loop."""

    def __init__(
        self,
        *,
        journal: Journal,
        vault: Vault,
        derived: Derived,
        feed: Feed,
        parking: Parking,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.time,
        chance: Callable[[float, float], float] = random.uniform,
        refuge: Refuge | None = None,
    ) -> None:
        self._jobs: dict[JobId, tuple[Life, asyncio.Task[None]]] = {}
        self.others = Others(journal, self._jobs)
        self._tools = Tools(
            journal=journal, vault=vault, derived=derived, feed=feed, sleep=sleep, clock=clock,
            chance=chance, pacing=Pacing(journal.durations), background=self._background,
            refuge=refuge or Refuge(),
            balances=Balances(clock, self._background), holder=self.holder, others=self.others,
        )  # fmt: skip
        self._broken = Broken(self._tools)
        self._parking = parking
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots: dict[str, Slots] = {}
        self._others: set[asyncio.Task[None]] = set()
        self._stopping = False

    def start(self) -> None:
        """Take up every open job where it stopped. Nothing new is sent on its own."""
        self._loop = asyncio.get_running_loop()
        self._tools.refuge.give_back(self._tools.journal)
        for job in self._tools.journal.open_jobs():
            self._begin(job)

    async def stop(self, wait: float = STOP_WAIT) -> None:
        """Let create calls in flight end, for a bounded time; everything else resumes at the next start.

        Nothing new is begun from here on: what is pressed meanwhile is written down, and waits for the next
        start too.
        """
        self._stopping = True
        lives = [life for life, _ in self._jobs.values()]
        for life in lives:
            life.stop()
        calm = [asyncio.create_task(_calm(life)) for life in lives]
        if calm:
            await asyncio.wait(calm, timeout=wait)
        await ended([*calm, *(task for _, task in self._jobs.values()), *self._others])
        self._loop = None

    def take(self, job: Job) -> None:
        """Begin with a job whose row is on disk. Before the start of the studio its row is enough."""
        self._soon(self._take_up, job.id)

    def announce(self, job: Job) -> None:
        """Show a new job to its owner's pages, and begin with it."""
        self._soon(self._tools.feed.publish, job)
        self.take(job)

    def current(self, job: Job) -> Job:
        """The job as it is now: what is in memory may be ahead of the disk."""
        held, left = self._jobs.get(job.id), self._broken.job(job.id)
        known = left if held is None else held[0].job
        return known if known is not None and known.revision > job.revision else job

    def living(self, owner: str) -> Mapping[JobId, Job]:
        """This owner's jobs in memory."""
        return {job.id: job for job in self._in_memory() if job.owner == owner}

    def holder(self, vendor: str, task: str) -> JobId | None:
        """The job that has this task, first of those in memory: a disk that is full has not heard of it yet."""
        for job in self._in_memory():
            if job.ticket is not None and (job.vendor, job.ticket.task) == (vendor, task):
                return job.id
        return self._tools.journal.holder(vendor, task)

    def _in_memory(self) -> list[Job]:
        return [*self._broken.jobs(), *(life.job for life, _ in list(self._jobs.values()))]

    def schedule(self) -> list[Planned]:
        """Every job that is worked on and when the vendor is asked about it next, soonest first."""
        lives = [life for life, _ in list(self._jobs.values())]
        planned = [
            Planned(job=life.job.id, vendor=life.job.vendor, state=life.job.state, look=life.due)
            for life in lives
        ]
        return sorted(planned, key=lambda one: (one.look is None, one.look or 0.0, one.job))

    def decide(self, job: Job) -> Job:
        """Write what was chosen for a job that nobody works on, and take it up if it is open again.

        A job that changed since it was read stays as it is: what was chosen was about another state.
        """
        tools = self._tools
        with self._broken.lock:
            held, left = self._jobs.get(job.id), self._broken.job(job.id)
            now = (left or tools.journal.job(job.id)) if held is None else held[0].job
            if held is not None or now.revision != job.revision:
                return now
            revision = tools.journal.next_revision()
            job = job.model_copy(update={"revision": revision, "updated": tools.clock()})
            tools.journal.write(job, note=True)
            self._broken.forget(job.id)
            # Marks may be newer than what was decided about.
            job = tools.journal.job(job.id)
        self._soon(tools.feed.publish, job)
        if job.is_open:
            self.take(job)
        return job

    def mark(self, job_id: JobId, owner: str, marks: Marks) -> Job:
        """Keep a job's star or tags and show them on its owner's pages; on the server's loop only."""
        job = self._tools.journal.mark(job_id, owner, marks)
        held = self._jobs.get(job_id)
        if held is not None:
            # What is in memory is ahead of the disk and goes on.
            job = held[0].wear(job.starred, job.tags)
        else:
            self._broken.wear(job)
        self._tools.feed.publish(self.current(job))
        return self.current(job)

    async def look_back(self, job: Job) -> Job:
        """Ask once whether a failed job's task has ended well after all; that is offered, no more."""
        road = None if self._stopping else self._parking.connection_for(job)
        found = None if road is None else await offer(job, road, self.slots(road))
        return self._tools.journal.job(job.id) if found is None else self.decide(found)

    async def cancel(self, job: Job) -> Job:
        """Ask for the end of a job; the answer comes once it has ended, or after a moment."""
        held = self._jobs.get(job.id)
        if held is None:
            return self._cancel_unworked(job)
        life, task = held
        life.want_cancel()
        await asyncio.wait({task}, timeout=ANSWER_WAIT)
        return life.job

    def _cancel_unworked(self, job: Job) -> Job:
        if seems_unsent(job):
            return self.cancel_unsent(job)
        if job.parked is None or job.state == "saving" or job.cancel_wanted:
            return job
        # Nobody can tell the vendor now; the wish waits for its account.
        wish = job.model_copy(update={"cancel_wanted": True})
        return self.decide(wish.model_copy(update={"detail": self._parking.note(wish)}))

    def cancel_unsent(self, job: Job) -> Job:
        """End a job that nobody works on and that was never sent."""
        return self.decide(
            job.model_copy(
                update={
                    "state": "cancelled",
                    "parked": None,
                    "error": troubles.cancelled_here(),
                    "finished": self._tools.clock(),
                }
            )
        )

    def go_on(self, owner: str) -> None:
        """Take up this owner's parked jobs whose account is connected after all; on the server's loop only."""
        for job in self._tools.journal.open_jobs():
            if job.owner == owner and job.parked is not None:
                self._begin(job)

    def slots(self, road: Connection) -> Slots:
        """The places of a connection."""
        if road.account not in self._slots:
            pace = road.pace
            self._slots[road.account] = Slots(
                pace.slots, self._tools.clock, every=pace.image_every, sleep=self._tools.sleep
            )
        return self._slots[road.account]

    def _take_up(self, job_id: JobId) -> None:
        # As it stands now: it may have been cancelled before its turn came, and must not be bought then.
        try:
            job = self._tools.journal.job(job_id)
        except Unknown:
            return
        except StoreProblem:
            self._background(self._take_up_later(job_id))
            return
        if job.is_open:
            self._begin(job)

    async def _take_up_later(self, job_id: JobId) -> None:
        # Nobody else would work on it before the next start.
        await self._tools.sleep(DISK_WAIT)
        self._take_up(job_id)

    def _begin(self, job: Job) -> None:
        if job.id in self._jobs or self._loop is None or self._stopping:
            return
        with _unforeseen(job.id, lambda: self._broken.leave(job)):
            self._bring_to_life(job, self._loop)

    def _bring_to_life(self, job: Job, loop: asyncio.AbstractEventLoop) -> None:
        road = self._parking.connection_for(job)
        if road is None:
            # Neither sent nor given up: it waits for its account.
            self._park(job)
            return
        if job.parked is not None:
            job = self._changed(job, parked=None, detail="")
            self._tools.feed.publish(job)
        life = Life(job, road, self.slots(road), self._tools)
        if job.state in ("submitting", "queued", "running"):
            life.slots.hold(job.id)
        self._jobs[job.id] = (life, loop.create_task(self._guard(life)))

    def _park(self, job: Job) -> None:
        why, note = self._parking.why(job), self._parking.note(job)
        if (why, note) == (job.parked, job.detail):
            return
        parked = self._changed(job, parked=why, detail=note)
        with suppress(StudioError):
            # A full disk does not take the note, and a start does not fail for it.
            self._tools.journal.write(parked, note=False)
        self._tools.feed.publish(parked)

    def _changed(self, job: Job, **changes: object) -> Job:
        revision = self._tools.journal.next_revision()
        return job.model_copy(update={**changes, "revision": revision})

    def _background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._others.add(task)
        task.add_done_callback(self._others.discard)

    def _soon(self, call: Callable[..., None], *given: object) -> None:
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
            life.end()
            self._jobs.pop(life.job.id, None)
            if life.stopping and not life.is_kept:
                self._tools.refuge.keep(life.job)
            life.slots.release(life.job.id)

    def _leave(self, life: Life) -> None:
        life.end()
        self._broken.leave(life.job, is_kept=life.is_kept)


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
        # Where, but not what: the error's own text may quote a link or a prompt.
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        log.error(  # noqa: TRY400
            "job %s: %s at %s", job_id, type(error).__name__, " > ".join(places)
        )
        then()


async def live(life: Life) -> None:
    """Step after step until the job is over or waits for a person."""
    resumed = True
    while life.job.is_open and not life.stopping:
        match life.job.state:
            case "waiting":
                await send(life)
            case "submitting" if life.job.submitted is None:
                await life.move("waiting")
            case "submitting":
                await look_for(life)
            case "queued" | "running":
                await follow(life, at_once=resumed)
            case _:
                life.slots.release(life.job.id)
                await save(life)
        resumed = False
        if life.job.state == "waiting":
            life.slots.release(life.job.id)


async def _calm(life: Life) -> None:
    await life.calm.wait()
