"""Taken in: jobs that a person gave a task, and how they give way to the one whose create call made it.

A vendor's list shows a task before the answer to the call that made it is here. Whoever takes it in
meanwhile has a second job for one purchase, until that answer comes.
"""

from providers.jobs import failures
from providers.jobs.job import Job
from providers.jobs.transitions import JobFields, freed
from providers.vendors.vendor import KnownTask

ADOPTED = "adopted"
"""A note in a ticket that a person gave a job: when, in seconds since the epoch. Until the vendor has shown
that it knows the task, it may be mistyped."""
EARLIER = 120.0
"""Seconds before a call that a task may be dated which the call made: clocks differ."""


def may_have_made(job: Job, known: KnownTask | None) -> bool:
    """Whether a job's create call may have made a task, as far as the vendor tells of that."""
    if known is None or job.submitted is None:
        return job.submitted is not None
    if known.created is not None and known.created < job.submitted - EARLIER:
        return False
    kinds = {job.kind, known.kind or job.kind}
    # What a multishot makes is listed as a video.
    return len(kinds) == 1 or kinds == {"video", "multishot"}


def gives_way(holder: Job, job: Job) -> bool:
    """Whether the holder of a task lets go of it for a job whose own call was answered with it.

    It does when a person gave it the task while that call was on its way, or after: a task that was here
    before cannot have been made by the call.
    """
    given = _given(holder)
    is_own = job.submitted is not None and _given(job) is None
    return is_own and given is not None and given >= (job.submitted or 0.0)


def is_taken_in(job: Job) -> bool:
    """Whether a job was made for a task that was at the vendor already, and never sent anything itself."""
    given = _given(job)
    return given is not None and given <= job.created


def _given(job: Job) -> float | None:
    """When a person gave the job its task."""
    given = None if job.ticket is None else job.ticket.note.get(ADOPTED)
    is_moment = isinstance(given, int | float) and not isinstance(given, bool)
    return float(given) if is_moment and isinstance(given, int | float) else None


def let_go(holder: Job, *, now: float, revision: int) -> Job:
    """The holder without its task, and with no cost of it: what is spent is counted at the other job.

    Files that it has stay, under numbers that no file of another task gets. A job with a create call of its own
    asks again what became of that.
    """
    told: JobFields = {
        "detail": "Its task belongs to another job", "updated": now, "revision": revision, "cost": None,
    }  # fmt: skip
    has_own = not is_taken_in(holder)
    error = failures.task_of_another() if has_own else failures.twice()
    if has_own:
        # Done it is not, whatever files it has: what its own call made is still to be found.
        anew: JobFields = {"error": error, "finished": None, "progress": None, "used": {}}
        return freed(holder, "unsure", **{**told, **anew})
    if holder.state == "done":
        return freed(holder, "done", **{**told, "remark": error.message})
    ends: JobFields = {"error": error, "finished": now, "starts_in": None, "late": False}
    return freed(holder, "cancelled", **{**told, **ends})
