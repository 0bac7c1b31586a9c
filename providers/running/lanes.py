"""The slots of every connection: of its usual queue, and of a second one where its vendor has one."""

from collections.abc import Awaitable, Callable

from providers.catalogue.requests import Request
from providers.running.slots import Slots
from providers.vendors.connection import Connection


class Lanes:
    """Slots by account and queue, made when they are first asked for."""

    def __init__(
        self, clock: Callable[[], float], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._made: dict[tuple[str, str], Slots] = {}

    def slots(self, connection: Connection, request: Request | None) -> Slots:
        """Those of the queue that this request enters; None: of the usual one."""
        pace = connection.pace
        lane = None if request is None else connection.vendor.lane_of(request)
        place = connection.account, lane.option if lane else ""
        if place not in self._made:
            made = Slots(
                lane.slots if lane else pace.slots,
                self._clock,
                every=pace.image_every,
                sleep=self._sleep,
            )
            # Any thread may ask; whoever comes second gets what the first one made.
            self._made.setdefault(place, made)
        return self._made[place]
