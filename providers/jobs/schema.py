"""The tables of the journal, how they came to be, and how a database is opened without risk."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

from providers.errors import StoreProblem
from providers.jobs.rows import row_sum
from providers.jobs.transactions import transaction
from providers.library.disk import Disk, is_far

SQLITE_VERSION = sqlite3.sqlite_version
Value: TypeAlias = str | int | float | None
Row: TypeAlias = tuple[Value, ...]

HELD = "state in ('queued', 'running', 'saving', 'submitting', 'unsure', 'waiting')"
"""Jobs that are not over. Questions use these very words, or their index stays unused."""
NEWEST = (
    "select max(revision) from (select revision from job union all select revision from deleted)"
)
"""The latest revision that a history holds."""

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """create table job (
            id text primary key, owner text not null, client_request_id text not null,
            request_sum text not null, token text not null, vendor text not null,
            task text, kind text not null, model text not null, state text not null,
            created real not null, revision integer not null, words text not null,
            doc text not null
        ) strict""",
        # A press of the button is one job, our mark is one job, and their task is one job.
        """create unique index job_press on job (owner, client_request_id)
            where client_request_id <> ''""",
        "create unique index job_token on job (vendor, token)",
        "create unique index job_task on job (vendor, task) where task is not null",
        "create index job_newest on job (owner, created desc, id desc)",
        "create index job_revision on job (owner, revision)",
        f"create index job_held on job (owner, created) where {HELD}",
        *(
            f"create index job_by_{column} on job (owner, {column}, created desc, id desc)"
            for column in ("kind", "state", "model")
        ),
        "create index job_counted on job (owner, kind, state, vendor, model)",
        """create table event (
            seq integer primary key, job text not null, at real not null,
            state text not null, detail text not null
        ) strict""",
        "create index event_job on event (job, seq)",
        """create table artifact (
            id text primary key, owner text not null, job text, number integer not null,
            sha256 text not null, created real not null, doc text not null
        ) strict""",
        "create unique index artifact_of_job on artifact (job, number) where job is not null",
        "create index artifact_sha256 on artifact (owner, sha256)",
        """create virtual table search using fts5
            (words, content='job', content_rowid='rowid', tokenize='unicode61 remove_diacritics 2')""",
        """create trigger job_added after insert on job begin
            insert into search (rowid, words) values (new.rowid, new.words); end""",
        """create trigger job_removed after delete on job begin
            insert into search (search, rowid, words) values ('delete', old.rowid, old.words);
        end""",
    ),
    (
        # SQLite does not notice bits that flip inside a value.
        "alter table job add column row_sum text not null default ''",
        "alter table artifact add column row_sum text not null default ''",
        "update job set row_sum = sum_of(doc)",
        "update artifact set row_sum = sum_of(doc)",
        """create table damaged (
            seq integer primary key, job text not null, at real not null, doc
        )""",
    ),
    (
        """create table ledger (
            seq integer primary key, job text not null, owner text not null,
            vendor text not null, model text not null, sandbox integer not null,
            unit text not null, day text not null,
            kind text not null check (kind in ('reserve', 'settle', 'release')),
            amount integer not null, at real not null
        ) strict""",
        "create index ledger_job on ledger (job, unit)",
        "create index ledger_caps on ledger (vendor, day, sandbox, owner, unit, kind, amount)",
        "create index ledger_owner on ledger (owner, day)",
    ),
    (
        # Room on the disk that the results of jobs which are not over will take.
        "alter table job add column room integer not null default 0",
        f"create index job_room on job (room) where {HELD}",
        # A file's rows are asked for whatever their owner.
        "create index artifact_bytes on artifact (sha256)",
        "create index job_failed on job (created) where state = 'failed' and task is not null",
    ),
    (
        # What stays of a job that a person deleted: its press, its task, its state for the ledger, and
        # the names of its files until they are removed.
        """create table deleted (
            job text primary key, owner text not null, client_request_id text not null,
            request_sum text not null, vendor text not null, task text,
            revision integer not null, doc text not null, row_sum text not null, files text not null
        ) strict""",
        "create index deleted_press on deleted (owner, client_request_id)",
        "create index deleted_task on deleted (vendor, task)",
        "create index deleted_revision on deleted (owner, revision)",
        "create index deleted_files on deleted (job) where files <> ''",
    ),
    (
        # What a person marks a job with. Tags stand between line breaks, and are found by a search.
        "alter table job add column starred integer not null default 0",
        "alter table job add column tags text not null default ''",
        "create index job_starred on job (owner, created desc, id desc) where starred = 1",
        "create index job_tagged on job (owner, created desc, id desc, tags) where tags <> ''",
        "drop trigger job_added",
        "drop trigger job_removed",
        "drop table search",
        """create virtual table search using fts5
            (words, tags, content='job', content_rowid='rowid',
            tokenize='unicode61 remove_diacritics 2')""",
        "insert into search (search) values ('rebuild')",
        """create trigger job_added after insert on job begin
            insert into search (rowid, words, tags) values (new.rowid, new.words, new.tags); end""",
        """create trigger job_removed after delete on job begin
            insert into search (search, rowid, words, tags)
            values ('delete', old.rowid, old.words, old.tags); end""",
        """create trigger job_tags after update of tags on job when old.tags <> new.tags begin
            insert into search (search, rowid, words, tags)
            values ('delete', old.rowid, old.words, old.tags);
            insert into search (rowid, words, tags) values (new.rowid, new.words, new.tags); end""",
    ),
    (
        # The batch that a job was made with.
        "alter table job add column batch text",
        """create index job_by_batch on job (owner, batch, created desc, id desc)
            where batch is not null""",
    ),
    (
        # The day that a job counts to, and until when: its name alone means other moments in another
        # zone. Entries that a change of zone had put on several days come together on the first.
        """create table reservation (
            job text primary key, vendor text not null, owner text not null, day text not null,
            made real not null, ends real not null
        ) strict, without rowid""",
        """insert into reservation
            select job, vendor, owner, day, coalesce((select created from job where id = ledger.job), at),
            coalesce(cast(strftime('%s', day, '+1 day', 'utc') as real), at + 86400)
            from ledger where seq in (select min(seq) from ledger group by job)""",
        "create index reservation_at on reservation (vendor, ends)",
        "create index reservation_of on reservation (owner, ends)",
        """update ledger set day = (select day from reservation where job = ledger.job)
            where day <> (select day from reservation where job = ledger.job)""",
        "drop index ledger_caps",
        "drop index ledger_owner",
        "drop index ledger_job",
        "create index ledger_job on ledger (job, unit, kind, amount)",
    ),
    (
        # Marks of accounts that an owner has said are of one and the same.
        """create table same_account (
            owner text not null, one text not null, other text not null
        ) strict""",
    ),
)
"""Each entry lifts the schema by one version; entries are never changed, only added."""

DAMAGED = (
    "The history {name} is damaged. It has not been changed. Put a backup in its place, "
    "or start with another data folder (STUDIO_DATA_DIR)."
)
NEWER = (
    "The data folder was written by a newer version of the studio. Update the studio, "
    "or start with another data folder (STUDIO_DATA_DIR)."
)
PATIENCE = 10.0
"""Seconds that a write waits for other programs that read the history just now."""
PRAGMAS = ("synchronous=full", "mmap_size=0", "foreign_keys=on")


class FullDisk(StoreProblem):
    """There is no room; giving some back may help."""


class DamagedHistory(StoreProblem):
    """The database cannot be read; a backup can take its place."""


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
        found: list[Row] = database.execute("pragma quick_check(1)").fetchall()
        if found != [("ok",)]:
            raise sqlite3.DatabaseError("quick_check")
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
    database.text_factory = _text
    database.create_function("sum_of", 1, row_sum, deterministic=True)
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
    database.text_factory = _text
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
    text = str(error)
    if "disk I/O" in text:
        # A limit on a file's size, a quota, or a disk that fails.
        return FullDisk(
            "The disk does not take what is written to the history. Look whether it is full or "
            "fails; what is here stays."
        )
    if any(words in text for words in ("full", "No space", "quota", "too large")):
        return FullDisk(
            "The disk is full, so nothing new can be kept. Free some space; what is here stays."
        )
    if "locked" in text or "busy" in text:
        return StoreProblem(
            "Another program uses the history just now, so nothing could be written to it. "
            "Try again in a moment."
        )
    if "malformed" in text or "not a database" in text or text == "quick_check":
        return DamagedHistory(DAMAGED.format(name=path.name))
    if "readonly" in text or "unable to open" in text or isinstance(error, PermissionError):
        return StoreProblem(
            f"The data folder {path.parent} cannot be written to. Correct its permissions, "
            "or choose another with STUDIO_DATA_DIR."
        )
    return StoreProblem(f"The history could not be used ({text[:200]}). Try again.")
