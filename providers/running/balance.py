"""Balances: what an account held before a create call, for the case that its answer is lost."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass

from providers.catalogue.models import Cost
from providers.errors import StudioError
from providers.vendors.connection import Connection

KEPT = 600.0
"""Seconds for which a balance is good enough; a connection is not asked more often before a create."""
PATIENCE = 3.0
"""Seconds that a create call waits for it, at most once while it is kept."""
LAST_PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A balance and when it was asked for; None: the vendor does not tell it, or not now."""

    balance: Cost | None
    at: float


class Balances:
    """What the vendors last told, one reading per account. Nothing here ever raises."""

    def __init__(
        self,
        clock: Callable[[], float],
        background: Callable[[Coroutine[None, None, None]], None],
    ) -> None:
        self._clock = clock
        self._background = background
        self._held: dict[str, Reading] = {}
        self._asked: dict[str, asyncio.Event] = {}

    def ask(self, connection: Connection) -> None:
        """Begin to ask, unless what is known is young enough. Waits for nothing."""
        held = self._held.get(connection.account)
        # One of a later moment is of a clock that was wrong.
        if held is None or not 0 <= self._clock() - held.at < KEPT:
            self._held[connection.account] = Reading(None, self._clock())
            self._asked[connection.account] = done = asyncio.Event()
            self._background(self._read(connection, done))

    async def before(self, connection: Connection) -> Reading | None:
        """A balance of the last ten minutes, or None."""
        self.ask(connection)
        held, asked = self._held[connection.account], self._asked.get(connection.account)
        if asked is not None and not asked.is_set():
            await _within(asked, min(PATIENCE, PATIENCE - (self._clock() - held.at)))
        held = self._held[connection.account]
        return held if held.balance is not None else None

    async def now(self, connection: Connection) -> Reading | None:
        """The balance as it is at this moment, or None."""
        before, done = self._held.get(connection.account), asyncio.Event()
        self._background(self._read(connection, done))
        await _within(done, LAST_PATIENCE)
        held = self._held.get(connection.account)
        return (
            held if held is not None and held.balance is not None and held is not before else None
        )

    async def _read(self, connection: Connection, done: asyncio.Event) -> None:
        try:
            with suppress(StudioError):
                told = await connection.provider.check()
                self._held[connection.account] = Reading(told.balance, self._clock())
        finally:
            done.set()


async def _within(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, seconds)):
            await event.wait()
