"""The feed: every change of a job, its deletion too, to everybody of its owner who watches."""

import asyncio
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import contextmanager

from providers.jobs.job import Job, JobId

ROOM = 256
"""Changes that a watcher may be behind before those that a later one of the same job outdates are dropped."""


class Changes(asyncio.Queue[Job]):
    """Changed jobs that a watcher has not taken yet.

    Every step of a job, while the watcher keeps up; each job at least once, and as it is now, however far
    it is behind. So what waits is never more than `ROOM`, or twice the jobs that changed.
    """

    _queue: deque[Job]

    def _init(self, maxsize: int) -> None:
        super()._init(maxsize)
        self._most = ROOM

    def _put(self, item: Job) -> None:
        super()._put(item)
        if len(self._queue) > self._most:
            self._queue = deque(newest(self._queue))
            self._most = max(ROOM, 2 * len(self._queue))


class Feed:
    """Used on the server's loop alone."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[Changes]] = {}

    @contextmanager
    def watch(self, owner: str) -> Generator[Changes]:
        """This owner's changed jobs, from now until the end of the block."""
        changes = Changes()
        self._watchers.setdefault(owner, set()).add(changes)
        try:
            yield changes
        finally:
            self._watchers[owner].discard(changes)
            if not self._watchers[owner]:
                del self._watchers[owner]

    @property
    def pages(self) -> int:
        """How many watch just now, of all owners. Any thread may ask."""
        return sum(map(len, list(self._watchers.values())))

    def publish(self, job: Job) -> None:
        """Give a changed job to all who watch its owner."""
        for changes in self._watchers.get(job.owner, ()):
            changes.put_nowait(job)


def newest(changes: Iterable[Job]) -> list[Job]:
    """Each job once, as its latest change left it, in the order of these."""
    held: dict[JobId, Job] = {}
    for job in changes:
        before = held.get(job.id)
        if before is None or before.revision <= job.revision:
            held[job.id] = job
    return sorted(held.values(), key=lambda job: job.revision)
