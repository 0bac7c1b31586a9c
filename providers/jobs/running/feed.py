"""The feed: every change of a job, its deletion too, to everybody of its owner who watches."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager

from providers.jobs.job import Job

ROOM = 256
"""Changes that a watcher may be behind; a slower one loses the oldest, and every item is whole."""


class Feed:
    """Used on the server's loop alone."""

    def __init__(self) -> None:
        self._watchers: dict[str, set[asyncio.Queue[Job]]] = {}

    @contextmanager
    def watch(self, owner: str) -> Generator[asyncio.Queue[Job]]:
        """A queue of this owner's changed jobs, from now until the end of the block."""
        queue: asyncio.Queue[Job] = asyncio.Queue(ROOM)
        self._watchers.setdefault(owner, set()).add(queue)
        try:
            yield queue
        finally:
            self._watchers[owner].discard(queue)
            if not self._watchers[owner]:
                del self._watchers[owner]

    def publish(self, job: Job) -> None:
        """Give a changed job to all who watch its owner."""
        for queue in self._watchers.get(job.owner, ()):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(job)
