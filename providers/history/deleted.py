"""What the history keeps of a job that a person deleted, so that nothing brings it back or buys it again.

The row of the job, its steps and its files' rows go. Its entries in the ledger stay: money spent is spent.
"""

from collections.abc import Mapping

from providers.catalogue.requests import read_request
from providers.errors import InvalidRequest, Problem
from providers.history.migrations import HELD
from providers.history.numbered import Numbered
from providers.history.rows import Damaged, read_artifact, read_job, row_sum
from providers.history.schema import Value, number
from providers.jobs.job import Artifact, Job, JobId
from providers.jobs.transitions import changed

PRESSED = Problem(
    "client_request_id",
    "This press made a job that was deleted since. To make it again, press anew: it is charged anew.",
)
ON_ITS_WAY = "This job is still on its way. Cancel it first, then delete it."
PARKED = "This job waits for the account that it went to. Give it up first, then delete it."
DELETED_HERE = "It was deleted here, and stays so."
UNDECIDED = (
    "Nobody knows yet what became of this job. Check it again or discard it first, then delete it."
)


class Deleted(Numbered):
    """Deleted jobs. Every method raises StoreProblem."""

    def revision_of(self, job_id: JobId) -> int | None:
        """The revision of a job's row, or of its deletion."""
        found = self._one(
            "select revision from job where id = ? union all"
            " select revision from deleted where job = ?",
            job_id, job_id,
        )  # fmt: skip
        return None if found is None else number(found)

    def revisions(self) -> dict[JobId, int]:
        """The same of all jobs that are or were here."""
        found = self._all(
            "select id, revision from job union all select job, revision from deleted"
        )
        return {str(job): number((at,)) for job, at in found}

    def deleted_since(self, owner: str, revision: int) -> dict[JobId, int]:
        """This owner's jobs that were deleted after this revision, and at which; oldest first."""
        found = self._all(
            "select job, revision from deleted where owner = ? and revision > ? order by revision",
            owner, revision,
        )  # fmt: skip
        return {str(job): number((at,)) for job, at in found}

    def had(self, vendor: str, task: str) -> bool:
        """Whether a deleted job held this task of the vendor."""
        question = "select 1 from deleted where vendor = ? and task = ? limit 1"
        return self._one(question, vendor, task) is not None

    def left_over(self) -> dict[JobId, list[str]]:
        """Names of files of deleted jobs that are still to be removed, unless somebody needs them."""
        found = self._all("select job, files from deleted where files <> ''")
        return {str(job): str(files).split() for job, files in found}

    def is_removed(self, job_id: JobId) -> None:
        """Nothing of this deleted job is left to remove."""
        question = "update deleted set files = '' where job = ?"
        self._write(lambda: self._database.execute(question, (job_id,)), urgent=True)

    def remains(self, job_id: JobId) -> tuple[Job, str] | None:
        """A deleted job without what it was asked and what it made, and the mark of its request."""
        found = self._one("select doc, row_sum, request_sum from deleted where job = ?", job_id)
        try:
            return None if found is None else (read_job(*found[:2]), str(found[2]))
        except Damaged:
            return None

    def _refuse_pressed(self, owner: str, client_request_id: str) -> None:
        found = self._one(
            "select 1 from deleted where owner = ? and client_request_id = ? limit 1",
            owner, client_request_id,
        )  # fmt: skip
        if found is not None:
            raise InvalidRequest([PRESSED])

    def _refuse_deleted(self, job_id: JobId) -> None:
        if self._one("select 1 from deleted where job = ?", job_id) is not None:
            raise InvalidRequest([Problem("", DELETED_HERE)])

    def _bury(self, job: Job, mark: str, revision: int) -> Job:
        """Take a job's rows away, within a transaction. What is left of it."""
        if job.is_open or job.state == "unsure":
            raise InvalidRequest([Problem("", _why_kept(job))])
        left = _bare(job, revision)
        self._hand_over(job)
        files = self._all("select distinct sha256 from artifact where job = ?", job.id)
        for table, column in (
            ("artifact", "job"),
            ("event", "job"),
            ("damaged", "job"),
            ("job", "id"),
        ):
            self._database.execute(f"delete from {table} where {column} = ?", (job.id,))
        doc = left.model_dump_json()
        self._database.execute(
            "insert into deleted (job, owner, client_request_id, request_sum, vendor, task, revision,"
            " doc, row_sum, files) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job.id, job.owner, job.client_request_id, mark, job.vendor,
                None if job.ticket is None else job.ticket.task, revision, doc, row_sum(doc),
                " ".join(str(row[0]) for row in files) or "-",
            ),
        )  # fmt: skip
        return left

    def _make_room(self, job: Job) -> None:
        """Take away rows in the places of the job's files, which were fetched anew under other ids: one that
        the job does not know, since it was damaged, would keep every later state of it from being written."""
        for artifact in job.artifacts:
            number, values = "number = ? and id <> ?", (artifact.number, artifact.id)
            self._hand_over(job, number, *values)
            question = f"delete from artifact where job = ? and {number}"
            self._database.execute(question, (job.id, *values))

    def _in_place(self, artifact: Artifact) -> Artifact:
        """A file of a job; as if it had been handed in where that job has another one in its place."""
        question = "select 1 from artifact where job = ? and number = ? and id <> ?"
        if self._one(question, artifact.job, artifact.number, artifact.id) is None:
            return artifact
        return artifact.model_copy(update={"job": None, "number": 0})

    def _hand_over(self, job: Job, which: str = "true", *values: Value) -> None:
        """Files that another job was made from stay, as if they had been handed in."""
        question = f"select id, doc, row_sum from artifact where job = ? and {which}"
        rows = self._all(question, job.id, *values)
        used = self._named_elsewhere(job, [str(row[0]) for row in rows])
        for name, *row in rows:
            kept = _read(row) if name in used else None
            if kept is None:
                continue
            doc = kept.model_copy(update={"job": None, "number": 0}).model_dump_json()
            self._database.execute(
                "update artifact set job = null, number = 0, doc = ?, row_sum = ? where id = ?",
                (doc, row_sum(doc), name),
            )

    def _named_elsewhere(self, job: Job, names: list[str]) -> set[str]:
        if not names:
            return set()
        any_of = " or ".join(["instr(doc, ?) > 0"] * len(names))
        # What was made from a file is younger than its job, or stands after it where the clock was set back;
        # and what is still to be made from it needs it in any case.
        younger: Mapping[str, tuple[Value, ...]] = {
            "created >= ?": (job.created - 86400,),
            "rowid > (select rowid from job where id = ?)": (job.id,),
            HELD: (),
        }
        docs = [
            doc
            for which, values in younger.items()
            for (doc,) in self._all(
                f"select doc from job where owner = ? and id <> ? and {which} and ({any_of})",
                job.owner, job.id, *values, *names,
            )
        ]  # fmt: skip
        return {name for name in names if any(name in str(doc) for doc in docs)}


def _why_kept(job: Job) -> str:
    if job.parked is not None:
        return PARKED
    return ON_ITS_WAY if job.is_open else UNDECIDED


def _read(row: list[str | int | float | None]) -> Artifact | None:
    try:
        return read_artifact(*row)
    except Damaged:
        return None


def _bare(job: Job, revision: int) -> Job:
    """The job as its money needs it: no words, no files, no settings."""
    request = read_request({"kind": job.kind, "model": job.request.model, "prompt": ""})
    error = None if job.error is None else job.error.model_copy(update={"vendor_text": ""})
    return changed(
        job, request=request, revision=revision, error=error, artifacts=(), outputs=(), used={},
        detail="", remark="", late=False, gone=True, starred=False, tags=(),
    )  # fmt: skip
