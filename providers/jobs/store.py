"""The database of a data folder while it is in use: one connection, one lock, and what guards both."""

import os
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TypeVar

from providers.errors import InvalidRequest, Problem, StoreProblem
from providers.jobs.schema import (
    PATIENCE,
    FullDisk,
    Row,
    Value,
    as_store_problem,
    copy_of,
    open_database,
    roll_back,
    savepoint,
    transaction,
)
from providers.library.disk import is_far

T = TypeVar("T")
HELD_TWICE = Problem("task", "Another job already has this task. Look at that one.")


class Store:
    """Small writes, each durable when the call returns. Every method raises StoreProblem.

    `make_room` gives a full disk some room back, and tells whether it could. `before_lifting` is
    called before the tables of an older version are changed. `far` tells whether a path lies where no
    log can be shared. `patience` is in seconds: how long a write waits for other programs.
    """

    def __init__(
        self,
        path: Path,
        *,
        make_room: Callable[[], bool] = lambda: False,
        before_lifting: Callable[[], object] = lambda: None,
        far: Callable[[Path], bool] = is_far,
        patience: float = PATIENCE,
    ) -> None:
        self.path = path
        self._make_room = make_room
        self._frozen = ""
        self._lock = threading.RLock()
        self._is_writing = False
        open_it = partial(
            open_database, path, before_lifting=before_lifting, far=far, patience=patience
        )
        try:
            self._database = open_it()
        except FullDisk:
            # What is kept must be readable on a full disk too.
            if not make_room():
                raise
            self._database = open_it()
        self._inode = path.stat().st_ino

    def close(self) -> None:
        """Write the log back into the database and close it."""
        with self._lock:
            self._database.close()

    @property
    def uses_log(self) -> bool:
        """Whether the newest writes lie in a file of their own beside the database."""
        return self._one("pragma journal_mode") == ("wal",)

    @property
    def is_in_place(self) -> bool:
        """Whether the file under the database's name is still the one that was opened."""
        try:
            return os.stat(self.path).st_ino == self._inode
        except OSError:
            return False

    @property
    def is_frozen(self) -> bool:
        """Whether nothing is written any more."""
        return bool(self._frozen)

    def freeze(self, sentence: str, rescue: Path) -> None:
        """Write nothing more, and copy all that is known to a new file. StoreProblem if it cannot be."""
        with self._lock:
            self._frozen = sentence
            roll_back(self._database)
            try:
                with closing(sqlite3.connect(rescue, isolation_level=None)) as target:
                    rescue.chmod(0o600)
                    self._database.backup(target)
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
        with self._reading():
            self._database.execute("vacuum into ?", (str(new),))

    def together(self, work: Callable[[], T]) -> T:
        """Do several things in one transaction: all of them, or none when one of them raises."""
        return self._write(work)

    def _write(self, work: Callable[[], T], *, urgent: bool = False) -> T:
        # Urgent is what must not be lost: for it, and it alone, room is made on a full disk.
        try:
            return self._once(work)
        except FullDisk:
            if not (urgent and self._make_room()):
                raise
        return self._once(work)

    def _once(self, work: Callable[[], T]) -> T:
        with self._lock:
            if self._frozen:
                raise StoreProblem(self._frozen)
            try:
                with self._writing():
                    return work()
            except sqlite3.IntegrityError as error:
                raise InvalidRequest([HELD_TWICE]) from error
            except sqlite3.Error as error:
                raise as_store_problem(error, self.path) from error

    @contextmanager
    def _writing(self) -> Generator[None]:
        if self._is_writing:
            # A write within a write is a part of it.
            with savepoint(self._database):
                yield
            return
        self._is_writing = True
        try:
            with transaction(self._database):
                yield
        finally:
            self._is_writing = False

    @contextmanager
    def _reading(self) -> Generator[None]:
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise as_store_problem(error, self.path) from error

    def _all(self, question: str, *values: Value) -> list[Row]:
        with self._reading():
            return self._database.execute(question, values).fetchall()

    def _one(self, question: str, *values: Value) -> Row | None:
        found = self._all(question, *values)
        return found[0] if found else None
