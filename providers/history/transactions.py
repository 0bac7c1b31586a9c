"""Transactions: all or nothing, whatever breaks, their end included."""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager, suppress


@contextmanager
def transaction(database: sqlite3.Connection) -> Generator[None]:
    """All or nothing, also where the commit itself is refused. Nothing may be awaited inside."""
    # What an end that failed left open is nobody's any more.
    roll_back(database)
    try:
        database.execute("begin immediate")
        yield
        # Waits for others that read, but not for ever: then SQLite leaves all as it is, and still open.
        database.execute("commit")
    except BaseException:
        roll_back(database)
        raise


@contextmanager
def savepoint(database: sqlite3.Connection) -> Generator[None]:
    """A part of a transaction that is undone alone when it fails."""
    database.execute("savepoint part")
    try:
        yield
    except BaseException:
        # A full disk may have undone the whole transaction already.
        if database.in_transaction:
            database.execute("rollback to part")
            database.execute("release part")
        raise
    database.execute("release part")


def roll_back(database: sqlite3.Connection) -> None:
    """Undo what is open. A disk that refuses even that is asked again before the next write."""
    with suppress(sqlite3.Error):
        if database.in_transaction:
            database.execute("rollback")
