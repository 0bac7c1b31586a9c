"""How a job changes: what may change of it, with its types, and which state may follow which.

A job is copied here and nowhere else. What the checker of types does not know of a job cannot be written,
and a state follows another only where it stands in the table. What receipts, copies of the history and
damaged rows bring back is a repair, and so is how a job is left that broke.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TypedDict, Unpack

from pydantic import JsonValue

from providers.catalogue.models import Cost
from providers.catalogue.plans import JobPlan
from providers.catalogue.requests import ArtifactId, Request
from providers.jobs.job import Artifact, Evidence, Failure, Job, Parked, Queue, State, Within
from providers.vendors.vendor import DetailAs, Output, Ticket

BORN: AbstractSet[State] = {"waiting", "queued", "done"}
"""By a press; as a task that was taken in from the vendor; for a file that was found."""

NEXT: Mapping[State, AbstractSet[State]] = {
    # Queued: with a ticket that another disk had kept.
    "waiting": {"submitting", "queued", "rejected", "failed", "cancelled"},
    # Back to waiting, and cancelled: what was not sent. Discarded, here and below: a parked job.
    "submitting": {
        "submitting", "waiting", "queued", "rejected", "failed", "cancelled", "unsure", "discarded",
    },
    # Done: the vendor deleted the rest of its files.
    "queued": {
        "queued", "running", "saving", "done", "failed", "cancelled", "expired", "unsure", "discarded",
    },
    "running": {
        "running", "saving", "done", "failed", "cancelled", "expired", "unsure", "discarded",
    },
    "saving": {"saving", "done", "failed", "expired", "unsure", "discarded"},
    # A person looks again, adopts a task, or gives the job up: with files here it is done.
    "unsure": {"submitting", "queued", "done", "discarded"},
    # Its vendor reports a result after all: that is shown, and fetched when a person asks for it.
    "failed": {"failed", "queued"},
    "expired": {"submitting", "queued"},
    # A file of it rotted, or is whole again.
    "done": {"done"},
    "rejected": set(),
    "cancelled": set(),
    "discarded": set(),
}  # fmt: skip
"""Which states may follow a state by a step of the job's life, or by a person's decision."""

WITHOUT_ITS_TASK: Mapping[State, AbstractSet[State]] = {
    state: {"unsure", "done" if state == "done" else "cancelled"} for state in NEXT
}
"""The same for a job that has to let go of its task, which another one ordered."""


class SaidFields(TypedDict, total=False):
    """What is said of a job beside its state."""

    detail: str
    detail_as: DetailAs
    within: Within | None
    queue: Queue | None


class StepFields(SaidFields, total=False):
    """What a step of a job's life may change beside its state."""

    submitted: float | None
    clock_offset: float | None
    account: str
    parked: Parked | None
    attempts: int
    progress: float | None
    starts_in: float | None
    ticket: Ticket | None
    outputs: tuple[Output, ...]
    artifacts: tuple[Artifact, ...]
    kept_before: int
    used: Mapping[str, JsonValue]
    inputs: Mapping[ArtifactId, str]
    error: Failure | None
    cost: Cost | None
    evidence: Evidence | None
    usual: float | None
    remark: str
    late: bool
    cancel_wanted: bool


class JobFields(StepFields, total=False):
    """All that may change of a job beside its state: with the marks of its owner, and what goes along."""

    client_request_id: str
    callback: str
    request: Request
    revision: int
    updated: float
    finished: float | None
    starred: bool
    tags: tuple[str, ...]
    plan: JobPlan | None
    gone: bool


class IllegalTransition(Exception):
    """A job was to go to a state that cannot follow the one that it is in. Nothing was changed."""

    def __init__(self, before: State | None, after: State) -> None:
        super().__init__(f"A job that is {before or 'new'} cannot become {after}.")


def check(before: State, after: State, table: Mapping[State, AbstractSet[State]] = NEXT) -> None:
    """IllegalTransition where the one state cannot follow the other."""
    if after not in table[before]:
        raise IllegalTransition(before, after)


def born(job: Job, state: State, **fields: Unpack[JobFields]) -> Job:
    """A new job that begins in this state. IllegalTransition."""
    if state not in BORN:
        raise IllegalTransition(None, state)
    return _copied(job, state, fields)


def changed(job: Job, **fields: Unpack[JobFields]) -> Job:
    """The job with other fields, in the state that it is in."""
    return _copied(job, job.state, fields)


def moved(job: Job, state: State, **fields: Unpack[JobFields]) -> Job:
    """The job after a step to this state, which may be the one that it is in. IllegalTransition."""
    check(job.state, state)
    return _copied(job, state, fields)


def freed(job: Job, state: State, **fields: Unpack[JobFields]) -> Job:
    """The job without its task, which is another one's. IllegalTransition."""
    check(job.state, state, WITHOUT_ITS_TASK)
    return _copied(job, state, {**fields, "ticket": None})


def repaired(job: Job, state: State, **fields: Unpack[JobFields]) -> Job:
    """The job as it is brought back, or left, whatever state it was in."""
    return _copied(job, state, fields)


def _copied(job: Job, state: State, fields: JobFields) -> Job:
    return job.model_copy(update={**_apart(job, fields), **fields, "state": state})


def _apart(job: Job, fields: JobFields) -> JobFields:
    """What changes with the task: each file has the number of its link, so that files which came from another
    task, or are on their way from it, keep theirs, and none of the new one is taken for one of them."""
    ticket = fields.get("ticket", job.ticket)
    if _task(ticket) == _task(job.ticket):
        return {}
    numbers = [*job.numbered, *(artifact.number for artifact in job.artifacts)]
    return {"kept_before": max(numbers, default=job.kept_before), "outputs": ()}


def _task(ticket: Ticket | None) -> str:
    return "" if ticket is None else ticket.task
