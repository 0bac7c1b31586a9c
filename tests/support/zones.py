"""A machine that travels: its time zone, its clock, and the days that money counts to."""

import os
import sqlite3
import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from providers.catalogue.models import Estimate
from providers.catalogue.money import MILLION
from providers.catalogue.requests import ImageRequest
from providers.history.journal import Journal
from providers.history.ledger import Caps
from providers.jobs.job import Job, new_id

NOON = 1_800_014_400.0
"""2027-01-15, 12:00 in Greenwich."""
HOUR = 3600.0
CAP = 100
CAPS = (Caps(day={"acme": CAP * MILLION}), Caps(owner_day={"acme": CAP * MILLION}))


@contextmanager
def zone(hours: float) -> Generator[None]:
    """This machine in another zone: so many hours east of Greenwich."""
    before = os.environ.get("TZ")
    minutes = abs(round(hours * 60))
    set_zone(f"<HERE>{'-' if hours > 0 else '+'}{minutes // 60}:{minutes % 60:02}")
    try:
        yield
    finally:
        set_zone(before)


def set_zone(name: str | None) -> None:
    """By the name of the environment; None: the machine's own."""
    if name is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = name
    time.tzset()


class Clock:
    """The moment, in seconds since the epoch."""

    def __init__(self, now: float = NOON) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def press(journal: Journal, clock: Clock, amount: float, caps: Caps | None) -> Job:
    """A job of this price, kept under these caps."""
    job = Job(
        id=new_id(),
        owner="ann",
        client_request_id="",
        token=new_id(),
        request=ImageRequest(model="acme:image/one", prompt="a red fox"),
        sandbox=False,
        revision=journal.revisions.next(),
        created=clock.now,
        updated=clock.now,
        estimate=Estimate(amount=amount, unit="credits"),
    )
    return journal.add(job, job.request, caps)


def by_day(path: Path) -> dict[str, tuple[int, int]]:
    """Spent and still reserved of each day, as the entries tell it."""
    with closing(sqlite3.connect(path)) as database:
        rows = database.execute(
            "select day, sum(case kind when 'settle' then amount else 0 end),"
            " sum(case kind when 'reserve' then amount else -amount end) from ledger group by day"
        ).fetchall()
    return {day: (spent, reserved) for day, spent, reserved in rows}
