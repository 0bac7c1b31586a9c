"""How often somebody may try to sign in: per name and address, per address, and per name."""

import ipaddress
from collections.abc import Callable

from providers.errors import Denied

WINDOW = 15 * 60.0
"""Seconds for which a failed try counts."""
PAIR, ADDRESS, NAME = 5, 20, 50
"""Failed tries within that time; the last one is for guesses that come from many addresses."""
MOST = 10_000
"""Keys that are remembered at most; the oldest are forgotten first."""


class Attempts:
    """Failed tries of the last minutes. Used on the server's loop alone; `clock` in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._tried: dict[tuple[str, str], list[float]] = {}

    def begin(self, name: str, address: str) -> None:
        """Count a try before it is judged, so that many at once are no way round. Denied: wait."""
        now = self._clock()
        keys = _keys(name, address)
        waits = [self._wait(key, most, now) for key, most in keys]
        if max(waits) > 0:
            raise Denied(_sentence(max(waits)), why="often", wait=max(waits))
        for key, _ in keys:
            # The newest key stands last.
            self._tried[key] = [*self._tried.pop(key, []), now]
        while len(self._tried) > MOST:
            del self._tried[next(iter(self._tried))]

    def forgive(self, name: str, address: str) -> None:
        """A try was right: it does not count, nor do the slips of this name from this address."""
        (pair, _), *others = _keys(name, address)
        self._tried.pop(pair, None)
        for key, _ in others:
            held = self._tried.get(key, [])[:-1]
            if held:
                self._tried[key] = held
            else:
                self._tried.pop(key, None)

    def _wait(self, key: tuple[str, str], most: int, now: float) -> float:
        held = [at for at in self._tried.get(key, []) if now - at < WINDOW]
        if key in self._tried:
            self._tried[key] = held
        return held[-most] + WINDOW - now if len(held) >= most else 0.0


def _keys(name: str, address: str) -> list[tuple[tuple[str, str], int]]:
    place = _place(address)
    short = name[:80]
    return [((short, place), PAIR), (("", place), ADDRESS), ((short, ""), NAME)]


def _place(address: str) -> str:
    """An address, or the network that one household gets of the newer ones."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "nowhere"
    found = getattr(found, "ipv4_mapped", None) or found
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network(f"{found}/64", strict=False))


def _sentence(wait: float) -> str:
    minutes = -(-int(wait) // 60)
    told = f"{minutes} min" if wait > 90 else f"{max(1, round(wait))} s"
    return f"Too many attempts. Wait {told} and try again."
