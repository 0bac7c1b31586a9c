"""The writer: one thread through which every change of a history goes, in the order of asking.

What waits when it looks becomes one transaction and one sync, however many changes that are. Each is a part
of its own, so that one that is refused takes no other with it. Whoever asked is told once the disk has it.
"""

import logging
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Generic, Self, TypeVar

from providers.errors import InvalidRequest, Problem, StoreProblem
from providers.history.schema import FullDisk, as_store_problem
from providers.history.search_index import has_mended, is_damaged, make_anew
from providers.history.transactions import savepoint, transaction
from providers.pools import Pool

T = TypeVar("T")
log = logging.getLogger("studio.history")
MOST = 500
"""Changes in one transaction."""
QUICK = 0.05
"""Seconds within which a disk that is well has taken a change."""
HELD_TWICE = Problem("task", "Another job already has this task. See that job.")
KEY_REUSED = Problem(
    "client_request_id",
    "This client_request_id was already used for another request. Reload the page and try again.",
)
TAKEN = {"job.vendor, job.task": HELD_TWICE, "job.owner, job.client_request_id": KEY_REUSED}
"""What SQLite says of the indexes by which a task, and a press, has one job. Other rules of a table are
other faults."""
CLOSED = "The studio is no longer running, so nothing is written. Start it again."


@dataclass(slots=True, eq=False)
class Change(Generic[T]):
    """What is to be written, and who waits for it.

    `work` may be done twice, after what it did was undone. `then` is done once it is on the disk and before
    anybody is told. For what is urgent, and for it alone, room is made on a full disk.
    """

    work: Callable[[], T]
    urgent: bool
    then: Callable[[T], object]
    done: Future[T] = field(default_factory=Future[T])


