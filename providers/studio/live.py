"""Jobs as they are now: what the history keeps of them, and what the runner knows beyond that."""

from contextlib import AbstractContextManager

from pydantic import JsonValue

from providers.history.query import EVERYTHING, Page, Query
from providers.jobs.job import Job, JobId
from providers.running.feed import Changes, Feed, newest
from providers.running.pacing import Planned
from providers.studio.opened import Opened


class LiveJobs:
    """Every owner's jobs, to look at. Any thread may ask, but for `watch`."""

    def __init__(self, opened: Opened, feed: Feed) -> None:
        self._opened = opened
        self._feed = feed

    def get(self, job_id: JobId, owner: str) -> Job:
        """One job as it is now, or Unknown."""
        return self._opened.runner.current(self._opened.journal.jobs.get(job_id, owner))

    def page(self, owner: str, query: Query) -> Page:
        """One page of the history, newest first."""
        current = self._opened.runner.current
        page = self._opened.journal.jobs.page(owner, query)
        return page.model_copy(update={"jobs": tuple(map(current, page.jobs))})

    def recent(self, owner: str) -> list[Job]:
        """What the job list shows: all that is open or unsure, and the newest 60. Newest first."""
        return list(map(self._opened.runner.current, self._opened.journal.jobs.recent(owner)))

    def changed_since(self, owner: str, revision: int) -> list[Job]:
        """Jobs that changed after this revision, oldest change first."""
        living = self._opened.runner.living(owner).values()
        kept = self._opened.journal.jobs.changed_since(owner, revision)
        return newest([*kept, *(job for job in living if job.revision > revision)])

    def deleted_since(self, owner: str, revision: int) -> dict[JobId, int]:
        """Jobs that were deleted after this revision, and at which."""
        return self._opened.journal.deletions.since(owner, revision)

    @property
    def latest(self) -> int:
        """The latest revision that was given out."""
        return self._opened.journal.revisions.latest

    @property
    def settled(self) -> int:
        """The revision after which whoever asks what changed misses nothing that is on its way now."""
        return self._opened.journal.revisions.settled

    def watch(self, owner: str) -> AbstractContextManager[Changes]:
        """A queue of changed jobs, whole ones, and of deleted ones (`gone`); on the server's loop only."""
        return self._feed.watch(owner)

    def events(self, job_id: JobId, owner: str) -> list[dict[str, JsonValue]]:
        """The states that a job went through: `at`, `state`, `detail`."""
        return self._opened.journal.events.of(self.get(job_id, owner).id)

    def counts(self, owner: str, query: Query = EVERYTHING) -> dict[str, dict[str, int]]:
        """How many jobs there are of each kind, state, vendor and model that fit all else that is asked."""
        return self._opened.journal.figures.counts(owner, query)

    @property
    def open_count(self) -> int:
        """How many jobs are on their way, of all owners."""
        return self._opened.journal.figures.open_count()

    def schedule(self) -> list[Planned]:
        """Every job that is worked on and when its vendor is asked next, soonest first."""
        return self._opened.runner.schedule()
