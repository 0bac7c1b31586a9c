"""What is written beside a job's row, within its transaction: a line of its history, its files' rows."""

from collections.abc import Iterable

from providers.history.figures import Figures
from providers.history.rows import Damaged, read_artifact, row_sum
from providers.jobs.job import Artifact, Job


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
