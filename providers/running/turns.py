"""Turns: whose waiting job comes next. Owners take turns; within an owner, first come, first served."""

import asyncio
import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from providers.jobs.job import Job, JobId

TOLD = 20
"""So many of the next jobs are told how many come before them; those behind them hear of it later."""


@dataclass
class Waiting:
    """The jobs of one owner that stand in line."""

    line: list[tuple[float, JobId]] = field(default_factory=list[tuple[float, JobId]])
    """When each was made, and its id; oldest first."""
    served: int = 0
    """The number of the owner's last turn; 0: there was none that is remembered."""
    since: int = 0
    """How many turns had been given when the owner began to wait for the next one."""


class Turns:
    """The line of one connection.

    The owner comes next whose last turn is the longest ago, so that a person's first job passes another's
    thousand. Nobody is passed for ever by those who keep coming: who was passed more often than there are
    owners in line comes first.
    """

    def __init__(self) -> None:
        self._owners: dict[str, Waiting] = {}
        """Of those who wait only."""
        self._served: dict[str, int] = {}
        """The last turn of owners, latest last; of those who don't wait, no more are kept than wait."""
        self._jobs: dict[JobId, tuple[str, float, asyncio.Event]] = {}
        self._given = 0
        self._ahead: dict[JobId, int] = {}
        self._is_shared = False
        """Whether several owners wait."""

    @property
    def first(self) -> JobId | None:
        """The job whose turn it is."""
        return next(iter(self._ahead), None)

    def ahead(self, job_id: JobId) -> int | None:
        """How many jobs come before this one, where several owners wait and it is one of the next."""
        return self._ahead.get(job_id) if self._is_shared else None

    def join(self, job: Job) -> asyncio.Event:
        """Stand in line, by the time at which the job was made. The event is set when its place changes."""
        self.leave(job.id)
        owner = self._owners.get(job.owner)
        if owner is None:
            served = self._served.get(job.owner, 0)
            owner = self._owners[job.owner] = Waiting(served=served, since=self._given)
        bisect.insort(owner.line, (job.created, job.id))
        self._tell()
        told = asyncio.Event()
        self._jobs[job.id] = (job.owner, job.created, told)
        return told

    def leave(self, job_id: JobId) -> None:
        """Step out of the line without a turn."""
        found = self._jobs.pop(job_id, None)
        if found is None:
            return
        name, created, _ = found
        owner = self._owners[name]
        del owner.line[bisect.bisect_left(owner.line, (created, job_id))]
        if not owner.line:
            del self._owners[name]
        self._tell()

    def give(self, job_id: JobId) -> None:
        """The job has had its turn, whatever comes of it."""
        if job_id not in self._jobs:
            return
        name = self._jobs[job_id][0]
        self._given += 1
        owner = self._owners[name]
        owner.served = owner.since = self._given
        self._served.pop(name, None)
        self._served[name] = self._given
        self.leave(job_id)
        self._forget()

    def tell(self) -> None:
        """Places at the vendor have changed: whoever is first looks again."""
        if self.first is not None:
            self._jobs[self.first][2].set()

    def _tell(self) -> None:
        """Wake those whose place has changed, and nobody else."""
        was_told = self._ahead if self._is_shared else {}
        was_first = self.first
        self._is_shared = len(self._owners) > 1
        # One owner's jobs are counted in the page: thousands may wait, and only the first is woken.
        count = TOLD if self._is_shared else 1
        self._ahead = {job: place for place, job in zip(range(count), self._order(), strict=False)}
        is_told = self._ahead if self._is_shared else {}
        changed = {job for job, _ in was_told.items() ^ is_told.items()}
        if self.first is not None and self.first != was_first:
            changed.add(self.first)
        for job in changed & self._jobs.keys():
            self._jobs[job][2].set()

    def _order(self) -> Iterator[JobId]:
        """The jobs as they come next, if nobody joins or leaves."""
        owners = [replace(one) for one in self._owners.values()]
        heads = [0] * len(owners)
        given = self._given
        left = list(range(len(owners)))
        while left:
            at = min(left, key=lambda one: _rank(owners[one], heads[one], given, len(left)))
            yield owners[at].line[heads[at]][1]
            given, heads[at] = given + 1, heads[at] + 1
            owners[at].served = owners[at].since = given
            if heads[at] == len(owners[at].line):
                left.remove(at)

    def _forget(self) -> None:
        """Let the oldest turns go: whoever had one so long ago comes as somebody new."""
        spare = len(self._served) - 2 * len(self._owners) - TOLD
        for name in list(self._served)[: max(0, spare)]:
            if name not in self._owners:
                del self._served[name]


def _rank(
    owner: Waiting, head: int, given: int, owners: int
) -> tuple[bool, int, tuple[float, JobId]]:
    was_passed = given - owner.since > owners
    return not was_passed, owner.since if was_passed else owner.served, owner.line[head]
