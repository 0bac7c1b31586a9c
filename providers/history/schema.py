"""The database of the journal: how it is opened without risk, and what its errors mean to people."""

import errno
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Literal, TypeAlias

from providers.errors import StoreProblem
from providers.history.migrations import MIGRATIONS
from providers.history.rows import NEWER, row_sum
from providers.history.search_index import Unsound, is_damaged, is_whole
from providers.history.sought import sought_in
from providers.history.transactions import transaction
from providers.library.disk import Disk, is_far

SQLITE_VERSION = sqlite3.sqlite_version
Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]

NEWEST = (
    "select max(revision) from (select revision from job union all select revision from deleted)"
)
"""The latest revision that a history holds."""

DAMAGED = (
    "The history {name} is damaged. Nothing was changed. Restore a backup, or start with "
    "another data folder (STUDIO_DATA_DIR)."
)
INDEX = "The search index was damaged and is being rebuilt. Search again in a moment."
PATIENCE = 10.0
"""Seconds that a write waits for other programs that read the history just now."""
PRAGMAS = ("synchronous=full", "mmap_size=0", "foreign_keys=on")


class FullDisk(StoreProblem):
    """There is no room; giving some back may help."""


class DamagedHistory(StoreProblem):
    """The database cannot be read; a backup can take its place."""


Cause = Literal["failing", "full", "busy", "damaged", "closed"]
OF_SQLITE: Mapping[int, Cause] = {
    # A limit on a file's size, a quota, or a disk that fails.
    sqlite3.SQLITE_IOERR: "failing",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_READONLY: "closed",
    sqlite3.SQLITE_CANTOPEN: "closed",
    sqlite3.SQLITE_PERM: "closed",
}
OF_THE_SYSTEM: Mapping[int, Cause] = {
    errno.EIO: "failing",
    errno.ENOSPC: "full",
    errno.EDQUOT: "full",
    errno.EFBIG: "full",
    errno.EACCES: "closed",
    errno.EPERM: "closed",
    errno.EROFS: "closed",
}
SENTENCES: Mapping[Cause, tuple[type[StoreProblem], str]] = {
    "failing": (
        FullDisk,
        "The disk does not take changes to the history. Check whether it is full or failing. "
        "Nothing already saved is lost.",
    ),
    "full": (
        FullDisk,
        "The disk is full, so nothing new can be saved. Free some space. Nothing already saved "
        "is lost.",
    ),
    "busy": (
        StoreProblem,
        "Another program is using the history, so nothing could be saved. Try again in a moment.",
    ),
    "damaged": (DamagedHistory, DAMAGED),
    "closed": (
        StoreProblem,
        "The data folder {folder} isn't writable. Fix its permissions, or choose another folder "
        "with STUDIO_DATA_DIR.",
    ),
}


def open_database(
    path: Path,
    *,
    migrations: tuple[tuple[str, ...], ...] = MIGRATIONS,
    before_lifting: Callable[[], object] = lambda: None,
    far: Callable[[Path], bool] = is_far,
    patience: float = PATIENCE,
) -> sqlite3.Connection:
    """The journal's one connection, checked and up to date. StoreProblem when it cannot be used.

    `before_lifting` is called before the tables of an older version are changed.
    """
    database: sqlite3.Connection | None = None
    try:
        # Its log is shared memory, which a folder on another machine cannot be.
        mode = "truncate" if far(path) else "wal"
        if not path.exists() or not path.stat().st_size:
            _make(path, migrations, mode)
        database = _connect(path, patience)
        version = number(database.execute("pragma user_version").fetchone())
        if version > len(migrations):
            raise StoreProblem(NEWER)
        for pragma in (f"journal_mode={mode}", *PRAGMAS):
            database.execute(f"pragma {pragma}")
        if not is_whole(database, mend=version == len(migrations)):
            raise Unsound
        if 0 < version < len(migrations):
            before_lifting()
        _lift(database, migrations, version)
    except (sqlite3.Error, OSError) as error:
        if database is not None:
            database.close()
        raise as_store_problem(error, path) from error
    except StoreProblem:
        if database is not None:
            database.close()
        raise
    return database


