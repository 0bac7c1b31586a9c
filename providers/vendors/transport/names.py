"""Addresses of hosts, looked up in threads of their own."""

import asyncio
import socket
import threading
from collections.abc import Iterable
from concurrent.futures import Future

from providers.pools import LOOK_UPS, Pool

_Addresses = Future[list[str]]
_lock = threading.Lock()
_asked: dict[tuple[str, int, Pool], _Addresses] = {}
"""What is being looked up. One name whose server does not answer takes one thread, however many ask for it."""


async def resolve(host: str, port: int, pool: Pool = LOOK_UPS) -> list[str]:
    """Every address of a host. Raises OSError where it has none, UnicodeError where it can be no name."""
    told, place = _Addresses(), (host, port, pool)
    with _lock:
        found = _asked.get(place)
        if found is None:
            found = _asked[place] = pool.submit(_look_up, host, port)
    found.add_done_callback(lambda _: _asked.pop(place, None))
    found.add_done_callback(lambda looked: _pass_on(looked, told))
    return await asyncio.wrap_future(told)


def by_turns(addresses: Iterable[str]) -> list[str]:
    """The order in which a host's addresses are tried: one of each kind first, the newer kind before."""
    told = list(addresses)
    first = [next((one for one in told if (":" in one) is new), None) for new in (True, False)]
    ahead = [one for one in first if one is not None]
    return [*ahead, *(one for one in told if one not in ahead)]


def _look_up(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _pass_on(looked: _Addresses, told: _Addresses) -> None:
    # Whoever was cancelled meanwhile has not cancelled it for the others.
    if not told.set_running_or_notify_cancel():
        return
    error = looked.exception()
    if error is not None:
        told.set_exception(error)
    else:
        told.set_result(looked.result())
