"""The states that jobs went through: when, which, in what words. A line is never changed again."""

from collections.abc import Sequence

from pydantic import JsonValue

from providers.history.database import Database
from providers.history.schema import Row
from providers.jobs.job import Job, JobId

STEPS = "select at, state, detail from event where job = ? order by seq"
ADD = "insert into event (job, at, state, detail) values (?, ?, ?, ?)"


class Events:
    """The lines of every job's history. Every method raises StoreProblem."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, job_id: JobId) -> list[dict[str, JsonValue]]:
        """The states that a job went through."""
        return [
            {"at": at, "state": state, "detail": detail} for at, state, detail in self.rows(job_id)
        ]

    def rows(self, job_id: JobId) -> list[Row]:
        """The same as rows: when, in which state, in what words."""
        return self._database.all(STEPS, job_id)

    def note(self, job: Job) -> None:
        """Within a change: a line for the state in which a job is now."""
        self._database.execute(ADD, job.id, job.updated, job.state, job.detail)

    def resume(self, job_id: JobId, steps: Sequence[Row]) -> None:
        """Within a change: what is missing of a job's steps. The last comes with its row, whatever is here."""
        known = len(self.rows(job_id))
        if steps and known >= len(steps):
            last = "select max(seq) from event where job = ?"
            self._database.execute(f"delete from event where seq = ({last})", job_id)
        for step in steps[known:-1]:
            self._database.execute(ADD, job_id, *step)
