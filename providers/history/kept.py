"""Files' rows in the history, as they are read; a damaged one is taken from its job where that tells."""

from contextlib import suppress

from providers.catalogue.requests import ArtifactId
from providers.errors import Unknown
from providers.history.marks import Marked
from providers.history.rows import Damaged, read_artifact
from providers.history.schema import Row, Value
from providers.jobs.job import Artifact, Job, JobId

NO_ARTIFACT = "There is no such file here. Reload the page to see what there is."


class Files(Marked):
    """What is known of files. Every method raises StoreProblem."""

    def job(self, job_id: JobId, owner: str | None = None) -> Job:
        """One job, or Unknown. An owner of None is the studio itself."""
        raise NotImplementedError

    def artifact(self, artifact_id: ArtifactId, owner: str) -> Artifact:
        """One file's row, or Unknown."""
        found = self._one("select doc, row_sum, job, owner from artifact where id = ?", artifact_id)
        if found is None or found[-1] != owner:
            raise Unknown(NO_ARTIFACT)
        return self._artifact(artifact_id, found)

    def artifacts(self) -> list[Artifact]:
        """Every file's row, of all owners. A damaged one that nothing else tells of is left out."""
        return self._artifacts("order by created")

    def rows_of(self, sha256: str) -> list[Artifact]:
        """The rows of every owner that speak of the file with these bytes."""
        return self._artifacts("where sha256 = ?", sha256)

    def _artifacts(self, which: str, *values: Value) -> list[Artifact]:
        kept: list[Artifact] = []
        for name, *row in self._all(f"select id, doc, row_sum, job from artifact {which}", *values):
            with suppress(Unknown):
                kept.append(self._artifact(str(name), tuple(row)))
        return kept

    def _artifact(self, artifact_id: ArtifactId, row: Row) -> Artifact:
        try:
            return read_artifact(row[0], row[1])
        except Damaged:
            jobs = [self.job(str(row[2]))] if row[2] is not None else []
        for artifact in (one for job in jobs for one in job.artifacts):
            if artifact.id == artifact_id:
                return artifact
        raise Unknown(NO_ARTIFACT)
