"""A damaged index for searches: what is pressed is kept all the same, and is found again."""

import random
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import pytest

from providers.errors import StoreProblem
from providers.history.marks import Marks
from providers.history.query import Query
from providers.history.schema import DamagedHistory, open_database
from providers.jobs.job import Job
from providers.studio.studio import Studio
from tests.support.fake_vendor import FakeVendor, press, running, until
from tests.support.standing import history_of

pytestmark = [pytest.mark.anyio, pytest.mark.fault("F64", "F67")]
WAYS = {
    "nothing": "update search_data set block = zeroblob(length(block))",
    "noise": "update search_data set block = randomblob(length(block))",
    "half": "update search_data set block = substr(block, 1, length(block) / 2)",
    "gone": "delete from search_data",
    "noise among parts": "update parts_data set block = randomblob(length(block))",
    "parts gone": "delete from parts_data",
    "version gone": "delete from search_config",
    "version of parts is another": "update parts_config set v = 99",
    "sizes are gone": "drop table search_docsize",
}
PAGES = ("search_data", "search_idx", "search_docsize", "search_config", "parts_data")
"""Tables of which a page on the disk is noise."""
EVERY_WAY = (*WAYS, *PAGES)


def spoil(folder: Path, way: str) -> None:
    """Change what SQLite keeps of the index, as a failing disk would."""
    path = folder / "jobs.db"
    with closing(sqlite3.connect(path)) as database, database:
        if way in WAYS:
            database.execute(WAYS[way])
            return
        database.execute("pragma wal_checkpoint(truncate)")
        (size,) = database.execute("pragma page_size").fetchone()
        root = "select rootpage from sqlite_master where name = ?"
        (page,) = database.execute(root, [way]).fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(random.Random(way).randbytes(size))


def found(studio: Studio, text: str) -> list[str]:
    """What a search finds."""
    return [job.id for job in studio.live.page("local", Query(text=text)).jobs]


async def made(folder: Path, fake: FakeVendor) -> Job:
    """A folder with one job that is done."""
    async with running(folder, fake) as studio:
        return await until(studio, press(studio, "a red fox"), "done")


@pytest.mark.fault("F125")
@pytest.mark.parametrize("way", EVERY_WAY)
async def test_a_press_is_kept_and_a_job_deleted_though_the_index_for_searches_is_damaged(
    tmp_path: Path, way: str
) -> None:
    fake = FakeVendor()
    early = await made(tmp_path, fake)
    spoil(tmp_path, way)
    async with running(tmp_path, fake) as studio:
        late = await until(studio, press(studio, "a blue heron"), "done")
        assert found(studio, "heron") == [late.id]
        assert found(studio, "fox") == [early.id]
        history_of(studio).mark(early.id, "local", Marks(tags=("zebra",)))
        assert found(studio, "zebra") == [early.id]
        await studio.decisions.delete(early.id, "local")
        assert found(studio, "fox") == []
    assert fake.created() == 2


@pytest.mark.parametrize("way", ["noise", "half", "gone", "noise among parts", "parts gone"])
async def test_a_search_that_finds_the_index_damaged_has_it_made_anew(
    tmp_path: Path, way: str
) -> None:
    fake = FakeVendor()
    early = await made(tmp_path, fake)
    spoil(tmp_path, way)
    async with running(tmp_path, fake) as studio:
        # Newer versions of SQLite have noticed it at the start.
        with suppress(StoreProblem):
            found(studio, "fox")
        # What is asked for later is written later.
        history_of(studio).database.write(lambda: None)
        assert found(studio, "fox") == [early.id]


async def test_presses_that_are_written_together_are_all_kept(tmp_path: Path) -> None:
    fake = FakeVendor()
    await made(tmp_path, fake)
    spoil(tmp_path, "noise")
    async with running(tmp_path, fake) as studio:
        journal = history_of(studio)
        jobs = journal.database.write(
            lambda: [press(studio, f"fox {number}") for number in range(3)]
        )
        for job in jobs:
            await until(studio, job, "done")
        assert len(found(studio, "fox")) == 4
    assert fake.created() == 4


@pytest.mark.fault("F125")
@pytest.mark.parametrize("way", EVERY_WAY)
async def test_an_index_that_is_damaged_while_it_is_used_refuses_no_press(
    tmp_path: Path, way: str
) -> None:
    fake = FakeVendor()
    async with running(tmp_path, fake) as studio:
        early = await until(studio, press(studio, "a red fox"), "done")
        spoil(tmp_path, way)
        late = await until(studio, press(studio, "a blue heron"), "done")
        history_of(studio).mark(early.id, "local", Marks(tags=("zebra",)))
        with suppress(StoreProblem):
            found(studio, "fox")
        history_of(studio).database.write(lambda: None)
        assert (found(studio, "heron"), found(studio, "zebra")) == ([late.id], [early.id])
    assert fake.created() == 2


async def test_a_history_of_which_more_is_damaged_is_not_touched(tmp_path: Path) -> None:
    await made(tmp_path, FakeVendor())
    spoil(tmp_path, "event")
    before = (tmp_path / "jobs.db").read_bytes()
    with pytest.raises(DamagedHistory, match="Nothing was changed"):
        open_database(tmp_path / "jobs.db")
    assert (tmp_path / "jobs.db").read_bytes() == before
