"""The database of a data folder while it is in use: one writer, some readers, and what guards them."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future, wait
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from queue import LifoQueue
from typing import TypedDict, TypeVar, Unpack

from providers.history.schema import (
    PATIENCE,
    FullDisk,
    Row,
    Value,
    as_store_problem,
    copy_of,
    open_database,
    open_reader,
)
from providers.history.search_index import is_suspect
from providers.history.transactions import roll_back
from providers.history.writer import QUICK, Writer
from providers.library.disk import is_far, is_written_here
from providers.pools import CHANGES, HISTORY

T = TypeVar("T")
READERS = 4
"""Questions that are answered at the same time, beside a write."""


class Opening(TypedDict, total=False):
    """How a history is opened."""

    make_room: Callable[[], bool]
    """Gives a full disk some room back, and tells whether it could."""
    before_lifting: Callable[[], object]
    """Called before the tables of an older version are changed."""
    far: Callable[[Path], bool]
    """Whether a path lies where no log can be shared: questions wait there for the write that is on its
    way, elsewhere for nothing."""
    patience: float
    """Seconds that a write waits for other programs."""
    most_pages: int | None
    """A history that may not grow further behaves as on a full disk."""


class Database:
    """Small writes, each durable when the call returns. Any thread may call; every method raises StoreProblem.

    The tables of the history take it, and only `Journal` lets one change go through several of them.
    """

    def __init__(self, path: Path, **how: Unpack[Opening]) -> None:
        self.path = path
        make_room = how.get("make_room", lambda: False)
        open_it = partial(
            open_database,
            path,
            before_lifting=how.get("before_lifting", lambda: None),
            far=how.get("far", is_far),
            patience=how.get("patience", PATIENCE),
        )
        try:
            self._connection = open_it()
        except FullDisk:
            # What is kept must be readable on a full disk too.
            if not make_room():
                raise
            self._connection = open_it()
        if (most := how.get("most_pages")) is not None:
            self._connection.execute(f"pragma max_page_count={most}")
        self._inode = path.stat().st_ino
        self._written = dict[Path, int]()
        """When the files of the history were written last, as far as it was looked at; nanoseconds."""
        mode = self._connection.execute("pragma journal_mode").fetchone()
        self.uses_log = mode == ("wal",)
        """Whether the newest writes lie in a file of their own beside the database."""
        self._writer = Writer(self._connection, path, make_room)
        # Opened while the file is surely the right one, and none later.
        self._readers = [open_reader(path) for _ in range(READERS + 1 if self.uses_log else 0)]
        self._idle: LifoQueue[sqlite3.Connection] = LifoQueue()
        for reader in self._readers[1:]:
            self._idle.put(reader)
        # The first is the loop's own: who is asked in place waits for no other question.
        self._here = threading.local()

    def finish(self) -> None:
        """Write what is in line, and take nothing more."""
        self._writer.close()

    def close(self) -> None:
        """Write what is in line, and the log back into the database; close it."""
        self.finish()
        # Each once nobody has it in hand; whoever comes later is told that it is closed.
        for reader in [self._idle.get() for _ in self._readers[1:]]:
            reader.close()
            self._idle.put(reader)
        for reader in self._readers[:1]:
            reader.close()
        with self._writer.lock:
            self._connection.close()

    async def aside(self, work: Callable[[], T]) -> T:
        """Ask or write in another thread, so that everybody else on the loop goes on meanwhile."""
        return await HISTORY.run(work)

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask about one job or so: in place, unless it might wait there for the disk."""
        if not self._readers:
            return await self.aside(question)
        self._here.is_in_place = True
        try:
            return question()
        finally:
            self._here.is_in_place = False

    async def changing(self, work: Callable[[], T]) -> T:
        """Write, while everybody else goes on. No question waits behind it.

        A disk that is quick is waited for in place: it costs less than to go away and come back.
        """
        done = CHANGES.submit(work)
        if self._writer.is_quick:
            wait([done], timeout=QUICK)
        return done.result() if done.done() else await asyncio.wrap_future(done)

    @property
    def is_in_place(self) -> bool:
        """Whether the file under the database's name is still the one that was opened."""
        try:
            return os.stat(self.path).st_ino == self._inode
        except OSError:
            return False

    @property
    def is_overwritten(self) -> bool:
        """Whether an older state was written into the open files: what they hold is of two times then."""
        for path in (self.path, self.path.with_name(f"{self.path.name}-wal")):
            try:
                told = path.stat()
            except OSError:
                continue
            before = self._written.get(path, 0)
            if told.st_mtime_ns < before and not is_written_here(told):
                return True
            self._written[path] = told.st_mtime_ns
        return False

    @property
    def is_ours(self) -> bool:
        """Whether what lies under the database's name is what was written here, all of it."""
        return self.is_in_place and not self.is_overwritten and not self.is_frozen

    @property
    def unwritten(self) -> int:
        """How many changes are not on the disk yet."""
        return self._writer.unwritten

    @property
    def is_frozen(self) -> bool:
        """Whether nothing is written any more."""
        return bool(self._writer.stopped)

    def freeze(self, sentence: str, rescue: Path | None = None) -> None:
        """Write nothing more, and copy all that is known to a new file. StoreProblem if it cannot be.

        None: what is known is not to be trusted.
        """
        with self._writer.lock:
            self._writer.stopped = sentence
            roll_back(self._connection)
            if rescue is None:
                return
            try:
                with closing(sqlite3.connect(rescue, isolation_level=None)) as target:
                    rescue.chmod(0o600)
                    self._connection.backup(target)
            except (sqlite3.Error, OSError) as error:
                raise as_store_problem(error, rescue) from error

    def copy(self, new: Path) -> None:
        """A whole copy of the history as a new file, while it is in use. StoreProblem."""
        if self.uses_log:
            try:
                return copy_of(self.path, new)
            except sqlite3.Error as error:
                raise as_store_problem(error, self.path) from error
        # A second connection that reads would keep this one from committing.
        with self.reading() as database:
            database.execute("vacuum into ?", (str(new),))

    # Changes

    def write(
        self,
        work: Callable[[], T],
        *,
        urgent: bool = False,
        then: Callable[[T], object] = lambda _: None,
    ) -> T:
        """Do several things in one transaction: all of them, or none when one of them raises."""
        return self.soon(work, urgent=urgent, then=then).result()

    def soon(
        self,
        work: Callable[[], T],
        *,
        urgent: bool = False,
        then: Callable[[T], object] = lambda _: None,
    ) -> Future[T]:
        """The same, begun: it ends once it is on the disk. What is begun first is written first."""
        return self._writer.submit(work, urgent=urgent, then=then)

    def execute(self, sentence: str, *values: Value) -> int:
        """Change rows, within a change; how many were."""
        return self._connection.execute(sentence, values).rowcount

    @property
    def is_writing(self) -> bool:
        """Whether this is asked from within a change."""
        return self._writer.is_here

    def after_each(self, ended: Callable[[], object]) -> None:
        """Call this whenever what was in hand is written or refused, before anybody is told."""
        self._writer.ended = ended

    # Questions

    @contextmanager
    def reading(self) -> Generator[sqlite3.Connection]:
        """A connection to ask with."""
        try:
            if self._writer.is_here:
                # Within a change, what it has done so far is seen.
                yield self._connection
            elif not self._readers:
                with self._writer.lock:
                    yield self._connection
            elif getattr(self._here, "is_in_place", False):
                yield self._readers[0]
            else:
                reader = self._idle.get()
                try:
                    yield reader
                finally:
                    self._idle.put(reader)
        except sqlite3.Error as error:
            if is_suspect(error) and not self._writer.is_here:
                self._writer.mend_index()
            raise as_store_problem(error, self.path) from error

    def all(self, question: str, *values: Value) -> list[Row]:
        """Every row that a question finds."""
        with self.reading() as database:
            return database.execute(question, values).fetchall()

    def one(self, question: str, *values: Value) -> Row | None:
        """The first row that a question finds."""
        found = self.all(question, *values)
        return found[0] if found else None
