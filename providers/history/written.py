"""What is written beside a job's row, within its transaction: a line of its history, its files' rows."""

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from providers.history.figures import Figures
from providers.history.rows import Damaged, read_artifact, row_sum
from providers.history.schema import Row
from providers.jobs.job import Artifact, Job, JobId


class Past(NamedTuple):
    """What another state of the history tells of a job beside its row."""

    steps: tuple[Row, ...]
    """When, in which state, in what words."""
    day: Row | None
    """The row by which it counts to a day."""


class Written(Figures):
    """Rows that nobody changes again."""

    def _note(self, job: Job) -> None:
        self._database.execute(
            "insert into event (job, at, state, detail) values (?, ?, ?, ?)",
            (job.id, job.updated, job.state, job.detail),
        )

    def _keep(self, artifacts: Iterable[Artifact]) -> None:
        for artifact in artifacts:
            doc = artifact.model_dump_json()
            self._database.execute(
                "insert into artifact (id, owner, job, number, sha256, created, doc, row_sum)"
                " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
                (
                    artifact.id, artifact.owner, artifact.job, artifact.number, artifact.sha256,
                    artifact.created, doc, row_sum(doc),
                ),
            )  # fmt: skip

    def past(self, job_id: JobId) -> Past:
        """The steps of a job, the last one included, and the day that it counts to."""
        steps = self._all("select at, state, detail from event where job = ? order by seq", job_id)
        return Past(tuple(steps), self._one("select * from reservation where job = ?", job_id))

    def resume(self, job_id: JobId, past: Past) -> None:
        """Write down what is missing of a job's past; its last step comes with its row, whatever is here."""
        known = len(self._all("select 1 from event where job = ?", job_id))

        def put() -> None:
            if past.steps and known >= len(past.steps):
                last = "select max(seq) from event where job = ?"
                self._database.execute(f"delete from event where seq = ({last})", (job_id,))
            for step in past.steps[known:-1]:
                question = "insert into event (job, at, state, detail) values (?, ?, ?, ?)"
                self._database.execute(question, (job_id, *step))
            if past.day is not None:
                marks = ", ".join("?" * len(past.day))
                question = f"insert or ignore into reservation values ({marks})"
                self._database.execute(question, past.day)

        self._write(put)

    def all_handed_in(self) -> list[Artifact]:
        """Every owner's references, those left out whose rows are damaged."""
        found = list[Artifact]()
        for row in self._all("select doc, row_sum from artifact where job is null"):
            with suppress(Damaged):
                found.append(read_artifact(*row))
        return found

    def add_artifact(self, artifact: Artifact) -> None:
        """Keep a file's row; its bytes lie in the vault already."""
        self._write(lambda: self._keep([artifact]))

    def hand_in(self, artifact: Artifact) -> Artifact:
        """Keep a reference's row, unless its owner handed in the same bytes before; the row that holds."""
        before = self.handed_in(artifact.owner, artifact.sha256)
        if before is None:
            self.add_artifact(artifact)
        return before or artifact

    def handed_in(self, owner: str, sha256: str) -> Artifact | None:
        """The reference with these bytes that this owner handed in before."""
        found = self._one(
            "select doc, row_sum from artifact where owner = ? and sha256 = ? and job is null limit 1",
            owner, sha256,
        )  # fmt: skip
        try:
            return None if found is None else read_artifact(*found)
        except Damaged:
            return None
