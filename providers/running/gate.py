"""The gate: who may ask a vendor now. A few at once, at its pace in the long run, in the order of coming."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

from providers.jobs.job import JobId

AT_ONCE = 4
"""Questions to one connection in flight at the same time, and so many after a pause without a wait."""


class Gate:
    """Of one connection. `spacing` is the number of seconds for each question in the long run."""

    def __init__(
        self,
        spacing: Callable[[], float],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._spacing = spacing
        self._clock = clock
        self._sleep = sleep
        # By the future and not by the job: two may ask about one job, a person and the maintenance.
        self._line: dict[asyncio.Future[None], JobId] = {}
        self._ahead: dict[asyncio.Future[None], JobId] = {}
        self._paid_until = 0.0
        self._asking = 0
        self._leader: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def turn(self, job_id: JobId, *, first: bool = False) -> AsyncGenerator[None]:
        """Wait for this job's turn; `first` goes before all who only look in regularly."""
        mine = asyncio.get_running_loop().create_future()
        (self._ahead if first else self._line)[mine] = job_id
        counted = False
        try:
            self._go_on()
            await mine
            wait = self._wait()
            if wait > 0:
                await self._sleep(wait)
            self._paid_until = max(self._paid_until, self._clock()) + self._spacing()
            self._asking, counted = self._asking + 1, True
            self._step_out(mine)
            yield
        finally:
            self._asking -= counted
            self._step_out(mine)

    def hurry(self, job_id: JobId) -> None:
        """A person waits for this one: let it go ahead of the others."""
        for turn in [one for one, job in self._line.items() if job == job_id]:
            if turn is not self._leader:
                self._ahead[turn] = self._line.pop(turn)

    def _wait(self) -> float:
        # What was not asked during a pause may be asked at once after it: tasks that were sent together
        # are looked at together. A clock that was set back makes nobody wait longer.
        spacing, now = self._spacing(), self._clock()
        self._paid_until = min(self._paid_until, now + AT_ONCE * spacing)
        return self._paid_until - now - (AT_ONCE - 1) * spacing

    def _step_out(self, turn: asyncio.Future[None]) -> None:
        for line in (self._line, self._ahead):
            line.pop(turn, None)
        if self._leader is turn:
            self._leader = None
        self._go_on()

    def _go_on(self) -> None:
        # One at a time waits out the spacing; all others wait for it.
        if self._leader is not None or self._asking >= AT_ONCE:
            return
        for line in (self._ahead, self._line):
            for turn in line:
                self._leader = turn
                if not turn.done():
                    turn.set_result(None)
                return
