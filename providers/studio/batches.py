"""Batches: a list becomes many jobs by one press, with one look at their price, and never more than shown."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import JsonValue

from providers.catalogue.lists import MOST_ROWS, Rows, read_list
from providers.catalogue.models import Catalogue, Estimate
from providers.catalogue.money import MILLION, millionths
from providers.catalogue.requests import Request
from providers.catalogue.rules import Frozen
from providers.errors import InvalidRequest, Problem, Unknown
from providers.history.batch import FAILED, BatchLine, jobs_of, made_before, newest
from providers.history.ledger import Reservation
from providers.history.new_job import NewJob
from providers.jobs.job import BatchRow, Job, JobId
from providers.studio.opened import Opened
from providers.studio.submission import Submission, stops
from providers.studio.views import BatchView, BillView
from providers.vendors.connection import Connection

_NAME = re.compile(r"[0-9A-Za-z_-]{8,64}")
BAD_NAME = Problem(
    "client_request_id", "client_request_id must be 8 to 64 letters, digits or hyphens."
)
COUNT = Problem("requests", f"requests must be a list of 1 to {MOST_ROWS}.")
NO_BATCH = "There is no such batch here. Reload the page."
CHANGED = Problem(
    "shown",
    "The price has changed since it was shown, so nothing was sent. Check it and try again.",
)
TRIED = Problem(
    "jobs", "Some of these jobs haven't failed or were already retried. Check the batch again."
)


class BatchPrice(Frozen):
    """What several jobs come to at one vendor."""

    vendor: str
    sandbox: bool
    jobs: int
    sums: tuple[Estimate, ...]
    """One for each unit that the vendor counts in."""
    unknown: int
    """Jobs whose price nobody publishes."""

    @classmethod
    def of(cls, vendor: str, sandbox: bool, estimates: Sequence[Estimate | None]) -> "BatchPrice":
        """The sums of these estimates."""
        by_unit: dict[str, list[Estimate]] = {}
        for one in estimates:
            if one is not None:
                by_unit.setdefault(one.unit, []).append(one)
        sums = tuple(
            Estimate(
                amount=sum(millionths(one.amount) for one in each) / MILLION,
                unit=unit,
                at_least=any(one.at_least for one in each),
            )
            for unit, each in by_unit.items()
        )
        unknown = sum(one is None for one in estimates)
        return cls(vendor=vendor, sandbox=sandbox, jobs=len(estimates), sums=sums, unknown=unknown)


@dataclass(frozen=True, slots=True)
class Checked:
    """A row that was looked at: what is wrong with it, and what it will cost (None: unknown)."""

    request: Request
    problems: tuple[Problem, ...]
    estimate: Estimate | None

    @property
    def is_good(self) -> bool:
        """Whether it can be sent."""
        return not any(map(stops, self.problems))


class Batches:
    """Many jobs at once for one owner."""

    def __init__(
        self,
        submission: Submission,
        catalogue: Catalogue,
        connections: Mapping[str, Connection],
        opened: Opened,
    ) -> None:
        self._submission = submission
        self._spending = submission.spending
        self._catalogue = catalogue
        self._connections = connections
        self._opened = opened

    def read(self, text: str, form: Request, models: Sequence[str], takes: int) -> Rows:
        """The rows that a text asks for, at most 200. InvalidRequest."""
        return read_list(text, form, self._catalogue, models, takes)

    def check(self, asked: Sequence[Request], owner: str) -> list[Checked]:
        """Every row's problems and price, the caps counted over all rows that could be sent."""
        rows = [
            Checked(
                request,
                tuple(map(_firm, self._submission.problems(request, owner=owner))),
                self._spending.estimate(request, owner),
            )
            for request in _bounded(asked)
        ]
        good = [row for row in rows if row.is_good]
        over = iter(
            self._opened.journal.ledger.fitting([self._wanted(row, owner) for row in good], owner)
        )
        return [_passed(row, next(over)) if row.is_good else row for row in rows]

    def bill(self, asked: Sequence[Checked], owner: str) -> tuple[BillView, ...]:
        """What these rows come to at each vendor, how many run there at once, and what its caps leave."""
        return tuple(
            BillView(
                **dict(price),
                at_once=self._at_once(price.vendor, [row.request for row in asked]),
                left=self._spending.left(price.vendor, owner, [one.unit for one in price.sums]),
            )
            for price in self._prices([(one.request, one.estimate) for one in asked])
        )

    def submit(
        self, asked: Sequence[Request], owner: str, batch: str, shown: JsonValue = None
    ) -> list[Job]:
        """All rows as jobs of a new batch, or none. `batch` is the idempotency key: again, it is the same jobs.

        `shown` is the bill that a person agreed to. InvalidRequest when it has changed since, and with
        what is wrong with each row, its field as `rows.<row>.<field>`; StoreProblem.
        """
        requests = _bounded(asked)
        rows = [
            BatchRow(id=batch, row=one, of=len(requests)) for one in range(1, len(requests) + 1)
        ]
        return self._send([*zip(requests, rows, strict=True)], owner, batch, shown)

    def told(self, batch: str, owner: str) -> BatchView:
        """How a batch stands: its rows by state, which have failed, and what trying those again costs."""
        rows = newest(self._jobs(batch, owner))
        failed = [job for job in rows if _may_repeat(job)]
        again = [
            Checked(job.request, (), self._spending.estimate(job.request, owner)) for job in failed
        ]
        return BatchView(
            id=batch,
            rows=len(rows),
            states=Counter(job.state for job in rows),
            first=rows[0].request.prompt,
            created=min(job.created for job in rows),
            failed=tuple(job.id for job in failed),
            bill=self.bill(again, owner),
        )

    async def cancel(self, batch: str, owner: str) -> None:
        """Cancel what was not sent yet: that costs nothing. What is on its way goes on."""
        runner = self._opened.runner

        async def stop(job: Job) -> None:
            # Looked at and told in one step of the loop: nothing is sent in between.
            now = runner.current(job)
            if now.state == "waiting":
                await runner.cancel(now)

        journal = self._opened.journal
        jobs = await journal.database.ask(lambda: self._jobs(batch, owner))
        # One that cannot be cancelled keeps none of the others from it, and is told after all have ended.
        ends = await asyncio.gather(*map(stop, jobs), return_exceptions=True)
        for error in filter(None, ends):
            raise error

    def retry(
        self,
        batch: str,
        owner: str,
        jobs: Sequence[JobId],
        idempotency_key: str,
        shown: JsonValue = None,
    ) -> list[Job]:
        """These failed jobs of a batch once more, each as a new one in its row; all of them, or none.

        InvalidRequest when one of them has not failed, or was tried again meanwhile; as `submit` else.
        """
        held = {job.id: job for job in self._jobs(batch, owner)}
        wanted = {one: held[one] for one in jobs if one in held}
        if not wanted or len(wanted) < len(jobs):
            raise InvalidRequest([TRIED])

        def allowed() -> None:
            now = newest(self._jobs(batch, owner))
            if not {job.id for job in now if _may_repeat(job)}.issuperset(wanted):
                raise InvalidRequest([TRIED])

        rows = [(job.request, job.batch) for job in wanted.values() if job.batch is not None]
        return self._send(rows, owner, idempotency_key, shown, allowed)

    # Inside

    def _send(
        self,
        rows: Sequence[tuple[Request, BatchRow]],
        owner: str,
        idempotency_key: str,
        shown: JsonValue,
        allowed: Callable[[], None] = lambda: None,
    ) -> list[Job]:
        if not _NAME.fullmatch(idempotency_key):
            raise InvalidRequest([BAD_NAME])
        lines = [BatchLine(f"{idempotency_key}-{row.row}", request, row) for request, row in rows]
        journal, runner = self._opened.journal, self._opened.runner
        # In one look: between two, the same press from another hand may make its jobs.
        before = journal.database.write(lambda: made_before(journal, owner, lines))
        if before:
            return [runner.current(job) for job in before]
        new = self._new_jobs(lines, owner)
        prices = self._prices([(one.job.request, one.job.estimate) for one in new])
        if shown is not None and not _agreed(shown, prices):
            raise InvalidRequest([CHANGED])
        return self._submission.submit_all(lines, new, owner, allowed)

    def _new_jobs(self, lines: Sequence[BatchLine], owner: str) -> list[NewJob]:
        new: list[NewJob] = []
        problems: list[Problem] = []
        for place, line in enumerate(lines, start=1):
            try:
                new.append(
                    self._submission.new_job(line.request, owner, line.idempotency_key, line.row)
                )
            except InvalidRequest as error:
                problems += [
                    Problem(f"rows.{place}.{one.field}", one.message) for one in error.problems
                ]
        if problems:
            raise InvalidRequest(problems)
        return new

    def _prices(self, asked: Sequence[tuple[Request, Estimate | None]]) -> list[BatchPrice]:
        by_vendor: dict[str, list[Estimate | None]] = {}
        for request, estimate in asked:
            by_vendor.setdefault(request.vendor, []).append(estimate)
        return [
            BatchPrice.of(vendor, self._connections[vendor].is_sandbox, estimates)
            for vendor, estimates in by_vendor.items()
            if vendor in self._connections
        ]

    def _at_once(self, vendor: str, asked: Sequence[Request]) -> int:
        connection, runner = self._connections[vendor], self._opened.runner
        own = [one for one in asked if one.model.partition(":")[0] == vendor]
        queues = {connection.vendor.switch_of(request) for request in own}
        return runner.slots(connection, own[0] if len(queues) == 1 else None).limit

    def _wanted(self, row: Checked, owner: str) -> Reservation:
        vendor = row.request.vendor
        return Reservation(vendor, row.estimate, self._spending.caps_for(vendor, owner))

    def _jobs(self, batch: str, owner: str) -> list[Job]:
        journal, runner = self._opened.journal, self._opened.runner
        found = [runner.current(job) for job in jobs_of(journal, owner, batch)] if batch else []
        if not found:
            raise Unknown(NO_BATCH)
        return found


def _bounded(asked: Sequence[Request]) -> Sequence[Request]:
    if not 1 <= len(asked) <= MOST_ROWS:
        raise InvalidRequest([COUNT])
    return asked


def _passed(row: Checked, problem: Problem | None) -> Checked:
    return row if problem is None else replace(row, problems=(*row.problems, problem))


def _firm(problem: Problem) -> Problem:
    # A list asks no questions: whoever means it sends that row from the form.
    return replace(problem, soft=False) if problem.asks else problem


def _may_repeat(job: Job) -> bool:
    # The same words would be blocked again.
    blocked = job.error is not None and job.error.code == "moderated"
    return job.state in FAILED and not job.late and not blocked


def _agreed(shown: JsonValue, prices: Sequence[BatchPrice]) -> bool:
    """Whether this is what was shown; what else a bill tells does not count."""
    rows = shown if isinstance(shown, list) else []
    names = set(BatchPrice.model_fields)
    told = [
        {name: value for name, value in row.items() if name in names}
        if isinstance(row, dict)
        else {}
        for row in rows
    ]
    return told == [price.model_dump(mode="json") for price in prices]
