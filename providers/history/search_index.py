"""The indexes for searches. They can be had from the rows at any time, so damage to them stops nothing."""

import sqlite3
from contextlib import closing

from providers.history.transactions import transaction

INDEXES = ("search", "parts")
"""By whole words, and by every three letters in a row."""
TABLES = ("data", "idx", "docsize")
"""In which SQLite keeps each, after its name."""
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


def fill(index: str) -> str:
    """The sentence that fills an index from the rows."""
    return f"insert into {index} ({index}) values ('rebuild')"


def make_anew(database: sqlite3.Connection) -> None:
    """Fill the indexes from the rows. sqlite3.Error."""
    here = "select name from sqlite_master where name in ({})".format(", ".join("?" * len(INDEXES)))
    with closing(sqlite3.connect(":memory:")) as empty, transaction(database):
        for (index,) in database.execute(here, INDEXES).fetchall():
            # What cannot be read cannot be emptied by its own words either: it gets what an empty one holds.
            empty.execute(f"create virtual table {index} using fts5 (sought)")
            held = empty.execute(f"select id, block from {index}_data").fetchall()
            for table in TABLES:
                database.execute(f"delete from {index}_{table}")
            database.executemany(f"insert into {index}_data (id, block) values (?, ?)", held)
            database.execute(fill(index))
