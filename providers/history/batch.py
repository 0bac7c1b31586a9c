"""A batch: jobs that one press made from a list. All of them are written down at once, or none.

Each is a job like any other and knows its row. A row that is tried again gets a further job; the newest
one speaks for the row.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from providers.catalogue.requests import Request
from providers.errors import InvalidRequest, Problem
from providers.history.journal import Journal
from providers.history.ledger import Reservation
from providers.history.new_job import NewJob
from providers.history.query import Query
from providers.jobs.job import BatchRow, Job
from providers.jobs.transitions import changed

OTHER_ROWS = Problem(
    "client_request_id",
    "This client_request_id was already used for other rows, and their jobs exist. Check the "
    "job list. To send these rows too, generate again.",
)
NO_ROOM = (
    "Nothing was sent: the caps have room for {fit} of these {count} jobs. Remove rows, wait "
    "until tomorrow, or raise the cap."
)
FAILED = frozenset({"rejected", "failed", "expired"})
"""States of a row that may be tried again by the batch."""


def jobs_of(journal: Journal, owner: str, batch: str) -> list[Job]:
    """Every job of an owner's batch, newest first, those that were tried again included."""
    found: list[Job] = []
    before: str | None = ""
    while before is not None:
        page = journal.jobs.page(owner, Query(batch=batch, before=before, limit=200))
        found += page.jobs
        before = page.next
    return found


def newest(jobs: Iterable[Job]) -> list[Job]:
    """The job that speaks for each row, in the order of the rows. `jobs` are newest first."""
    rows: dict[int, Job] = {}
    for job in jobs:
        rows.setdefault(0 if job.batch is None else job.batch.row, job)
    return [rows[row] for row in sorted(rows)]


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One row of a batch: the key under which it makes one job, what is asked, and its place."""

    idempotency_key: str
    request: Request
    row: BatchRow


def made_before(journal: Journal, owner: str, lines: Sequence[BatchLine]) -> list[Job]:
    """The jobs that this very press already made, in their order; none if it is new. InvalidRequest."""
    found = [journal.made_by(owner, line.idempotency_key, line.request) for line in lines]
    made = [job for job in found if job is not None]
    alike = all(job.batch == line.row for job, line in zip(made, lines, strict=False))
    if made and (len(made) < len(lines) or not alike):
        raise InvalidRequest([OTHER_ROWS])
    return made


def add_all(
    journal: Journal,
    owner: str,
    lines: Sequence[BatchLine],
    new: Sequence[NewJob],
    allowed: Callable[[], None],
) -> list[Job]:
    """Keep the new job of every line in one transaction, or none. Their caps are checked together.

    The same press again gives the jobs that it made before. `allowed` may forbid it from within the
    transaction. Raises InvalidRequest, with what each row would pass, and StoreProblem.
    """

    def put() -> list[Job]:
        made = made_before(journal, owner, lines)
        if made:
            return made
        allowed()
        asked = [Reservation(one.job.vendor, one.job.estimate, one.caps) for one in new]
        _refuse(journal.ledger.fitting(asked, owner))
        return [journal.enter(_numbered(one, journal.revisions.next())) for one in new]

    kept = journal.database.write(put)
    if journal.receipts is not None:
        for job in kept:
            journal.receipts.note(job.id)
    return kept


def _numbered(new: NewJob, revision: int) -> NewJob:
    # Looking at many rows takes a moment: whoever asked meanwhile what changed must still be told of them.
    return replace(new, job=changed(new.job, revision=revision))


def _refuse(found: Sequence[Problem | None]) -> None:
    over = [
        Problem(f"rows.{row}", problem.message)
        for row, problem in enumerate(found, start=1)
        if problem is not None
    ]
    if over:
        told = NO_ROOM.format(fit=len(found) - len(over), count=len(found))
        raise InvalidRequest([Problem("", told), *over])
