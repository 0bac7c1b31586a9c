"""Slots: how many tasks a connection may hold at once."""

import asyncio
from collections.abc import Awaitable, Callable

from providers.catalogue.bounds import within
from providers.errors import LONGEST_WAIT
from providers.jobs.job import Job, JobId
from providers.running.gate import AT_ONCE, Gate
from providers.running.turns import Turns

GROW_AFTER = 5
"""Tasks that must end without a refusal before one more slot is tried."""
MOST_PLACES = 64
"""Whatever a vendor tells: so many connections are opened to one at the same time."""
MOST_TIMES = 60
"""The shortest pause that refusals one after the other make of it at the most: at the vendors' pace, what is
waited at the longest, and less where time runs faster."""


class Slots:
    """The places of one connection, taken by turns, and learned from the vendor's refusals.

    `every` is in seconds: how often one task is looked at.
    """

    def __init__(
        self,
        limit: int,
        clock: Callable[[], float],
        *,
        every: float = 0.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._most = self._limit = _places(limit)
        self._held: set[JobId] = set()
        self._tasks: set[JobId] = set()
        """Of those that are held, the ones that the vendor has taken."""
        self._turns = Turns()
        self._not_before = 0.0
        self._asked_for = 0.0
        """Until when the vendor wants to be left alone, whatever becomes of tasks meanwhile."""
        self._patience = 0.0
        self._refusals = 0
        self._calm = 0
        # As many looks as the places allow at the vendor's pace, however many jobs are open.
        self.gate = Gate(lambda: every / max(AT_ONCE, self._limit), clock=clock, sleep=sleep)

    @property
    def limit(self) -> int:
        """Tasks that may be in flight now."""
        return self._limit

    @property
    def held(self) -> int:
        """Tasks in flight."""
        return len(self._held)

    def join(self, job: Job) -> asyncio.Event:
        """Stand in line. The event is set when it may be its turn, and when it is told another place."""
        return self._turns.join(job)

    def leave(self, job_id: JobId) -> None:
        """Step out of the line."""
        self._turns.leave(job_id)

    def is_first(self, job_id: JobId) -> bool:
        """Whether nobody who waits stands before this job."""
        return self._turns.first in {None, job_id}

    def ahead(self, job_id: JobId) -> int | None:
        """How many jobs, of anybody, have their turn before this one; None: only its owner's wait, or it is
        far from being one of the next."""
        return self._turns.ahead(job_id)

    def take(self, job_id: JobId) -> bool:
        """Take a place if one is free and it is this job's turn."""
        full = len(self._held) >= self._limit or self.wait() > 0
        # After a refusal one asks for all: only what it is told is news.
        asking = self._refusals > 0 and bool(self._held - self._tasks)
        if full or asking or not self.is_first(job_id):
            return False
        self._held.add(job_id)
        self._turns.give(job_id)
        return True

    def hold(self, job_id: JobId) -> None:
        """A task that is at the vendor already has its place."""
        self._held.add(job_id)
        self._tasks.add(job_id)

    def accepted(self, job_id: JobId) -> None:
        """The vendor took a create call: it refuses no longer."""
        self.hold(job_id)
        self._refusals = 0
        self._turns.tell()

    def release(self, job_id: JobId) -> None:
        """Give the place back. The end of a task ends the waiting; that of a try which came to nothing
        frees nothing at the vendor."""
        if job_id not in self._held:
            return
        self._held.discard(job_id)
        if job_id not in self._tasks:
            self._turns.tell()
            return
        self._tasks.discard(job_id)
        self._not_before = self._asked_for
        self._calm += 1
        if self._calm >= GROW_AFTER and self._limit < self._most:
            self._limit, self._calm = self._limit + 1, 0
        self._turns.tell()

    def refused(
        self, job_id: JobId, *, running: int | None, wait: float, least: float = 0.0
    ) -> None:
        """The vendor had no place: learn how many there are, and when to ask again.

        In seconds: `wait` is what it asked for, `least` what is waited in any case, doubled with each
        refusal that follows another.
        """
        others = len(self._held - {job_id})
        self._held.discard(job_id)
        self._tasks.discard(job_id)
        # A refusal gives no place that was not there, whatever it counts.
        most = min(self._limit - 1, others) if running is None else min(self._limit, running)
        self._limit = _places(most)
        self._calm = 0
        if self.wait() <= 0:
            # Calls that were out together are refused together, and count once.
            self._refusals += 1
        times = min(2 ** min(max(self._refusals - 1, 0), MOST_TIMES), MOST_TIMES)
        now, asked = self._clock(), within(wait, 0.0, LONGEST_WAIT) or 0.0
        self._not_before = max(
            now + self.wait(), now + asked, now + min(least * times, LONGEST_WAIT)
        )
        self._patience = self._not_before - now
        # Where it names our tasks it is full, and the end of one of them is a place.
        self._asked_for = 0.0 if running is not None else now + asked
        self._turns.tell()

    def allow(self, limit: int) -> None:
        """The vendor told how many tasks this account may run."""
        self._most = self._limit = _places(limit)
        self._turns.tell()

    def wait(self) -> float:
        """Seconds until it makes sense to ask again."""
        now = self._clock()
        if self._not_before - now > self._patience:
            # The clock was set back: nobody waits for it to come round again.
            self._not_before = now + self._patience
        return max(0.0, self._not_before - now)


def _places(told: float) -> int:
    return int(within(told, 1, MOST_PLACES) or 1)
