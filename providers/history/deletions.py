"""What the history keeps of a job that a person deleted, so that nothing brings it back or buys it again.

The row of the job, its steps and its files' rows go. Its entries in the ledger stay: money spent is spent.
"""

from providers.catalogue.requests import read_request
from providers.errors import InvalidRequest, Problem
from providers.history.database import Database
from providers.history.rows import Damaged, read_job, row_sum
from providers.history.schema import number
from providers.jobs.job import Job, JobId
from providers.jobs.transitions import changed

KEY_OF_DELETED = Problem(
    "client_request_id",
    "This client_request_id made a job that has since been deleted. Generate again for a new "
    "one, which is charged again.",
)
ON_ITS_WAY = "This job is still running. Cancel it first, then delete it."
PARKED = "This job is waiting for the account it was sent to. Give it up first, then delete it."
DELETED_HERE = "It was deleted here and stays deleted."
UNDECIDED = "This job needs attention. Check it again or discard it first, then delete it."


class Deletions:
    """Deleted jobs. Every method raises StoreProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def since(self, owner: str, revision: int) -> dict[JobId, int]:
        """This owner's jobs that were deleted after this revision, and at which; oldest first."""
        found = self._database.all(
            "select job, revision from deleted where owner = ? and revision > ? order by revision",
            owner, revision,
        )  # fmt: skip
        return {str(job): number((at,)) for job, at in found}

    def had(self, vendor: str, task: str) -> bool:
        """Whether a deleted job held this task of the vendor."""
        question = "select 1 from deleted where vendor = ? and task = ? limit 1"
        return self._database.one(question, vendor, task) is not None

    def left_over(self) -> dict[JobId, list[str]]:
        """Names of files of deleted jobs that are still to be removed, unless somebody needs them."""
        found = self._database.all("select job, files from deleted where files <> ''")
        return {str(job): str(files).split() for job, files in found}

    def is_removed(self, job_id: JobId) -> None:
        """Nothing of this deleted job is left to remove."""
        question = "update deleted set files = '' where job = ?"
        self._database.write(lambda: self._database.execute(question, job_id), urgent=True)

    def remains(self, job_id: JobId) -> tuple[Job, str] | None:
        """A deleted job without what it was asked and what it made, and the mark of its request."""
        found = self._database.one(
            "select doc, row_sum, request_sum from deleted where job = ?", job_id
        )
        try:
            return None if found is None else (read_job(*found[:2]), str(found[2]))
        except Damaged:
            return None

    def refuse_used_key(self, owner: str, idempotency_key: str) -> None:
        """InvalidRequest for a press whose job was deleted."""
        found = self._database.one(
            "select 1 from deleted where owner = ? and client_request_id = ? limit 1",
            owner, idempotency_key,
        )  # fmt: skip
        if found is not None:
            raise InvalidRequest([KEY_OF_DELETED])

    def refuse_deleted(self, job_id: JobId) -> None:
        """InvalidRequest for a job that was deleted."""
        if self._database.one("select 1 from deleted where job = ?", job_id) is not None:
            raise InvalidRequest([Problem("", DELETED_HERE)])

    def bury(self, job: Job, mark: str, revision: int) -> Job:
        """Take a job's rows away, within a change. What is left of it."""
        left = bare(job, revision)
        files = self._database.all("select distinct sha256 from artifact where job = ?", job.id)
        for table, column in (
            ("artifact", "job"),
            ("event", "job"),
            ("damaged", "job"),
            ("job", "id"),
        ):
            self._database.execute(f"delete from {table} where {column} = ?", job.id)
        doc = left.model_dump_json()
        self._database.execute(
            "insert into deleted (job, owner, client_request_id, request_sum, vendor, task, revision,"
            " doc, row_sum, files) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            job.id, job.owner, job.client_request_id, mark, job.vendor,
            None if job.ticket is None else job.ticket.task, revision, doc, row_sum(doc),
            " ".join(str(row[0]) for row in files) or "-",
        )  # fmt: skip
        return left


def refuse_undecided(job: Job) -> None:
    """InvalidRequest for a job that has not ended, or of which nobody knows."""
    if not (job.is_open or job.state == "unsure"):
        return
    why = PARKED if job.parked is not None else ON_ITS_WAY if job.is_open else UNDECIDED
    raise InvalidRequest([Problem("", why)])


def bare(job: Job, revision: int) -> Job:
    """The job as its money needs it: no words, no files, no settings."""
    request = read_request({"kind": job.kind, "model": job.request.model, "prompt": ""})
    error = (
        None
        if job.error is None
        else job.error.model_copy(update={"vendor_text": "", "answer": None})
    )
    return changed(
        job, request=request, revision=revision, error=error, artifacts=(), outputs=(), used={},
        inputs={}, detail="", remark="", late=False, gone=True, starred=False, tags=(),
        callback="", plan=None,
    )  # fmt: skip
