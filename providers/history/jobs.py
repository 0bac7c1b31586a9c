"""Jobs' rows in the history, and the questions to which jobs are the answer.

A damaged row is set aside and put together anew by whoever the table is given for that.
"""

from collections.abc import Callable

from providers.catalogue.requests import Request
from providers.errors import Unknown
from providers.history.database import Database
from providers.history.marks import joined, sought_of, worn
from providers.history.migrations import HELD, OF_HELD
from providers.history.query import Page, Place, Query, narrowed
from providers.history.rows import COLUMNS, Damaged, read_job, row_sum, words
from providers.history.schema import Row, Value
from providers.jobs.job import Job, JobId, State

DOC = "doc, row_sum, id, starred, tags"
NO_JOB = "There is no such job here. Reload the page."
RECENT = 60
"""So many of the newest jobs stand in the list of a page that is opened."""


class Jobs:
    """The rows of all jobs. Every method raises StoreProblem.

    `mend` puts a job in the place of a damaged row: its id, and the text that was read.
    """

    def __init__(self, database: Database, mend: Callable[[JobId, Value], Job]) -> None:
        self._database = database
        self._mend = mend

    # Questions

    def get(self, job_id: JobId, owner: str | None = None) -> Job:
        """One job, or Unknown. An owner of None is the studio itself."""
        found = self._database.one(f"select {DOC}, owner from job where id = ?", job_id)
        if found is None or owner not in (None, found[-1]):
            raise Unknown(NO_JOB)
        return self._read(found)

    def with_mark(self, job_id: JobId) -> tuple[Job, str] | None:
        """One job, and the mark of what was asked for it."""
        return self._with_mark("id = ?", job_id)

    def made_by(self, owner: str, idempotency_key: str) -> tuple[Job, str] | None:
        """The job that a press made, and the mark of what was asked with it."""
        return self._with_mark("owner = ? and client_request_id = ?", owner, idempotency_key)

    def holder(self, vendor: str, task: str) -> JobId | None:
        """The job that holds this task of the vendor."""
        found = self._database.one("select id from job where vendor = ? and task = ?", vendor, task)
        return None if found is None else str(found[0])

    def page(self, owner: str, query: Query) -> Page:
        """One page of this owner's jobs, newest first."""
        where, values = narrowed(owner, query)
        if query.before:
            place = Place.read(query.before)
            where += " and (job.created, job.id) < (?, ?)"
            values += [place.created, place.id]
        found = self._database.all(
            f"select {DOC} from job where {where} order by job.created desc, job.id desc limit ?",
            *values, query.limit + 1,
        )  # fmt: skip
        jobs = tuple(self._read(row) for row in found[: query.limit])
        last = jobs[-1] if len(found) > query.limit else None
        return Page(jobs=jobs, next=Place(last.created, last.id).token() if last else None)

    def recent(self, owner: str, limit: int = RECENT) -> list[Job]:
        """All jobs that are open or wait for the person, and the newest others. Newest first."""
        jobs = self._all(
            f"where owner = ? and {HELD} union"
            f" select {DOC} from (select {DOC} from job where owner = ?"
            " order by created desc, id desc limit ?)",
            owner, owner, limit,
        )  # fmt: skip
        return sorted(jobs, key=lambda job: (job.created, job.id), reverse=True)

    def changed_since(self, owner: str, revision: int) -> list[Job]:
        """This owner's jobs with a later revision, oldest change first."""
        return self._all("where owner = ? and revision > ? order by revision", owner, revision)

    def open(self) -> list[Job]:
        """Every job that the runner works on, oldest first."""
        found = self._all(f"where {HELD} and state <> 'unsure' order by created, id")
        return [job for job in found if job.is_open]

    def undecided(self, vendor: str) -> list[Job]:
        """Every job of a vendor whose create call may be on its way, or of which nobody knows what became."""
        return self._all(
            f"{OF_HELD} and vendor = ? and state in ('submitting', 'unsure') order by created, id",
            vendor,
        )

    def failed_since(self, created: float) -> list[Job]:
        """Failed jobs with a task at their vendor that were made since then, newest first."""
        return self._all(
            "where state = 'failed' and task is not null and created >= ?"
            " order by created desc, id desc",
            created,
        )

    def all(self) -> list[Job]:
        """Every job of all owners, oldest first."""
        return self._all("order by created, id")

    def newest_of_words(self, owner: str, request: Request, *, sandbox: bool) -> Job | None:
        """The last job at this vendor, or in its sandbox, with the same words and files, whatever else
        was set."""
        # Half a character stands in no row.
        text = words(request).encode(errors="replace").decode()
        found = self._all(
            "where owner = ? and vendor = ? and substr(words, 1, 48) = substr(?, 1, 48) and words = ?"
            " order by created desc, id desc limit 50",
            owner, request.vendor, text, text,
        )  # fmt: skip
        alike = (job for job in found if job.request.media() == request.media())
        return next((job for job in alike if job.sandbox == sandbox), None)

    def has_tried(self, owner: str, model: str) -> bool:
        """Whether one of the owner's newest jobs with this model went to its vendor, not to the sandbox."""
        newest = "where owner = ? and model = ? order by created desc, id desc limit 50"
        return any(not job.sandbox for job in self._all(newest, owner, model))

    def unoffered(self) -> frozenset[str]:
        """Models of which their vendor said last, to whoever asked, that it does not have them."""
        # An index that holds each job's state: those of all owners are read without their rows.
        refused = self._all(
            "indexed by job_counted where state = 'rejected'"
            """ and doc like '%"no_such_model":true%' order by created"""
        )
        last = {job.request.model: job.created for job in refused if not job.sandbox}
        return frozenset(model for model, at in last.items() if not self._is_taken(model, at))

    def _is_taken(self, model: str, since: float) -> bool:
        """Whether a vendor, and not its sandbox, took a job with this model that was made since then."""
        taken = "indexed by job_by_model where model = ? and created > ? and task is not null"
        return any(not job.sandbox for job in self._all(taken, model, since))

    # Within a change

    def is_in(self, state: State, job_id: JobId) -> bool:
        """Whether its row is in this state."""
        return bool(
            self._database.all("select 1 from job where id = ? and state = ?", job_id, state)
        )

    def insert(self, job: Job, mark: str, room: int = 0) -> None:
        """A new row; `mark` is that of what was asked, `room` bytes that its results may take."""
        doc = job.model_dump_json()
        self._database.execute(
            "insert into job (id, owner, client_request_id, request_sum, token, vendor, task,"
            " kind, model, state, created, revision, words, doc, row_sum, room, starred, tags, batch,"
            " sought) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            job.id, job.owner, job.client_request_id, mark,
            job.token, job.vendor, _task(job), job.kind, job.request.model, job.state,
            job.created, job.revision, words(job.request), doc, row_sum(doc), room,
            int(job.starred), joined(job.tags), None if job.batch is None else job.batch.id,
            sought_of(job),
        )  # fmt: skip

    def update(self, job: Job) -> None:
        """All of the job but what a person marks it with. Unknown when it was deleted meanwhile."""
        doc = job.model_dump_json()
        changed = self._database.execute(
            "update job set task = ?, state = ?, revision = ?, doc = ?, row_sum = ? where id = ?",
            _task(job), job.state, job.revision, doc, row_sum(doc), job.id,
        )  # fmt: skip
        if not changed:
            # Nothing of it comes back.
            raise Unknown(NO_JOB)

    def put_marks(self, job: Job) -> None:
        """The marks that a job wears, and its revision."""
        doc = job.model_dump_json()
        self._database.execute(
            "update job set starred = ?, tags = ?, sought = ?, revision = ?, doc = ?, row_sum = ? where id = ?",
            int(job.starred), joined(job.tags), sought_of(job), job.revision, doc, row_sum(doc),
            job.id,
        )  # fmt: skip

    def set_aside(self, job_id: JobId, doc: Value, at: float) -> bool:
        """Keep the text of a damaged row; whether it is still the row's."""
        row = self._database.one("select doc from job where id = ?", job_id)
        if row is None or row[0] != doc:
            return False
        self._database.execute(
            "insert into damaged (job, at, doc) values (?, ?, ?)", job_id, at, doc
        )
        return True

    def columns(self, job_id: JobId) -> Row:
        """What stands beside a job's text, in the order of COLUMNS."""
        (columns,) = self._database.all(f"select {COLUMNS} from job where id = ?", job_id)
        return columns

    # Inside

    def _with_mark(self, which: str, *values: Value) -> tuple[Job, str] | None:
        found = self._database.one(f"select {DOC}, request_sum from job where {which}", *values)
        return None if found is None else (self._read(found), str(found[-1]))

    def _all(self, which: str, *values: Value) -> list[Job]:
        return [
            self._read(row) for row in self._database.all(f"select {DOC} from job {which}", *values)
        ]

    def _read(self, row: Row) -> Job:
        doc, mark, job_id, starred, tags, *_ = row
        try:
            job = read_job(doc, mark)
        except Damaged:
            job = self._mend(str(job_id), doc)
        return worn(job, starred, tags)


def _task(job: Job) -> str | None:
    return None if job.ticket is None else job.ticket.task
