"""Another program reads the history at the moment of a commit, where no log can be shared."""

import sqlite3
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from providers.durability.backup import Backups
from providers.errors import StoreProblem
from providers.history.journal import Journal
from providers.library.cache import Cache
from providers.vendors.vendor import Ticket
from tests.support.histories import a_job


@contextmanager
def a_journal(folder: Path) -> Generator[Journal]:
    """A history on another machine's disk, whose commits wait for a moment only."""
    journal = Journal(folder / "jobs.db", far=lambda _: True, patience=0.05)
    with closing(journal):
        yield journal


@contextmanager
def a_reader(folder: Path) -> Generator[None]:
    """Another connection in the middle of reading: nobody's changes are committed meanwhile."""
    with closing(sqlite3.connect(folder / "jobs.db", isolation_level=None)) as database:
        database.execute("begin")
        database.execute("select count(*) from job").fetchall()
        yield


@pytest.mark.fault("F105")
def test_a_write_that_a_reader_keeps_out_is_told_and_the_next_one_goes_through(
    tmp_path: Path,
) -> None:
    """F105: a ticket's write, too; nothing of the write that failed is there."""
    with a_journal(tmp_path) as journal:
        job = a_job(journal, state="submitting")
        with a_reader(tmp_path), pytest.raises(StoreProblem, match="Try again in a moment"):
            a_job(journal, "kept out")
        held = job.model_copy(update={"ticket": Ticket(task="paid"), "state": "queued"})
        journal.write(held, note=True)
        assert journal.jobs.get(job.id).ticket == Ticket(task="paid")
        assert journal.figures.sizes() == (1, 0)


@pytest.mark.fault("F105")
def test_a_write_waits_for_a_reader_that_leaves_in_time(tmp_path: Path) -> None:
    """F105: nobody hears of it."""
    journal = Journal(tmp_path / "jobs.db", far=lambda _: True)
    with closing(journal):
        writer = threading.Thread(target=a_job, args=(journal,))
        with a_reader(tmp_path):
            writer.start()
        writer.join()
        assert journal.figures.sizes() == (1, 0)


@pytest.mark.fault("F105")
def test_what_a_failed_commit_left_is_in_no_rescued_copy(tmp_path: Path) -> None:
    """F105: what was never told as written is not written."""
    with a_journal(tmp_path) as journal:
        a_job(journal)
        with a_reader(tmp_path), pytest.raises(StoreProblem):
            a_job(journal, "kept out")
        journal.database.freeze("Gone.", tmp_path / "rescued.db")
    with closing(sqlite3.connect(tmp_path / "rescued.db")) as copy:
        assert copy.execute("select count(*) from job").fetchone() == (1,)


@pytest.mark.fault("F105")
def test_a_row_that_is_mended_while_it_is_marked_keeps_both(tmp_path: Path) -> None:
    """A write within a write is a part of it."""
    with a_journal(tmp_path) as journal:
        job = a_job(journal)

        def both() -> None:
            a_job(journal, "within")
            raise StoreProblem("stop")

        with pytest.raises(StoreProblem, match="stop"):
            journal.database.write(both)
        assert journal.figures.sizes() == (1, 0)
        journal.database.write(lambda: a_job(journal, "within"))
        assert journal.figures.sizes() == (2, 0)
        assert journal.jobs.get(job.id) == job


@pytest.mark.fault("F105")
def test_the_studios_own_copy_and_its_writes_do_not_collide(tmp_path: Path) -> None:
    """F105: on another machine's disk a copy is taken between two writes, never during one."""
    with a_journal(tmp_path) as journal:
        backups = Backups(tmp_path)
        taking = threading.Thread(
            target=backups.take, args=(journal.database.path, "jobs", journal.database.copy)
        )

        def write() -> None:
            taking.start()
            a_job(journal)

        journal.database.write(write)
        for number in range(50):
            a_job(journal, f"beside it {number}")
        taking.join()
        (copy,) = backups.all()
    assert copy.is_sound()
    with closing(sqlite3.connect(copy.path)) as database:
        assert database.execute("select count(*) from job").fetchone()[0] >= 1


@pytest.mark.fault("F105")
def test_a_cache_that_a_reader_keeps_out_forgets_that_once_and_keeps_the_next(
    tmp_path: Path,
) -> None:
    """F105: a commit that was refused leaves no transaction behind."""
    folder = tmp_path / "shelf"
    Cache(folder, most_bytes=1 << 20).close()
    with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as database:
        # Where no log can be shared, SQLite stays with this.
        database.execute("update Settings set value = 'delete' where key = 'sqlite_journal_mode'")
    with closing(Cache(folder, most_bytes=1 << 20, patience=0.05)) as cache:
        with closing(sqlite3.connect(folder / "cache.db", isolation_level=None)) as database:
            database.execute("begin")
            database.execute("select count(*) from Cache").fetchall()
            cache.put("kept out", 1)
        cache.put("kept", 2)
        assert (cache.value("kept out"), cache.value("kept")) == (None, 2)
