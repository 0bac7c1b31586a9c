"""The revisions of a history: a number for every change, by which pages, receipts and copies compare."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import TypeVar

from providers.history.database import Database
from providers.history.schema import NEWEST, number
from providers.jobs.job import JobId

T = TypeVar("T")


class Revisions:
    """Gives out revisions, and knows which of them can be seen. `clock` is seconds since the epoch."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._lock = Lock()
        self._latest = self.held
        self._on_their_way = set[int]()
        """Those of changes that nobody can see yet."""
        self._in_hand: list[int] = []
        """Those of them that belong to what the writer has in hand."""
        database.after_each(self._tell_in_hand)

    def next(self) -> int:
        """A number greater than every one before it, also over restarts.

        Its change is on its way until it is `told`. What is written with it sees to that by itself.
        """
        with self._lock:
            self._latest = max(self._latest + 1, int(self._clock() * 1_000_000))
            self._on_their_way.add(self._latest)
            if self._database.is_writing:
                self._in_hand.append(self._latest)
            return self._latest

    def told(self, *revisions: int) -> None:
        """These changes can be seen, or never will be: only what has a later revision."""
        with self._lock:
            self._on_their_way.difference_update(revisions)

    def tell_with_this(self, revision: int) -> None:
        """Within a change: this revision is told once that is written or refused."""
        self._in_hand.append(revision)

    def tell_with(self, written: Future[T], revision: int) -> Future[T]:
        """The change of this revision is told once that is over; a part of a change, with the whole."""
        if self._database.is_writing:
            self.tell_with_this(revision)
        else:
            written.add_done_callback(lambda _: self.told(revision))
        return written

    def reach(self, revision: int) -> None:
        """Give out later ones than this from now on: it is known elsewhere."""
        with self._lock:
            self._latest = max(self._latest, revision)

    @property
    def settled(self) -> int:
        """The revision up to which no change is on its way: whoever asks for later ones misses none.

        At least 1: who has seen an empty history has seen something, and 0 asks for all of it.
        """
        with self._lock:
            return max(1, min(self._on_their_way) - 1 if self._on_their_way else self._latest)

    @property
    def latest(self) -> int:
        """The latest revision that was given out."""
        return self._latest

    @property
    def held(self) -> int:
        """The latest revision that is on the disk."""
        return number(self._database.one(NEWEST))

    def of(self, job_id: JobId) -> int | None:
        """The revision of a job's row, or of its deletion."""
        found = self._database.one(
            "select revision from job where id = ? union all"
            " select revision from deleted where job = ?",
            job_id, job_id,
        )  # fmt: skip
        return None if found is None else number(found)

    def all(self) -> dict[JobId, int]:
        """The same of all jobs that are or were here."""
        found = self._database.all(
            "select id, revision from job union all select job, revision from deleted"
        )
        return {str(job): number((at,)) for job, at in found}

    def _tell_in_hand(self) -> None:
        in_hand, self._in_hand = self._in_hand, []
        self.told(*in_hand)