class Writer:
    """Of one connection. `make_room` gives a full disk some room back, and tells whether it could."""

    def __init__(
        self, database: sqlite3.Connection, path: Path, make_room: Callable[[], bool]
    ) -> None:
        self.lock = threading.Lock()
        """Held for as long as the connection is in use; between two transactions it is free."""
        self.stopped = ""
        """Why nothing is written any more; empty while it is."""
        self.ended: Callable[[], object] = lambda: None
        """Called once what was in hand is written or refused, before anybody is told."""
        self._database = database
        self._path = path
        self._make_room = make_room
        self._line: deque[Change[object]] = deque()
        self._thens: list[Callable[[], object]] = []
        self._here = threading.local()
        self._begun: float | None = None
        self._took = 0.0
        self._in_hand = 0
        self._is_mending = False
        self._thread = Pool("history-writer", 1)

    def close(self) -> None:
        """Write what is in line, and end."""
        self._thread.close()

    @property
    def unwritten(self) -> int:
        """How many changes are not on the disk yet."""
        return self._in_hand + len(self._line)

    @property
    def is_here(self) -> bool:
        """Whether this is asked from within a change."""
        return getattr(self._here, "writes", False)

    @property
    def is_quick(self) -> bool:
        """Whether the disk takes changes at once: the last ones, and those that it has now."""
        begun = self._begun
        return max(self._took, 0.0 if begun is None else time.monotonic() - begun) < QUICK

    def submit(
        self,
        work: Callable[[], T],
        *,
        urgent: bool = False,
        then: Callable[[T], object] = lambda _: None,
    ) -> Future[T]:
        """Put a change in line. A change within a change is a part of it, and done at once."""
        change = Change(work, urgent, then)
        # Whoever waits may go away; what was asked for is written all the same.
        change.done.set_running_or_notify_cancel()
        if self.is_here:
            self._write_within(change)
        else:
            # The line holds changes whose results differ in type; each future has its own.
            self._put_in_line(change)  # pyright: ignore[reportArgumentType]
        return change.done

    def mend_index(self) -> None:
        """Have the indexes for searches made anew, once what is in line is written."""
        if not self._is_mending:
            self._is_mending = True
            with suppress(RuntimeError):
                self._thread.submit(self._make_index_anew)

    def _put_in_line(self, change: Change[object]) -> None:
        self._line.append(change)
        try:
            self._thread.submit(self._write_line)
        except RuntimeError:
            # Unless the last look has taken it along.
            with suppress(ValueError):
                self._line.remove(change)
                change.done.set_exception(StoreProblem(CLOSED))

    # In the thread

    def _make_index_anew(self) -> None:
        with self.lock, _Caught() as caught:
            if not self.stopped:
                make_anew(self._database)
        # Where more than they is damaged, once is enough.
        self._is_mending = caught.error is not None

    def _write_line(self) -> None:
        self._here.writes = True
        changes = [self._line.popleft() for _ in range(min(len(self._line), MOST))]
        if changes:
            self._in_hand = len(changes)
            with self.lock:
                self._begun = time.monotonic()
                told = self._write(changes)
                self._took, self._begun = time.monotonic() - self._begun, None
            self._in_hand = 0
            self.ended()
            for tell in told:
                tell()

    def _write(
        self, changes: Sequence[Change[object]], *, is_again: bool = False
    ) -> list[Callable[[], None]]:
        """Write all of this, or undo it; what is to be told of each change."""
        with _Caught() as caught:
            return self._commit(changes)
        error = caught.error
        if isinstance(error, FullDisk | _Spoilt) and len(changes) > 1:
            # What is small and urgent need not fail with what is not, nor anything with what always breaks.
            return [tell for change in changes for tell in self._write([change])]
        if not is_again and self._has_mended(error, changes[0]):
            return self._write(changes, is_again=True)
        if isinstance(error, _Spoilt):
            error = error.problem
        return [partial(change.done.set_exception, error) for change in changes]

    def _has_mended(self, error: BaseException | None, change: Change[object]) -> bool:
        """Whether something was done about what kept a change from being written."""
        with _Caught():
            if has_mended(self._database, error):
                return True
        problem = error.problem if isinstance(error, _Spoilt) else error
        return isinstance(problem, FullDisk) and change.urgent and self._make_room()

    def _commit(self, changes: Sequence[Change[object]]) -> list[Callable[[], None]]:
        if self.stopped:
            raise StoreProblem(self.stopped)
        self._thens.clear()
        try:
            with transaction(self._database):
                told = [self._try_out(change) for change in changes]
        except sqlite3.Error as error:
            raise as_store_problem(error, self._path) from error
        for then in self._thens:
            with _Caught() as caught:
                then()
            if caught.error is not None:
                # It is written, and whoever waits for that must hear of it.
                log.error("What follows a change of the history failed.", exc_info=caught.error)
        return told

    def _try_out(self, change: Change[T]) -> Callable[[], None]:
        """Do it within a transaction. _Spoilt where that is over then, for all that is written with it."""
        before = len(self._thens)
        with _Caught() as caught:
            with savepoint(self._database):
                value = change.work()
            self._thens.append(partial(change.then, value))
            return partial(change.done.set_result, value)
        del self._thens[before:]
        error = caught.error
        is_over = not self._database.in_transaction or is_damaged(error)
        if isinstance(error, sqlite3.IntegrityError) and not is_over:
            taken = [problem for columns, problem in TAKEN.items() if columns in str(error)]
            error = InvalidRequest(taken) if taken else error
        if isinstance(error, sqlite3.Error):
            error, is_over = as_store_problem(error, self._path), True
            error.__cause__ = caught.error
        if error is not None and is_over:
            # SQLite itself undoes everything where a disk fails, and where the index for searches is damaged.
            raise _Spoilt(error) from error
        return partial(change.done.set_exception, error)

    def _write_within(self, change: Change[T]) -> None:
        try:
            self._try_out(change)()
        except _Spoilt as error:
            change.done.set_exception(error.problem)


class _Spoilt(Exception):
    """A change after which nothing can be written in the same transaction any more."""

    def __init__(self, problem: BaseException) -> None:
        super().__init__(str(problem))
        self.problem = problem


class _Caught:
    """Whatever breaks in a block: it goes on in whoever waits for the change, and not in this thread."""

    error: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        self.error = error
        return True
