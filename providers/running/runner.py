"""The runner: one asyncio task per open job on the server's loop, from start to stop."""

import asyncio
import logging
import random
import time
import traceback
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from typing import Unpack

from providers.errors import StoreProblem, StudioError, Unknown
from providers.history.journal import Journal
from providers.history.marks import Marks
from providers.jobs import failures
from providers.jobs.job import Job, JobId, State
from providers.jobs.transitions import JobFields, changed, check, repaired
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.pools import REFUGE, ended
from providers.running.balance import Balances
from providers.running.beside import Beside
from providers.running.breaking import Broken
from providers.running.claims import Claims
from providers.running.feed import Feed
from providers.running.late_results import offer
from providers.running.life import DISK_WAIT, Ended, Life, Tools
from providers.running.others import Others
from providers.running.pacing import Pacing, Planned
from providers.running.parking import Parking
from providers.running.refuge import NOWHERE, Refuge, shown
from providers.running.slots import Slots
from providers.running.steps import live
from providers.vendors.connection import Connection

log = logging.getLogger("studio.runner")
STOP_WAIT = 25.0
"""Seconds that the end of the studio waits for the answer to a create call."""
REFUGE_WAIT = 5.0
"""Seconds that it waits for the disk to which paid tasks go that the history does not take."""
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
        self._claims = Claims(self._jobs.__contains__)
        self.others = Others(journal, self._jobs, self._claims)
        self._beside = Beside()
        self._tools = Tools(
            journal=journal, vault=vault, derived=derived, feed=feed, sleep=sleep, clock=clock,
            chance=chance, pacing=Pacing(journal.figures.durations), background=self._beside.begin,
            refuge=refuge or Refuge(),
            balances=Balances(clock, self._beside.begin), holder=self.holder, others=self.others,
        )  # fmt: skip
        self._broken = Broken(self._tools)
        self._parking = parking
        self._loop: asyncio.AbstractEventLoop | None = None
        self._slots: dict[str, Slots] = {}
        self._stopping = False
        self._unkept: list[Job] = []
        """Jobs with a task that only memory knew at the end."""
        self._in_turn = asyncio.Lock()

    def start(self) -> None:
        """Take up every open job where it stopped. Nothing new is sent on its own."""
        self._loop = asyncio.get_running_loop()
        self._tools.refuge.give_back(self._tools.journal)
        for job in self._tools.journal.jobs.open():
            self._begin(job)

    async def begun(self) -> None:
        """Until it stands in the history why jobs are parked."""
        if self._beside.tasks:
            await asyncio.wait([*self._beside.tasks])

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
        await ended([*calm, *(task for _, task in self._jobs.values()), *self._beside.tasks])
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

    def take(self, job: Job) -> None:
        """Begin with a job whose row is on disk. Before the start of the studio its row is enough."""
        self._soon(self._take_up, job.id)

    def announce(self, job: Job) -> None:
        """Show a new job to its owner's pages, and begin with it."""
        self._soon(self._tools.feed.publish, job)
        self.take(job)

    def current(self, job: Job) -> Job:
        """The job as it is now: what is in memory may be ahead of the disk."""
        held = self._jobs.get(job.id)
        known = self._broken.shown().get(job.id) if held is None else held[0].shown
        # A row does not tell what is of the moment, so of two that are as new the one in memory counts.
        return known if known is not None and known.revision >= job.revision else job

    def living(self, owner: str) -> Mapping[JobId, Job]:
        """This owner's jobs in memory."""
        shown = [
            *self._broken.shown().values(),
            *(life.shown for life, _ in list(self._jobs.values())),
        ]
        return {job.id: job for job in shown if job.owner == owner}

    def holder(self, vendor: str, task: str) -> JobId | None:
        """The job that has this task, first of those in memory: a disk that is full has not heard of it yet."""
        return self._held(vendor, task) or self._tools.journal.jobs.holder(vendor, task)

    def _held(self, vendor: str, task: str) -> JobId | None:
        lives = [life.job for life, _ in list(self._jobs.values())]
        for job in (*self._broken.jobs(), *lives):
            if job.ticket is not None and (job.vendor, job.ticket.task) == (vendor, task):
                return job.id
        return None

    def schedule(self) -> list[Planned]:
        """Every job that is worked on and when the vendor is asked about it next, soonest first."""
        jobs = [(life.job, life.due) for life, _ in list(self._jobs.values())]
        planned = [Planned(job.id, job.vendor, job.state, due) for job, due in jobs]
        return sorted(planned, key=lambda one: (one.look is None, one.look or 0.0, one.job))

    def decide(self, job: Job, state: State | None = None, /, **fields: Unpack[JobFields]) -> Job:
        """Write what was chosen for a job that nobody works on, and take it up if it is open again.

        A job that changed since it was read stays as it is: what was chosen was about another state.
        IllegalTransition, and nothing is changed, where that state cannot follow the one it is in.
        """
        chosen = repaired(job, state or job.state, **fields)
        with self._broken.lock, self._claims.deciding(job.id) as is_free:
            told = self._decided(chosen) if is_free else None
        if told is not None:
            self._soon(self._tools.feed.publish, told)
        if is_free:
            # Whoever would have begun with it meanwhile has left that to this.
            self.take(job)
        return told or self.current(self._tools.journal.jobs.get(job.id))

    def _decided(self, job: Job) -> Job | None:
        tools = self._tools
        now = self._broken.job(job.id) or tools.journal.jobs.get(job.id)
        if now.revision != job.revision:
            return None
        check(now.state, job.state)
        revision, moment = tools.journal.revisions.next(), tools.clock()
        tools.journal.write(changed(job, revision=revision, updated=moment), note=True)
        self._broken.forget(job.id)
        # Marks may be newer than what was decided about.
        return tools.journal.jobs.get(job.id)

    async def choose(self, job: Job) -> Job:
        """The same as `decide`, on the server's loop."""
        return await self._tools.journal.database.changing(lambda: self.decide(job))

    def mark(self, job_id: JobId, owner: str, marks: Marks) -> Job:
        """Keep a job's star or tags and show them on its owner's pages; on the server's loop only."""
        return self._wear(self._tools.journal.mark(job_id, owner, marks))

    async def put_marks(self, job_id: JobId, owner: str, marks: Marks) -> Job:
        """The same, while everybody else goes on."""
        journal = self._tools.journal
        return self._wear(
            await journal.database.changing(lambda: journal.mark(job_id, owner, marks))
        )

    def _wear(self, job: Job) -> Job:
        held = self._jobs.get(job.id)
        if held is not None:
            # What is in memory is ahead of the disk and goes on.
            held[0].wear(job.starred, job.tags)
        else:
            self._broken.wear(job)
            self._claims.changed()
        self._tools.feed.publish(self.current(job))
        return self.current(job)

    async def look_back(self, job: Job) -> Job:
        """Ask once whether a failed job's task has ended well after all; that is offered, no more."""
        journal = self._tools.journal
        connection = None if self._stopping else self._parking.connection_for(job)
        found = None if connection is None else await offer(job, connection, self.slots(connection))
        if found is None:
            return await journal.database.ask(lambda: journal.jobs.get(job.id))
        return await self.choose(found)

    async def cancel(self, job: Job) -> Job:
        """Ask for the end of a job; the answer comes once it has ended, or after a moment."""
        told = job
        if job.id not in self._jobs:
            told = await self._tools.journal.database.changing(lambda: self._cancel_unworked(job))
        held = self._jobs.get(job.id)
        if held is None or told.state == "cancelled":
            return told
        life, task = held
        with suppress(Ended):
            await life.want_cancel()
        await asyncio.wait({task}, timeout=ANSWER_WAIT)
        return self.current(life.shown)

    def _cancel_unworked(self, job: Job) -> Job:
        if job.seems_unsent:
            return self.cancel_unsent(job)
        if job.parked is None or job.state == "saving" or job.cancel_wanted:
            return job
        # Nobody can tell the vendor now; the wish waits for its account.
        wish = changed(job, cancel_wanted=True)
        return self.decide(wish, detail=self._parking.note(wish))

    def cancel_unsent(self, job: Job) -> Job:
        """End a job that nobody works on and that was never sent."""
        error, now = failures.cancelled_here(), self._tools.clock()
        return self.decide(job, "cancelled", parked=None, error=error, finished=now)

    async def go_on(self, owner: str) -> None:
        """Take up this owner's parked jobs whose account is connected after all."""
        journal = self._tools.journal
        for job in await journal.database.ask(journal.jobs.open):
            if job.owner == owner and job.parked is not None:
                await self._take_up_in_turn(job.id)

    def slots(self, connection: Connection) -> Slots:
        """The places of a connection."""
        if connection.account not in self._slots:
            pace, tools = connection.pace, self._tools
            made = Slots(pace.slots, tools.clock, every=pace.image_every, sleep=tools.sleep)
            # Any thread may ask; whoever comes second gets what the first one made.
            self._slots.setdefault(connection.account, made)
        return self._slots[connection.account]

    def _take_up(self, job_id: JobId) -> None:
        self._beside.begin(self._take_up_in_turn(job_id))

    async def _take_up_in_turn(self, job_id: JobId) -> None:
        # One after the other, so that who came first is sent first.
        async with self._in_turn:
            try:
                await self._take_up_now(job_id)
                return
            except Unknown:
                return
            except StoreProblem:
                pass
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
        if is_held or self._loop is None or self._stopping:
            return
        with _unforeseen(job.id, lambda: self._broken.leave(job, job)):
            connection = self._parking.connection_for(job)
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
        life = Life(job, connection, self.slots(connection), self._tools)

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
        why, note = self._parking.why(job), self._parking.note(job)
        if (why, note) == (job.parked, job.detail):
            return
        revision = self._tools.journal.revisions.next()
        parked = changed(job, parked=why, detail=note, revision=revision)
        with suppress(StudioError):
            # A full disk does not take the note, and a start does not fail for it. What somebody has done to
            # the job meanwhile stands.
            put = self._tools.journal.put(parked, note=False, since=job.revision)
            if not await asyncio.wrap_future(put):
                return
        self._tools.feed.publish(parked)

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
            try:
                # What is on its way to the disk may arrive.
                await life.settled()
            finally:
                self._let_go(life)

    def _let_go(self, life: Life) -> None:
        life.end()
        self._jobs.pop(life.job.id, None)
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
        # Where, but not what: the error's own text may quote a link or a prompt.
        places = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        log.error(  # noqa: TRY400
            "job %s: %s at %s", job_id, type(error).__name__, " > ".join(places)
        )
        then()


async def _calm(life: Life) -> None:
    await life.calm.wait()
