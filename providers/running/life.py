"""Life: one job while the runner works on it. Every change of a job goes through here."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Unpack

from providers.errors import StoreProblem, StudioError
from providers.history.journal import Journal
from providers.jobs.job import OPEN, Failure, Job, JobId, Queue, State
from providers.jobs.transitions import (
    IllegalTransition,
    JobFields,
    SaidFields,
    StepFields,
    changed,
    moved,
)
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.pools import REFUGE
from providers.running.balance import Balances
from providers.running.feed import Feed
from providers.running.meters import Meters
from providers.running.others import Others
from providers.running.pacing import Pacing, floor
from providers.running.refuge import Refuge
from providers.running.slots import Slots
from providers.vendors.connection import Connection
from providers.vendors.heard import Heard, listening
from providers.vendors.pace import Switch
from providers.vendors.vendor import TaskUpdate, Ticket

WRITE_EVERY = 5.0
"""Seconds between two writes of mere progress."""
DISK_WAIT = 5.0
CALL_EVERY = 1.0
"""Seconds between two looks at a task that its vendor's calls ask for."""
TELL_THE_ANSWER = frozenset[State]({"rejected", "failed", "unsure", "expired"})
"""States in which the vendor's last answer is kept beside the reason."""
SLOW = "Waiting for the disk before sending"


@dataclass(frozen=True, slots=True)
class Tools:
    """What a life needs beside its job. `chance` gives a number between two others."""

    journal: Journal
    vault: Vault
    derived: Derived
    feed: Feed
    sleep: Callable[[float], Awaitable[None]]
    clock: Callable[[], float]
    chance: Callable[[float, float], float]
    pacing: Pacing
    background: Callable[[Coroutine[None, None, None]], None]
    refuge: Refuge
    balances: Balances
    holder: Callable[[str, str], JobId | None]
    """The job that has this task of this vendor's, in memory or on the disk."""
    others: Others
    meters: Meters


class Ended(Exception):
    """A life that is over changes nothing any more."""


