"""The index for searches. It can be had from the rows at any time, so damage to it stops nothing."""

import sqlite3
from contextlib import closing

from providers.history.transactions import transaction

TABLES = ("search_data", "search_idx", "search_docsize")
"""In which SQLite keeps it."""
DAMAGED = (
    sqlite3.SQLITE_CORRUPT_VTAB, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_CONSTRAINT_VTAB,
)  # fmt: skip
"""What SQLite says where the index does not fit itself; rules of our own tables have numbers of their own."""

OF_INDEX = "FTS5"
"""What a check of the whole calls it."""


def is_damaged(error: BaseException | None) -> bool:
    """Whether something failed, or what it came of, since the index cannot be used."""
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) in DAMAGED:
        return True
    return error is not None and is_damaged(error.__cause__)


def is_whole(database: sqlite3.Connection, *, mend: bool = False) -> bool:
    """Whether a history is, whatever its index for searches is; with `mend` that is made anew where newer
    versions of SQLite, which look at it too, find it damaged. sqlite3.Error."""
    try:
        found = [str(row[0]) for row in database.execute("pragma quick_check(10)").fetchall()]
    except sqlite3.Error as error:
        if not (mend and is_damaged(error)):
            raise
        found = [OF_INDEX]
    other = [line for line in found if OF_INDEX not in line]
    if mend and len(other) < len(found):
        make_anew(database)
        return is_whole(database)
    return other in ([], ["ok"])


def make_anew(database: sqlite3.Connection) -> None:
    """Fill the index from the rows. sqlite3.Error."""
    with closing(sqlite3.connect(":memory:")) as empty, transaction(database):
        # What cannot be read cannot be emptied by its own words either: it gets what an empty one holds.
        empty.execute("create virtual table search using fts5 (sought)")
        held = empty.execute("select id, block from search_data").fetchall()
        for table in TABLES:
            database.execute(f"delete from {table}")
        database.executemany("insert into search_data (id, block) values (?, ?)", held)
        database.execute("insert into search (search) values ('rebuild')")
