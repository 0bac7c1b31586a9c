"""What a page or a program is told of a job, a file or a record of the studio: the same as JSON."""

from pydantic import BaseModel, JsonValue

from providers.jobs.job import Artifact, Job
from providers.jobs.views import ArtifactView, JobView


def told_of(record: BaseModel) -> dict[str, JsonValue]:
    """Its view where it has one."""
    if isinstance(record, Job):
        record = JobView.of(record)
    elif isinstance(record, Artifact):
        record = ArtifactView.of(record)
    return record.model_dump(mode="json")
