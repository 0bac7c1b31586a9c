"""A history that does not take, or does not show, some of what is asked of it: told so from beside."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

WAYS = {
    # SQLite's own error for a number out of bounds: the history calls it a problem of its store.
    "disk": "select abs(-9223372036854775808)",
    "another's": "select raise(abort, 'UNIQUE constraint failed: job.vendor, job.task')",
}


@contextmanager
def refused(
    folder: Path, which: str, why: Literal["disk", "another's"] = "disk"
) -> Generator[None]:
    """Inside, no change of a job is taken of which this SQL about `new` is true."""
    name = f"refuses_{[*WAYS].index(why)}"
    when = f"before update on job when {which}"
    beside(folder, f"create trigger {name} {when} begin {WAYS[why]}; end")
    try:
        yield
    finally:
        beside(folder, f"drop trigger {name}")


@contextmanager
def away(folder: Path) -> Generator[None]:
    """Inside, no job can be read."""
    beside(folder, "alter table job rename to away")
    try:
        yield
    finally:
        beside(folder, "alter table away rename to job")


def beside(folder: Path, statement: str) -> None:
    """Have something done to a history by another program."""
    with closing(sqlite3.connect(folder / "jobs.db", isolation_level=None, timeout=10)) as database:
        database.execute(statement)
