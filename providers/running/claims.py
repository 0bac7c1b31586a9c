"""Claims: a job is worked on by a life on the server's loop, or decided about in any thread, never both."""

import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

from providers.jobs.job import JobId


class Claims:
    """One decision at a time, and no life that begins with what was read before the last one."""

    def __init__(self, is_alive: Callable[[JobId], bool]) -> None:
        self.count = 0
        """How often a job was changed that nobody works on."""
        self._is_alive = is_alive
        self._lock = threading.Lock()
        """Held for a moment, and never while anything is written."""
        self._decided = ""
        self._resting = set[JobId]()

    @contextmanager
    def deciding(self, job_id: JobId) -> Generator[bool]:
        """Inside, no life of this job begins; False: there is one already."""
        with self._lock:
            is_free = not self._is_alive(job_id)
            self._decided = job_id if is_free else ""
        try:
            yield is_free
        finally:
            with self._lock:
                self._decided = ""
                self.count += 1

    @contextmanager
    def resting(self, job_id: JobId) -> Generator[None]:
        """Inside, no life of this job begins, and none after that with what was read before."""
        with self._lock:
            self._resting.add(job_id)
        try:
            yield
        finally:
            with self._lock:
                self._resting.discard(job_id)
                self.count += 1

    def changed(self) -> None:
        """A job that nobody works on was changed: who has read it before reads it again."""
        with self._lock:
            self.count += 1

    def is_decided(self, job_id: JobId) -> bool:
        """Whether somebody decides about it now: it is theirs to take up."""
        return self._decided == job_id

    def begin(self, job_id: JobId, seen: int | None, begin: Callable[[], None]) -> bool:
        """Begin a life, unless the job was changed since the count was `seen`. None: it cannot have been."""
        with self._lock:
            if job_id in self._resting:
                return False
            if seen is not None and (self._decided == job_id or seen != self.count):
                return False
            begin()
        return True
