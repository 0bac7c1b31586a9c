"""Files' rows in the history: those of results belong to a job, references to nobody but their owner.

A damaged row is taken from its job where that tells of the file.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from providers.catalogue.requests import ArtifactId
from providers.errors import Unknown
from providers.history.database import Database
from providers.history.migrations import HELD
from providers.history.rows import Damaged, read_artifact, row_sum
from providers.history.schema import Row, Value
from providers.jobs.job import Artifact, Job, JobId

NO_ARTIFACT = "There is no such file here. Reload the page."


class Artifacts:
    """What is known of files. Every method raises StoreProblem.

    `of_job`: the files that a job's own row tells of.
    """

    def __init__(self, database: Database, of_job: Callable[[JobId], Sequence[Artifact]]) -> None:
        self._database = database
        self._of_job = of_job

    # Questions

    def get(self, artifact_id: ArtifactId, owner: str) -> Artifact:
        """One file's row, or Unknown."""
        found = self._database.one(
            "select doc, row_sum, job, owner from artifact where id = ?", artifact_id
        )
        if found is None or found[-1] != owner:
            raise Unknown(NO_ARTIFACT)
        return self._read(artifact_id, found)

    def all(self) -> list[Artifact]:
        """Every file's row, of all owners. A damaged one that nothing else tells of is left out."""
        return self._all("order by created")

    def with_bytes(self, sha256: str) -> list[Artifact]:
        """The rows of every owner that speak of the file with these bytes."""
        return self._all("where sha256 = ?", sha256)

    def references(self) -> list[Artifact]:
        """What every owner handed in, damaged rows left out."""
        return self._sound("where job is null")

    def reference(self, owner: str, sha256: str) -> Artifact | None:
        """What this owner handed in with these bytes before."""
        found = self._database.one(
            "select doc, row_sum from artifact where owner = ? and sha256 = ? and job is null limit 1",
            owner, sha256,
        )  # fmt: skip
        try:
            return None if found is None else read_artifact(*found)
        except Damaged:
            return None

    def results(self, job_id: JobId) -> list[Artifact]:
        """The files of a job in their order, as their own rows tell, damaged ones left out."""
        return self._sound("where job = ? order by number", job_id)

    # Changes

    def add(self, artifact: Artifact) -> None:
        """Keep a file's row; its bytes lie in the vault already."""
        self._database.write(lambda: self.keep([artifact]))

    def hand_in(self, artifact: Artifact) -> Artifact:
        """Keep a reference's row, unless its owner handed in the same bytes before; the row that holds."""
        before = self.reference(artifact.owner, artifact.sha256)
        if before is None:
            self.add(artifact)
        return before or artifact

    # Within a change

    def keep(self, artifacts: Iterable[Artifact]) -> None:
        """Put in rows that are not here yet."""
        for artifact in artifacts:
            doc = artifact.model_dump_json()
            self._database.execute(
                "insert into artifact (id, owner, job, number, sha256, created, doc, row_sum)"
                " values (?, ?, ?, ?, ?, ?, ?, ?) on conflict (id) do nothing",
                artifact.id, artifact.owner, artifact.job, artifact.number, artifact.sha256,
                artifact.created, doc, row_sum(doc),
            )  # fmt: skip

    def make_room(self, job: Job) -> None:
        """Take away rows in the places of the job's files, which were fetched anew under other ids: one that
        the job does not know, since it was damaged, would keep every later state of it from being written."""
        for artifact in job.artifacts:
            which, values = "number = ? and id <> ?", (artifact.number, artifact.id)
            self.hand_over(job, which, *values)
            question = f"delete from artifact where job = ? and {which}"
            self._database.execute(question, job.id, *values)

    def in_place(self, artifact: Artifact) -> Artifact:
        """A file of a job; as if it had been handed in where that job has another one in its place."""
        question = "select 1 from artifact where job = ? and number = ? and id <> ?"
        if self._database.one(question, artifact.job, artifact.number, artifact.id) is None:
            return artifact
        return _as_reference(artifact)

    def hand_over(self, job: Job, which: str = "true", *values: Value) -> None:
        """Files that another job was made from stay, as if they had been handed in."""
        question = f"select id, doc, row_sum from artifact where job = ? and {which}"
        rows = self._database.all(question, job.id, *values)
        used = self._named_elsewhere(job, [str(row[0]) for row in rows])
        for name, *row in rows:
            if name not in used:
                continue
            with suppress(Damaged):
                doc = _as_reference(read_artifact(*row)).model_dump_json()
                self._database.execute(
                    "update artifact set job = null, number = 0, doc = ?, row_sum = ? where id = ?",
                    doc, row_sum(doc), name,
                )  # fmt: skip

    # Inside

    def _all(self, which: str, *values: Value) -> list[Artifact]:
        kept: list[Artifact] = []
        question = f"select id, doc, row_sum, job from artifact {which}"
        for name, *row in self._database.all(question, *values):
            with suppress(Unknown):
                kept.append(self._read(str(name), tuple(row)))
        return kept

    def _sound(self, which: str, *values: Value) -> list[Artifact]:
        kept: list[Artifact] = []
        for row in self._database.all(f"select doc, row_sum from artifact {which}", *values):
            with suppress(Damaged):
                kept.append(read_artifact(*row))
        return kept

    def _read(self, artifact_id: ArtifactId, row: Row) -> Artifact:
        try:
            return read_artifact(row[0], row[1])
        except Damaged:
            told = () if row[2] is None else self._of_job(str(row[2]))
        for artifact in told:
            if artifact.id == artifact_id:
                return artifact
        raise Unknown(NO_ARTIFACT)

    def _named_elsewhere(self, job: Job, names: Sequence[str]) -> set[str]:
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
            for (doc,) in self._database.all(
                f"select doc from job where owner = ? and id <> ? and {which} and ({any_of})",
                job.owner, job.id, *values, *names,
            )
        ]  # fmt: skip
        return {name for name in names if any(name in str(doc) for doc in docs)}


def _as_reference(artifact: Artifact) -> Artifact:
    return artifact.model_copy(update={"job": None, "number": 0})