def _connect(path: Path, patience: float) -> sqlite3.Connection:
    # One thread writes; the one that opens and the one that closes are others.
    database = sqlite3.connect(
        path,
        timeout=patience,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    _speak(database)
    database.create_function("sum_of", 1, _sum_of, deterministic=True)
    database.create_function("sought_in", 2, _sought_in, deterministic=True)
    return database


def _make(path: Path, migrations: tuple[tuple[str, ...], ...], mode: str) -> None:
    """A new history under its name: whole and on the disk, with two syncs and not one for each table."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o600)
    with closing(_connect(new, PATIENCE)) as database:
        database.execute("pragma synchronous=off")
        database.execute("pragma journal_mode=memory")
        _lift(database, migrations, 0)
        database.execute(f"pragma journal_mode={mode}")
    disk = Disk()
    disk.sync_file(new)
    disk.replace(new, path)
    disk.sync_folder(path.parent)


def _lift(
    database: sqlite3.Connection, migrations: tuple[tuple[str, ...], ...], version: int
) -> None:
    if version == len(migrations):
        return
    with transaction(database):
        for statement in (one for statements in migrations[version:] for one in statements):
            database.execute(statement)
        database.execute(f"pragma user_version={len(migrations)}")


def _speak(database: sqlite3.Connection) -> None:
    database.text_factory = _text
    database.create_function("folded", 1, _folded, deterministic=True)


def _folded(tags: str) -> str:
    return tags.casefold()


def _sum_of(doc: str | bytes) -> str:
    # Bytes that are no text count as they are: the sum is that of no text which is read from them.
    return row_sum(doc if isinstance(doc, str) else doc.decode("utf-8", "surrogateescape"))


def _sought_in(*texts: str | bytes) -> str:
    words, tags = (one if isinstance(one, str) else _text(one) for one in texts)
    return sought_in(words, tags)


def _text(value: bytes) -> str:
    # Bytes that are no text any more are for the row's checksum to notice, not for SQLite.
    return value.decode("utf-8", "replace")


def reading(path: Path) -> sqlite3.Connection:
    """A further connection that only reads."""
    # A second writer beside the journal is what some versions of SQLite cannot take.
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection for questions beside the journal's own. sqlite3.Error."""
    database = sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=ro",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        cached_statements=256,
    )
    _speak(database)
    database.execute("pragma mmap_size=0")
    # From here on it knows the log, whatever becomes of the files' names.
    database.execute("select 1 from job limit 1").fetchall()
    return database


def copy_of(history: Path, new: Path) -> None:
    """Copy a database whole to a new file, beside a writer that goes on. sqlite3.Error."""
    with closing(reading(history)) as database:
        database.execute("vacuum into ?", (str(new),))


def number(row: Row | None) -> int:
    """The whole number in a row of one column; 0 for nothing."""
    return int(row[0]) if row and isinstance(row[0], int | float) else 0


def as_store_problem(error: Exception, path: Path) -> StoreProblem:
    """The sentence for an error of SQLite or the disk."""
    if is_damaged(error):
        # And the history itself is not, whatever SQLite calls it.
        return StoreProblem(INDEX)
    cause = _cause_of(error)
    if cause is not None:
        kind, sentence = SENTENCES[cause]
        return kind(sentence.format(name=path.name, folder=path.parent))
    return StoreProblem(f"The history could not be used ({str(error)[:200]}). Try again.")


def _cause_of(error: Exception) -> Cause | None:
    if isinstance(error, OSError):
        return OF_THE_SYSTEM.get(error.errno or 0)
    # Errors that Python's own module makes have no code; the lowest byte tells the kind.
    return OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
