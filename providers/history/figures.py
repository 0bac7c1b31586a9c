"""What the history tells without reading a job: counts, sums, times. The journal adds the jobs themselves."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Unpack

from pydantic import JsonValue

from providers.catalogue.models import Estimate
from providers.catalogue.requests import Request
from providers.errors import Problem
from providers.history.day import Day
from providers.history.ledger import Caps, Ledger, Reservation
from providers.history.migrations import HELD, OF_HELD
from providers.history.query import EVERYTHING, Query, asked, narrowed
from providers.history.schema import Value, number
from providers.history.store import Opening, Store
from providers.history.sums import DayTotal, SpendLine, Total
from providers.jobs.job import JobId

COUNTED = ("kind", "state", "vendor", "model")


class Figures(Store):
    """Questions whose answers are numbers and names. `clock` is seconds since the epoch."""

    def __init__(
        self, path: Path, *, clock: Callable[[], float] = time.time, **how: Unpack[Opening]
    ) -> None:
        super().__init__(path, **how)
        self._clock = clock
        self._ledger = Ledger(self._database)
        """For changes; whoever only asks has the connection that answers."""

    def holder(self, vendor: str, task: str) -> JobId | None:
        """The job that holds this task of the vendor."""
        found = self._one("select id from job where vendor = ? and task = ?", vendor, task)
        return None if found is None else str(found[0])

    def counts(self, owner: str, query: Query | str = EVERYTHING) -> dict[str, dict[str, int]]:
        """How many of this owner's jobs there are of each kind, state, vendor and model.

        What a question asks of one of these narrows the others: choosing anew replaces it.
        """
        counted: dict[str, dict[str, int]] = {name: {} for name in COUNTED}
        open_ones = [name for name in COUNTED if not getattr(query, name)]
        for names in (open_ones, *([name] for name in COUNTED if name not in open_ones)):
            where, values = narrowed(owner, asked(query).without(*names))
            columns = ", ".join(f"job.{name}" for name in names)
            question = f"select {columns}, count(*) from job where {where} group by {columns}"
            for *found, count in self._all(question, *values) if names else ():
                for name, value in zip(names, found, strict=True):
                    group = counted[name]
                    group[str(value)] = group.get(str(value), 0) + number((count,))
        return counted

    def held(self) -> set[JobId]:
        """Every job that is not over, the unsure ones too."""
        return {str(row[0]) for row in self._all(f"select id from job {OF_HELD}")}

    def open_count(self) -> int:
        """How many jobs the runner works on."""
        return number(self._one(f"select count(*) from job {OF_HELD} and state <> 'unsure'"))

    def durations(self, owner: str, model: str, sandbox: bool) -> list[float]:
        """Seconds from sending to file of this model's done jobs among its newest 60, newest first."""
        found = self._all(
            "select json_extract(doc, '$.finished') - json_extract(doc, '$.submitted') from"
            " (select state, doc from job where owner = ? and model = ?"
            " order by created desc, id desc limit 60)"
            " where state = 'done' and json_valid(doc) and json_extract(doc, '$.sandbox') = ?",
            owner, model, int(sandbox),
        )  # fmt: skip
        return [row[0] for row in found if isinstance(row[0], float | int) and row[0] > 0]

    def weights(self, owner: str, request: Request, sandbox: bool) -> list[float]:
        """What files of this model and resolution took among its newest 60 jobs: bytes, or bytes a second."""
        found = self._all(
            "select json_extract(artifact.doc, '$.bytes')"
            " / coalesce(json_extract(artifact.doc, '$.seconds'), 1.0)"
            " from (select id, state, doc from job where owner = ? and model = ?"
            " order by created desc, id desc limit 60) as past"
            " join artifact on artifact.job = past.id"
            " where past.state = 'done' and json_valid(past.doc) and json_valid(artifact.doc)"
            " and json_extract(past.doc, '$.sandbox') = ?"
            " and json_extract(past.doc, '$.request.options.resolution') is ?",
            owner, request.model, int(sandbox), _plain(request.options.get("resolution")),
        )  # fmt: skip
        return [float(row[0]) for row in found if isinstance(row[0], float | int) and row[0] > 0]

    def events(self, job_id: JobId) -> list[dict[str, JsonValue]]:
        """The states that a job went through: when, which, in what words."""
        found = self._all("select at, state, detail from event where job = ? order by seq", job_id)
        return [{"at": at, "state": state, "detail": detail} for at, state, detail in found]

    def damaged(self) -> int:
        """How many rows were found damaged and set aside."""
        return number(self._one("select count(*) from damaged"))

    def sizes(self) -> tuple[int, int]:
        """How many jobs and how many artifacts there are."""
        jobs = number(self._one("select count(*) from job"))
        return jobs, number(self._one("select count(*) from artifact"))

    def room_held(self) -> int:
        """Bytes that the results of all jobs which are not over may take on the disk."""
        return number(self._one(f"select coalesce(sum(room), 0) from job where {HELD}"))

    # Money

    def over(self, price: Estimate | None, vendor: str, owner: str, caps: Caps) -> Problem | None:
        """The cap that a job of this price would pass now, if there is one."""
        with self._reading() as database:
            return Ledger(database).over(price, vendor, owner, self._clock(), caps)

    def fitting(self, wanted: Sequence[Reservation], owner: str) -> list[Problem | None]:
        """The cap that each of these jobs would pass if they were sent together now."""
        with self._reading() as database:
            return Ledger(database).fitting(wanted, owner, self._clock())

    def standing(self, vendor: str, owner: str | None) -> dict[str, DayTotal]:
        """What was spent at a vendor today, by unit; of one owner, or of all."""
        with self._reading() as database:
            return Ledger(database).standing(vendor, self._clock(), owner)

    def spent(self, owner: str, days: int) -> list[SpendLine]:
        """What this owner's jobs came to on each of the last days, today first."""
        with self._reading() as database:
            now = self._clock()
            return Ledger(database).lines(owner, Day.of(now, days - 1), now)

    def spent_by_all(self, days: int) -> list[Total]:
        """What every owner's jobs came to in the last days, today among them."""
        with self._reading() as database:
            now = self._clock()
            return Ledger(database).totals(Day.of(now, days - 1), now)


def _plain(value: JsonValue) -> Value:
    return value if isinstance(value, str | int | float) else None
