"""The indexes for searches. They can be had from the rows at any time, so damage to them stops nothing."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress

from providers.history.transactions import transaction

INDEXES = ("search", "parts")
"""By whole words, and by every three letters in a row."""
TABLES = ("data", "idx", "docsize", "config")
"""In which SQLite keeps each, after its name."""
DAMAGED = (
    sqlite3.SQLITE_CORRUPT_VTAB, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_CONSTRAINT_VTAB,
)  # fmt: skip
"""What SQLite says where the index does not fit itself; rules of our own tables have numbers of their own."""
SUSPECT = (*DAMAGED, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_ERROR)
"""What it may say too, of a page of the disk or of the version that is noted for it: then it is looked at."""
NAMES_IT = ("fts5", "vtable constructor")
"""How it speaks of an index that it cannot even open."""
OF_INDEX = "FTS5"
"""What a check of the whole calls it."""
UNUSED = "never used"
"""How it calls a page that nothing is kept in, and that is not noted as free: no harm comes of it."""
MADE = "select sql from sqlite_master where name = ?"
ANEW = "anew"
"""A table for a moment, whose pages another one gets."""
MOST = 10_000
"""Findings of a check of the whole: what is no harm hides nothing else."""


class Unsound(sqlite3.DatabaseError):
    """SQLite can read it, and finds it damaged."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def is_damaged(error: BaseException | None) -> bool:
    """Whether something failed, or what it came of, since the index cannot be used."""
    return _is_one_of(error, DAMAGED) or any(word in str(error).lower() for word in NAMES_IT)


def is_suspect(error: BaseException | None) -> bool:
    """Whether the index may be why something failed, or what it came of."""
    return _is_one_of(error, SUSPECT)


def is_whole(database: sqlite3.Connection, *, mend: bool = False) -> bool:
    """Whether a history is, whatever its indexes for searches are; with `mend` those are made anew where they
    are all that is damaged. sqlite3.Error."""
    try:
        found = _found(database)
    except sqlite3.Error as error:
        if not (mend and is_suspect(error)):
            raise
        found = [OF_INDEX]
    if mend and found:
        # Only where all is well then: else nothing was changed.
        make_anew(database)
        return True
    return all(OF_INDEX in line for line in found)


def has_mended(database: sqlite3.Connection, error: BaseException | None) -> bool:
    """Whether the indexes were why something failed, and are whole now. sqlite3.Error."""
    is_page = _is_one_of(error, [sqlite3.SQLITE_CORRUPT])
    if not (is_damaged(error) or is_page or (is_suspect(error) and not _are_usable(database))):
        return False
    make_anew(database)
    return True


def make_anew(database: sqlite3.Connection) -> None:
    """Fill the indexes from the rows. sqlite3.Error, and nothing is changed, where more is damaged."""
    try:
        _fill(database, _clear)
    except sqlite3.Error:
        # What cannot even be read cannot be given back: it stays unused until all is packed anew.
        _fill(database, _move)
        with suppress(sqlite3.Error):
            database.execute("vacuum")


def _fill(
    database: sqlite3.Connection, clear: Callable[[sqlite3.Connection, str, str], None]
) -> None:
    here = "select name from sqlite_master where name in ({})".format(", ".join("?" * len(INDEXES)))
    with closing(sqlite3.connect(":memory:")) as empty, transaction(database):
        for (index,) in database.execute(here, INDEXES).fetchall():
            # What cannot be read cannot be emptied by its own words either: it gets what an empty one holds.
            empty.execute(f"create virtual table {index} using fts5 (sought)")
            for table in (f"{index}_{one}" for one in TABLES):
                (made,) = empty.execute(MADE, [table]).fetchone()
                clear(database, table, str(made))
                for row in empty.execute(f"select * from {table}"):
                    marks = ", ".join("?" * len(row))
                    database.execute(f"insert into {table} values ({marks})", row)
            database.execute(f"insert into {index} ({index}) values ('rebuild')")
        if _found(database):
            raise Unsound


def _clear(database: sqlite3.Connection, table: str, _: str) -> None:
    database.execute(f"delete from {table}")


def _move(database: sqlite3.Connection, table: str, made: str) -> None:
    """The table has other pages from now on, and nothing in them."""
    database.execute(made.replace(table, ANEW, 1))
    database.execute("pragma writable_schema=on")
    database.execute("delete from sqlite_master where name = ?", [table])
    of_its_name = "update sqlite_master set name = ?, tbl_name = ?, sql = ? where name = ?"
    database.execute(of_its_name, [table, table, made, ANEW])
    database.execute("pragma writable_schema=reset")


def _found(database: sqlite3.Connection) -> list[str]:
    """What a check of the whole finds. sqlite3.Error."""
    rows = database.execute(f"pragma quick_check({MOST})").fetchall()
    lines = [line for row in rows for line in str(row[0]).splitlines()]
    return [line for line in lines if line != "ok" and UNUSED not in line and "***" not in line]


def _are_usable(database: sqlite3.Connection) -> bool:
    try:
        for index in INDEXES:
            database.execute(f"insert into {index} ({index}) values ('integrity-check')")
            database.execute(f"select 1 from {index}_docsize limit 1")
    except sqlite3.Error:
        return False
    return True


def _is_one_of(error: BaseException | None, codes: Sequence[int]) -> bool:
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) in codes:
        return True
    return error is not None and _is_one_of(error.__cause__, codes)
