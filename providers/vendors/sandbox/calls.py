"""The emulators' calls to an address that came with a task: over loopback alone, so nothing leaves here."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlsplit

from pydantic import JsonValue
from pydantic_core import to_json

from providers.pools import Pool

BEAT = 0.03
"""Seconds between two looks at whether a task has ended."""
PATIENCE = 5.0
"""Seconds that a call waits for its answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is posted to the address."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    @classmethod
    def of(cls, told: JsonValue) -> "Call":
        """Plain JSON."""
        return cls(to_json(told))


Told = Callable[[], Awaitable[Sequence[Call] | None]]
"""The calls that a task makes once it has ended; None while it goes on."""


class CallbackSender:
    """Waits for the end of tasks and calls. What is not called before it is closed never is."""

    def __init__(self) -> None:
        self._pool = Pool("sandbox-calls", 4)
        self._tasks: set[asyncio.Task[None]] = set()

    def promise(self, url: JsonValue, told: Told, *, waits: Sequence[float] = ()) -> None:
        """Call this address, if it is on this machine. `waits`: seconds before another try where it fails."""
        place = loopback(url)
        if place is not None:
            task = asyncio.get_running_loop().create_task(self._call(place, told, waits))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        """Call nobody any more."""
        for task in [*self._tasks]:
            # Its loop may have ended before.
            with suppress(RuntimeError):
                task.get_loop().call_soon_threadsafe(task.cancel)
        self._pool.close(0)

    async def _call(self, place: SplitResult, told: Told, waits: Sequence[float]) -> None:
        calls = await told()
        while calls is None:
            await asyncio.sleep(BEAT)
            calls = await told()
        for call in calls:
            for wait in (*waits, None):
                if await self._pool.run(_post, place, call) or wait is None:
                    break
                await asyncio.sleep(wait)


def loopback(url: JsonValue) -> SplitResult | None:
    """The address in its parts, if it is one of this machine's."""
    try:
        place = urlsplit(url) if isinstance(url, str) else None
        if place is None or place.scheme != "http" or place.port == 0:
            return None
        host = place.hostname or ""
        is_here = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None
    return place if is_here else None


def _post(place: SplitResult, call: Call) -> bool:
    # Never through a proxy that the environment names.
    connection = HTTPConnection(place.hostname or "", place.port or 80, timeout=PATIENCE)
    headers = {"Content-Type": "application/json", **call.headers}
    path = f"{place.path or '/'}?{place.query}" if place.query else place.path or "/"
    try:
        connection.request("POST", path, call.body, headers)
        return 200 <= connection.getresponse().status < 300
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
