"""How far a vendor's clock is ahead of ours, as its answers tell: ours may be wrong, or be mended any day."""

from collections.abc import Callable, Mapping

from providers.vendors.transport.answer import http_date

FARTHEST = 400 * 86400.0
"""Seconds. A clock further off tells nothing; with one of ours no safe connection would come about."""


class Offset:
    """The vendor's clock less ours. `now` is seconds since the epoch."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.seconds: float | None = None
        """None until an answer has told it. Short by no more than the answer was on its way."""

    def hear(self, status: int, headers: Mapping[str, str]) -> None:
        """Take in when an answer was written. A proxy's error and a store's copy tell nothing."""
        told = http_date(headers.get("date", ""))
        if told is None or "age" in headers or not 200 <= status < 300:
            return
        # Dates are cut to whole seconds.
        ahead = told + 0.5 - self._now()
        if abs(ahead) <= FARTHEST:
            self.seconds = ahead