class Life:
    """A job in memory, a little ahead of its row on disk."""

    def __init__(self, job: Job, connection: Connection, slots: Slots, tools: Tools) -> None:
        self.job = job
        self.connection = connection
        self.slots = slots
        self.tools = tools
        self.tries = 0
        """Attempts to send that did not reach the vendor, one after the other."""
        self.due: float | None = None
        """When the vendor is asked about the task again, seconds since the epoch."""
        self.stopping = self.withdrawn = self.locked_out = False
        self.ended = False
        """Nobody works on the job through this life any more: it changes and writes nothing."""
        self.named: Ticket | None = None
        """The task that the vendor's answer has named, until the job has it."""
        self.files_in = connection.account
        """Whose uploads the files of this job are: an account's own where the key has several."""
        self.calm = asyncio.Event()
        """Unset while a create call is in flight: the studio waits for it before it ends."""
        self.calm.set()
        self.called = asyncio.Event()
        """Set while the vendor has called about this job and nobody has looked since."""
        self.was_called = False
        """Whether it has ever called."""
        self.heard = Heard()
        """What the vendor answered last to what was asked about this job."""
        self._nudge = asyncio.Event()
        self._written_at = tools.clock()
        self._looked_at = self._answered_at = 0.0
        self.shown = job
        """The job as others may see it: what is on its way to the disk is no part of it yet."""
        self._kept = job
        """The job as it is on the disk."""
        self._on_its_way = 0
        """Changes that the disk was given and has not answered yet."""
        self._last: asyncio.Future[None] | None = None
        """The latest of them: those before it are answered before it."""
        self._in_order = asyncio.Lock()
        self._is_elsewhere = False
        self._numbers: list[int] = []
        """Revisions of this job that may not be seen yet."""

    @property
    def switch(self) -> Switch | None:
        """What parts this job from others of its model that wait in another queue of the vendor."""
        return self.connection.vendor.switch_of(self.job.request)

    async def move(self, state: State, **changes: Unpack[StepFields]) -> None:
        """Change the job durably, with a line in its history; a full disk is waited for.

        Before a purchase and with a ticket, its receipt too, and only then it is shown: meanwhile a person
        may decide.
        """
        # A create call leaves its line and its receipt in any case.
        sends = changes.get("submitted") is not None
        error = changes.get("error")
        if error is not None and state in TELL_THE_ANSWER:
            changes["error"] = self._with_the_answer(error)
        noted = sends or state != self.job.state or changes.get("detail", "") != self.job.detail
        self._change({**self._anew(state), **changes}, state)
        while not await self._write(note=noted, sends=sends):
            if self.job.ticket != self._kept.ticket:
                await self._keep_elsewhere(self.job)
            await self.tools.sleep(DISK_WAIT)
        receipts = self.tools.journal.receipts
        # Nothing is sent once the studio ends, so its receipt is not waited for either.
        while (
            noted
            and receipts is not None
            and not (await receipts.settle(self.job) or self.stopping)
        ):
            self._tell(receipts.failure or SLOW, sends=sends)
            await self.tools.sleep(DISK_WAIT)
        self._publish()

    async def rescue(self, ticket: Ticket, error: StoreProblem) -> None:
        """Write down elsewhere that this task was named for the job, and show what is in the way here."""
        await self._keep_elsewhere(changed(self.job, ticket=ticket))
        self._tell(str(error))

    async def wait_for_history(self, error: StoreProblem) -> None:
        """Show that it cannot be asked, and give it a moment."""
        self._tell(str(error))
        await self.pause(DISK_WAIT)

    async def show(self, **changes: Unpack[StepFields]) -> None:
        """Change what the page shows; the disk learns of it now and then."""
        if all(getattr(self.job, name) == value for name, value in changes.items()):
            return
        self._change(changes)
        is_fresh = 0 <= self.tools.clock() - self._written_at < WRITE_EVERY
        if is_fresh or await self._write(note=False):
            self._publish()

    def words(self, error: StudioError) -> str:
        """What an error tells of this job: in a sandbox, nothing of charges."""
        return error.free if self.job.sandbox else str(error)

    @property
    def said(self) -> SaidFields:
        """What is said of the job beside its state, to be said further on."""
        job = self.job
        return {"detail": job.detail, "detail_as": job.detail_as, "within": job.within}

    async def look(self, ticket: Ticket, *, first: bool) -> TaskUpdate:
        """The task as it is now, when it is this job's turn; `first` goes before the regular looks."""
        async with self.slots.gate.turn(self.job.id, first=first):
            self._looked_at = self.tools.clock()
            with listening() as self.heard, self.tools.meters.looking(self.connection):
                return await self.connection.provider.poll(ticket)

    @property
    def too_early(self) -> float:
        """Seconds until the vendor may be asked about this task again."""
        least = floor(self.job, self.connection.pace)
        # Never longer than the floor, also where the clock was set back meanwhile.
        return min(least, max(0.0, self._looked_at + least - self.tools.clock()))

    def call(self) -> None:
        """The vendor has called: there may be news of the task. On the server's loop."""
        self.connection.calls.arrive = self.was_called = True
        self.called.set()

    async def answer_call(self) -> None:
        """Before a look that a call asks for: a second after the last such look, however often it calls."""
        now = self.tools.clock()
        # Never longer, also where the clock was set back meanwhile.
        wait = min(CALL_EVERY, max(0.0, self._answered_at + CALL_EVERY - now))
        if wait:
            await self.pause(wait)
        self._answered_at = self.tools.clock()

    async def want_cancel(self) -> None:
        """The person wants no more of this. Durable before the vendor hears of it."""
        if self.job.is_open and not self.job.cancel_wanted:
            self._change({"cancel_wanted": True, "detail": "Cancelling", "detail_as": "phase"})
            if await self._write(note=True):
                self._publish()
        self.slots.gate.hurry(self.job.id)
        self._nudge.set()

    def wear(self, starred: bool, tags: tuple[str, ...]) -> Job:
        """Show marks that the history keeps already; they change nothing of the work."""
        job, seen = self.job, self.shown
        revision = self._next_revision()
        self._show(changed(seen, starred=starred, tags=tags, revision=revision), seen.revision)
        if job is seen:
            self.job = self.shown
        else:
            revision = self._next_revision()
            self.job = changed(job, starred=starred, tags=tags, revision=revision)
        return self.job

    async def settled(self) -> None:
        """Until the disk has taken, or refused, what was changed so far."""
        if self._last is not None and not self._last.done():
            await asyncio.wait({self._last})

    def withdraw(self) -> None:
        """Send nothing new through this connection; what was sent is followed while its key is taken."""
        self.withdrawn = True
        self._nudge.set()

    def stop(self) -> None:
        """Send nothing new any more."""
        self.stopping = True
        self._nudge.set()

    def end(self) -> None:
        """Change and write nothing any more: whoever still has this life in hand raises Ended."""
        self.ended = True
        self.tools.journal.revisions.told(*self._numbers)

    @property
    def is_said(self) -> bool:
        """Whether a person says that this is the account to which the job was sent with another key."""
        return self.job.account not in ("", self.connection.account)

    @property
    def left(self) -> Job:
        """The job as it is left, whatever broke: with the task that the vendor has named for it."""
        return changed(self.job, ticket=self.job.ticket or self.named)

    @property
    def is_kept(self) -> bool:
        """Whether the task's id, where there is one, is on a disk."""
        return self.left.ticket in (None, self._kept.ticket) or self._is_elsewhere

    async def pause(self, seconds: float | None, until: asyncio.Event | None = None) -> None:
        """Wait so long, or until `until`, or until the person or the end of the studio interrupts."""
        waits = [asyncio.create_task(_told(self._nudge))]
        if seconds is not None:
            waits.append(asyncio.ensure_future(self.tools.sleep(seconds)))
        if until is not None:
            waits.append(asyncio.create_task(_told(until)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._nudge.clear()
            for wait in waits:
                wait.cancel()
        for wait in waits:
            # A sleep that fails is no pause: going on as if it were one would never rest.
            if wait.done() and not wait.cancelled():
                wait.result()

    def backoff(self, failures: int, start: float) -> float:
        """Seconds to wait after so many failures in a row: doubling, with jitter, capped."""
        doubled = start * 2 ** min(failures - 1, 10)
        return self.jitter(min(doubled, self.connection.pace.max_backoff))

    def jitter(self, seconds: float) -> float:
        """The same, a fifth more or less, so that jobs do not march in step."""
        return seconds * self.tools.chance(0.8, 1.2)

    def _with_the_answer(self, error: Failure) -> Failure:
        answer = self.heard.answer(self.job.token) if error.answer is None else error.answer
        return error.model_copy(update={"answer": answer})

    def _anew(self, state: State) -> SaidFields:
        # What a change does not say is said no more; whose line it stands in goes with the state.
        line = self.job.queue if state == self.job.state else None
        if state == "queued":
            line = Queue(whose=self.connection.vendor.queue)
        return {"detail": "", "detail_as": "words", "within": None, "queue": line}

    def _change(self, changes: StepFields, state: State | None = None) -> None:
        if self.ended:
            raise Ended
        now = self.tools.clock()
        fields: JobFields = {**changes, "updated": now, "revision": self._next_revision()}
        if "submitted" in changes:
            # With whom goes with when, before the first byte leaves and until it is known unsent.
            is_sent = changes["submitted"] is not None
            fields["account"] = self.connection.account if is_sent else ""
        if state is None:
            self.job = changed(self.job, **fields)
            return
        if state not in OPEN:
            # What was of the moment ends with the work.
            fields |= {"detail_as": "phase", "within": None, "queue": None}
        if state not in OPEN and state != "unsure":
            fields["finished"] = now
        try:
            self.job = moved(self.job, state, **fields)
        except IllegalTransition:
            # Whatever went wrong in here: what the vendor named is paid for, and is not lost with the step.
            self.job = changed(self.job, ticket=changes.get("ticket") or self.job.ticket)
            raise

    def _publish(self) -> None:
        job = self._kept if self._on_its_way else self.job
        if job.revision >= self.shown.revision:
            self._show(job, job.revision)
            self.tools.feed.publish(job)

    def _show(self, job: Job, seen: int) -> None:
        """From now on others see it so, which is what was changed up to the revision `seen`."""
        self.shown = job
        told = {number for number in self._numbers if number <= seen} | {job.revision}
        self._numbers = [number for number in self._numbers if number not in told]
        self.tools.journal.revisions.told(*told)

    def _next_revision(self) -> int:
        self._numbers.append(self.tools.journal.revisions.next())
        return self._numbers[-1]

    def _tell(self, detail: str, *, sends: bool = False) -> None:
        """Show why the job stands still, as a change of its own: a page has the last one already.

        Whatever is shown next is newer, also if only this is over. `sends`: its create call would be the
        next step.
        """
        job = self.shown if self._on_its_way else self.job
        held = sends or job.seems_unsent
        said = changed(
            job, detail=detail, detail_as="sentence", within="held_disk" if held else job.within,
            revision=self._next_revision(),
        )  # fmt: skip
        self._show(said, job.revision)
        self.tools.feed.publish(said)
        self.job = changed(self.job, revision=self._next_revision())

    async def _keep_elsewhere(self, job: Job) -> None:
        # A paid task whose id is nowhere else: another disk may take it.
        if not self._is_elsewhere:
            await REFUGE.run(self.tools.refuge.keep, job)
            self._is_elsewhere = True

    async def _write(self, *, note: bool, sends: bool = False) -> bool:
        """Whether the disk has taken the job as it is now. It takes changes in the order of their making."""
        if self.ended:
            raise Ended
        change = asyncio.ensure_future(self._put(self.job, note=note))
        change.add_done_callback(partial(self._arrived, self.job))
        self._on_its_way, self._last = self._on_its_way + 1, change
        try:
            # Whoever waits for it may be told to end; it is written all the same.
            await asyncio.shield(change)
        except StoreProblem as error:
            # What is known stays in memory and on the page until the disk takes it.
            self._tell(str(error), sends=sends)
            return False
        return True

    async def _put(self, job: Job, *, note: bool) -> None:
        journal = self.tools.journal
        async with self._in_order:
            if self.ended:
                raise Ended
            # In line at once: how the job is left, if this life breaks meanwhile, is written after it.
            change = journal.put(job, note=note)
            await journal.database.changing(change.result)

    def _arrived(self, job: Job, change: asyncio.Future[None]) -> None:
        self._on_its_way -= 1
        if change.cancelled() or change.exception() is not None:
            return
        self._written_at = self.tools.clock()
        self._kept = job
        if self._is_elsewhere and (job.ticket is not None or job.state != "submitting"):
            self._is_elsewhere = False
            REFUGE.submit(self.tools.refuge.drop, job)


async def _told(event: asyncio.Event) -> None:
    await event.wait()
