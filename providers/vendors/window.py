"""When the task of a call can have been made, by the vendor's clock, and how far down a list that is."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from providers.vendors.transport.answer import read_moment
from providers.vendors.vendor import Sent

SLACK = 120.0
"""Seconds by which what is known of two clocks may be wrong."""


@dataclass(frozen=True, slots=True)
class Window:
    """Seconds since the epoch, by the vendor's clock."""

    earliest: float
    latest: float

    @classmethod
    def of(cls, sent: Sent, offset: float | None) -> "Window":
        """That of a call; `offset` is what the vendor's clock shows more than ours now."""
        now = offset or 0.0
        then = now if sent.clock_offset is None else sent.clock_offset
        return cls(sent.since + then - SLACK, sent.until + now + SLACK)

    def holds(self, told: JsonValue) -> bool:
        """Whether a task can be the call's that was made then."""
        made = read_moment(told)
        return made is not None and self.earliest <= made <= self.latest

    def is_passed(self, page: Sequence[JsonValue]) -> bool:
        """Whether nothing below a page of a list can be the call's; the page by when its tasks were made."""
        moments = [read_moment(told) for told in (*page[:1], *page[-1:])]
        if not moments or moments[0] is None or moments[-1] is None:
            return False
        # A list that begins with the oldest is read to its end.
        return moments[-1] < min(moments[0] + SLACK, self.earliest)
