"""What an error of SQLite or the system means is told by its code, whatever its text says."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from providers.history.schema import DamagedHistory, FullDisk, Unsound, as_store_problem


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EFBIG, "disk is full"),
        (errno.EIO, "does not take"),
        (errno.EACCES, "permissions"),
        (errno.EROFS, "permissions"),
    ],
)
def test_an_error_of_the_system_is_known_in_every_language(number: int, words: str) -> None:
    error = OSError(number, "Es ist kein Platz mehr")
    assert words in str(as_store_problem(error, Path("jobs.db")))


@pytest.mark.parametrize("word", ["full", "busy", "locked", "malformed", "readonly", "quota"])
def test_a_word_in_an_error_of_sqlite_means_nothing(word: str) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        with pytest.raises(sqlite3.OperationalError, match=word) as caught:
            database.execute(f"select {word} from nowhere_{word}")
        problem = as_store_problem(caught.value, Path("jobs.db"))
    assert str(problem).startswith("The history could not be used")


def test_a_database_that_is_none_or_unsound_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    path.write_bytes(b"no database at all" * 99)
    with (
        closing(sqlite3.connect(path)) as database,
        pytest.raises(sqlite3.DatabaseError) as caught,
    ):
        database.execute("pragma user_version=3")
    assert isinstance(as_store_problem(caught.value, path), DamagedHistory)
    assert isinstance(as_store_problem(Unsound(), path), DamagedHistory)


def test_a_full_database_is_a_full_disk(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as database:
        database.execute("create table row (text)")
        database.execute("pragma max_page_count=3")
        with pytest.raises(sqlite3.OperationalError) as caught:
            database.execute("insert into row values (?)", ("x" * 99_999,))
    assert isinstance(as_store_problem(caught.value, Path("jobs.db")), FullDisk)
