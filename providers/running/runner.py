"""The runner: what may be asked of the jobs that are worked on, and chosen for those that are not."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Unpack

from providers.catalogue.requests import Request
from providers.history.journal import Journal
from providers.history.marks import Marks
from providers.jobs import failures
from providers.jobs.job import Job, JobId, State
from providers.jobs.transitions import JobFields, changed, check, repaired
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.running.balance import Balances
from providers.running.beside import Beside
from providers.running.breaking import Broken
from providers.running.claims import Claims
from providers.running.feed import Feed
from providers.running.late_results import offer
from providers.running.life import Ended, Life, Tools
from providers.running.lives import STOP_WAIT, Lives
from providers.running.meters import Meters
from providers.running.others import Others
from providers.running.pacing import Pacing, Planned
from providers.running.parking import Parking
from providers.running.refuge import Refuge
from providers.running.slots import Slots
from providers.vendors.connection import Connection

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
        meters: Meters | None = None,
    ) -> None:
        self._jobs: dict[JobId, tuple[Life, asyncio.Task[None]]] = {}
        self._claims = Claims(self._jobs.__contains__)
        self.others = Others(journal, self._jobs, self._claims)
        beside = Beside()
        self._tools = Tools(
            journal=journal, vault=vault, derived=derived, feed=feed, sleep=sleep, clock=clock,
            chance=chance, pacing=Pacing(journal.figures.durations), background=beside.begin,
            refuge=refuge or Refuge(),
            balances=Balances(clock, beside.begin), holder=self.holder, others=self.others,
            meters=meters or Meters(()),
        )  # fmt: skip
        self._broken = Broken(self._tools)
        self._parking = parking
        self._lives = Lives(
            self._tools, jobs=self._jobs, claims=self._claims, broken=self._broken, parking=parking,
            beside=beside,
        )  # fmt: skip

    async def take_back(self) -> None:
        """Before the start: what another disk knows of paid tasks."""
        await self._lives.take_back()

    def start(self) -> None:
        """Take up every open job where it stopped. Nothing new is sent on its own."""
        self._lives.start()

    async def begun(self) -> None:
        """Until it stands in the history why jobs are parked."""
        await self._lives.begun()

    async def stop(self, wait: float = STOP_WAIT) -> None:
        """Let create calls in flight end, for a bounded time; everything else resumes at the next start."""
        await self._lives.stop(wait)

    def take(self, job: Job) -> None:
        """Begin with a job whose row is on disk. Before the start of the studio its row is enough."""
        self._lives.take(job.id)

    def announce(self, job: Job) -> None:
        """Show a new job to its owner's pages, and begin with it."""
        self._lives.soon(self._tools.feed.publish, job)
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
            self._lives.soon(self._tools.feed.publish, told)
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
        connection = None if self._lives.stopping else self._parking.connection_for(job)
        found = (
            None
            if connection is None
            else await offer(job, connection, self._lives.slots(connection, job.request))
        )
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
                await self._lives.take_up(job.id)

    def reconnect(self, before: Connection) -> None:
        """Another connection takes the place of this one: see to the jobs that are not sent, or rest."""
        self._lives.reconnect(before)

    def slots(self, connection: Connection, request: Request | None = None) -> Slots:
        """The places of a connection: those of the queue that this request enters, or of the usual one."""
        return self._lives.slots(connection, request)
