"""Time that stands still while anybody works and jumps to the next sleeper when nobody does."""

import asyncio
import heapq
import itertools
from collections.abc import Callable, Generator
from contextlib import contextmanager

from providers.pools import CHANGES, HISTORY

BEGIN = 1_790_000_000.0
CALM_TURNS = 30
"""Turns of the loop without anything happening after which everybody is taken to be waiting."""


class Mortal:
    """A process that may be killed: from `die_at` on, nothing that it touches answers any more.

    Points are counted at every look at the clock and on both sides of every request.
    """

    def __init__(self, die_at: int | None = None) -> None:
        self.points = 0
        self.die_at = die_at
        self.died = asyncio.Event()

    @property
    def dead(self) -> bool:
        """Whether it was killed."""
        return self.died.is_set()

    def kill(self) -> None:
        """Kill it here and now."""
        self.died.set()

    def point(self) -> None:
        """One more place where a kill may strike."""
        self.points += 1
        if self.dead or (self.die_at is not None and self.points > self.die_at):
            self.kill()
            # What no code here catches, as nothing could run after a real kill.
            raise asyncio.CancelledError


class Timeline:
    """A clock and a sleep for everybody in one test. Seconds."""

    def __init__(self) -> None:
        self.now = BEGIN
        self.skew = 0.0
        """What our own wall clock shows more than the world's."""
        self.horizon = float("inf")
        """Time goes no further than this."""
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._number = itertools.count()
        self._busy = 0
        self._stirred = 0
        self.is_kept_waiting: Callable[[], bool] = lambda: False
        """Whether somebody waits for a thread, in which no look at this clock tells so."""

    def world(self) -> float:
        """The vendor's clock."""
        return self.now

    def clock(self) -> float:
        """Our clock: no two looks are equal, so that presses keep their order."""
        self.now += 1e-5
        self._stirred += 1
        return self.now + self.skew

    async def sleep(self, seconds: float) -> None:
        """Wait so long in this time."""
        self._stirred += 1
        waking = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + max(0.0, seconds), next(self._number), waking))
        await waking

    @contextmanager
    def work(self) -> Generator[None]:
        """Inside, time stands still."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1
            self._stirred += 1

    async def run(self) -> None:
        """Keep time going, until cancelled."""
        while True:
            await self.calm()
            if not self._sleepers or self._sleepers[0][0] > self.horizon:
                await asyncio.sleep(0.001)
                continue
            at, _, waking = heapq.heappop(self._sleepers)
            if not waking.done():
                self.now = max(self.now, at)
                waking.set_result(None)

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, where time has a horizon."""
        self.horizon = self.now + seconds
        while self._sleepers and self._sleepers[0][0] <= self.horizon:
            await self.calm()
        await self.calm()
        self.now = max(self.now, self.horizon)

    async def calm(self) -> None:
        """Wait until nobody does anything but wait."""
        turns, seen = 0, -1
        while turns < CALM_TURNS:
            # While a thread paints or the network is asked, there is no use in spinning.
            pools = CHANGES.is_idle and HISTORY.is_idle
            busy = self._busy or not pools or self.is_kept_waiting()
            await asyncio.sleep(0.001 if busy else 0)
            turns = 0 if busy or self._stirred != seen else turns + 1
            seen = self._stirred
