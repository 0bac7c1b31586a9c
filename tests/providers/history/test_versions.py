"""A history of another version: a newer one is left alone, an older one is lifted, and a kill harms neither."""

import os
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from providers.durability.backup import Backups
from providers.errors import StoreProblem
from providers.history.query import Query
from providers.history.schema import MIGRATIONS, open_database
from providers.jobs.job import Job
from tests.support.histories import a_history, opened


@pytest.mark.fault("F73")
def test_a_newer_history_is_refused_as_it_is(tmp_path: Path) -> None:
    """F73: an older studio changes nothing in it."""
    a_history(tmp_path, 1)
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as database:
        database.execute(f"pragma user_version={len(MIGRATIONS) + 1}")
    before = (tmp_path / "jobs.db").read_bytes()
    with pytest.raises(StoreProblem, match="newer version"):
        opened(tmp_path)
    assert (tmp_path / "jobs.db").read_bytes() == before
    assert not (tmp_path / "backup").exists()


@pytest.mark.fault("F73")
def test_an_older_history_is_copied_before_its_tables_change(tmp_path: Path) -> None:
    """F73: whatever goes wrong half-way, the old one is there, and so is every job."""
    path = tmp_path / "jobs.db"
    database = open_database(path, migrations=MIGRATIONS[:1])
    job = Job.model_validate(
        {
            "id": "1", "owner": "local", "client_request_id": "", "token": "t", "sandbox": True,
            "request": {"kind": "image", "model": "fake:image/one", "prompt": "old"},
            "created": 1.0, "updated": 1.0, "state": "done",
        }
    )  # fmt: skip
    database.execute(
        "insert into job values ('1', 'local', '', '', 't', 'fake', null, 'image',"
        " 'fake:image/one', 'done', 1.0, 1, 'old', ?)",
        (job.model_dump_json(),),
    )
    database.close()
    broken = (*MIGRATIONS[:1], (*MIGRATIONS[1], "insert into nowhere values (1)"))
    with pytest.raises(StoreProblem):
        open_database(path, migrations=broken)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("pragma user_version").fetchone() == (1,)
    (tmp_path / "STORE").write_text("{}")
    with closing(opened(tmp_path)) as journal:
        assert journal.jobs.get("1") == job
        assert journal.figures.damaged() == 0
    assert [one.kind for one in Backups(tmp_path).all()] == ["lifted"]
    assert Backups(tmp_path).all()[0].is_sound()


@pytest.mark.fault("F109")
@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_an_older_history_with_a_row_of_flipped_bits_is_lifted(
    tmp_path: Path, version: int
) -> None:
    """F109: a byte that is no text any more costs its own row something, and no start."""
    path = tmp_path / "jobs.db"
    with closing(open_database(path, migrations=MIGRATIONS[:version])) as database:
        more, found = (", sought", ", 'a fox'") if version > 10 else ("", "")
        database.execute(
            "insert into job (id, owner, client_request_id, request_sum, token, vendor, kind, model,"
            f" state, created, revision, words, doc{more}) values ('1', 'local', '', '', 't', 'fake',"
            f" 'image', 'fake:image/one', 'done', 1.0, 1, cast(? as text), cast(? as text){found})",
            (b"a fox\xff", b'{"id": "1", "prompt": "a fox\xff"}'),
        )
    with closing(opened(tmp_path)) as journal:
        assert [job.id for job in journal.jobs.page("local", Query(text="fox")).jobs] == ["1"]
        assert journal.figures.damaged() == 1


@pytest.mark.slow
@pytest.mark.fault("F73")
def test_a_kill_at_any_point_of_lifting_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    """Each version is one transaction, and there is a copy of the old one before the first."""
    path = tmp_path / "jobs.db"
    open_database(path, migrations=MIGRATIONS[:1]).close()
    (tmp_path / "STORE").write_text("{}")
    version, deaths = 1, 0
    while (code := lifted_until(tmp_path, 1 + 3 * deaths)) and deaths < 99:
        assert code == 9
        deaths += 1
        with closing(sqlite3.connect(path)) as database:
            assert database.execute("pragma integrity_check").fetchone() == ("ok",)
            (version,) = database.execute("pragma user_version").fetchone()
            assert 1 <= version <= len(MIGRATIONS)
        assert version == 1 or "lifted" in {one.kind for one in Backups(tmp_path).all()}
    assert 5 < deaths < 99
    with closing(opened(tmp_path)) as journal:
        assert journal.figures.sizes() == (0, 0)


def lifted_until(folder: Path, point: int) -> int:
    """Open an older history in a process that dies before so many statements; its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = point

    def die(_: str) -> None:
        nonlocal left
        left -= 1
        if not left:
            os._exit(9)

    class Watched(sqlite3.Connection):
        def __init__(self, *args: object, **named: object) -> None:
            super().__init__(*args, **named)  # pyright: ignore[reportArgumentType]
            self.set_trace_callback(die)

    # What is changed here dies with this process.
    sqlite3.connect = partial(sqlite3.connect, factory=Watched)
    code = 1
    try:
        opened(folder).close()
        code = 0
    finally:
        os._exit(code)
