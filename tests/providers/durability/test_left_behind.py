"""States of a history that went apart: what was bought, or deleted, in one of them is so in the other."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from providers.durability.backup import Backups
from providers.durability.restore import restore
from providers.errors import InvalidRequest
from providers.history.marks import Marks
from providers.jobs.job import Job, State
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, Time, fake_studio, until
from tests.support.histories import a_history
from tests.support.put_back import HOUR, copied, history_alone, pressed, prune, studio_on
from tests.support.standing import history_of

pytestmark = pytest.mark.anyio


async def rescued(data: Path, fake: FakeVendor, clock: Time) -> tuple[Job, Path]:
    """A job that waits, in a history that went while the studio ran, and where that was saved to."""
    fake.end = Running(progress=0.5)
    async with studio_on(data, fake, clock) as studio:
        await until(studio, pressed(studio, "first"), "running")
        waits = pressed(studio, "waits")
        (data / "jobs.db").unlink()
        (data / "jobs.db").touch()
        studio.opened.maintenance.tick()
    fake.end = None
    restore(data)
    (path,) = (data / "backup").glob("rescued-*.db")
    return waits, path


@pytest.mark.fault("F95", "F65")
@pytest.mark.parametrize("how", ["named", "newest that is sound"])
async def test_what_a_rescued_history_calls_unsent_may_have_been_sent_since_it_was_put_in_place(
    tmp_path: Path, how: str
) -> None:
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    waits, path = await rescued(data, fake, clock)
    async with studio_on(data, fake, clock) as studio:
        await until(studio, waits, "done")
        for _ in range(2):
            clock.now += HOUR
            Backups(data, clock=clock.clock).take(data / "jobs.db")
        prune(history_of(studio), Backups(data))
    if how == "named":
        restore(data, name=path.name)
    else:
        for copy in (data / "backup").glob("jobs-*.db"):
            copy.write_bytes(b"not a history")
        (data / "jobs.db").unlink()
        restore(data)
    async with studio_on(data, fake, clock) as studio:
        await until(studio, waits, "done", "unsure")
    assert fake.created() == 2


async def apart(data: Path, fake: FakeVendor, clock: Time, way: str) -> Job:
    """A job that was deleted here, and marked in another state of the history after that."""
    async with studio_on(data, fake, clock) as studio:
        job = await until(studio, pressed(studio, "one"), "done")
    other = copied(data, "other")
    async with studio_on(data, fake, clock) as studio:
        await studio.decisions.delete(job.id, "local")
    async with studio_on(other, fake, clock) as studio:
        studio.keeping.mark(job.id, "local", Marks(starred=True))
    hand_over(other, data, clock, way)
    return job


def hand_over(other: Path, data: Path, clock: Time, way: str) -> None:
    """What is known in one folder comes into another: as a copy of its history, or as its receipts."""
    clock.now += HOUR
    if way == "copy":
        Backups(other, clock=clock.clock).take(other / "jobs.db")
    way = "backup" if way == "copy" else way
    shutil.copytree(other / way, data / way, dirs_exist_ok=True)


@pytest.mark.fault("F95")
@pytest.mark.parametrize("way", ["copy", "receipts"])
async def test_a_job_that_was_deleted_here_stays_so_whatever_another_state_of_the_history_knows_later(
    tmp_path: Path, way: str
) -> None:
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    job = await apart(data, fake, clock, way)
    for _ in range(2):
        async with studio_on(data, fake, clock) as studio:
            assert studio.live.recent("local") == []
            with pytest.raises(InvalidRequest, match="since been deleted"):
                pressed(studio, "one")
            assert history_of(studio).deletions.remains(job.id) is not None
    assert fake.created() == 1


@pytest.mark.fault("F95")
@pytest.mark.parametrize("way", ["copy", "receipts"])
@pytest.mark.parametrize("here", ["done", "cancelled"])
async def test_what_another_state_of_the_history_merely_marked_is_no_news_of_a_job_that_went_on_here(
    tmp_path: Path, way: str, here: State
) -> None:
    """It waits there, with a star that it got after it was made, or cancelled, here."""
    fake, clock, data = FakeVendor(end=Running(progress=0.5)), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock) as studio:
        await until(studio, pressed(studio, "first"), "running")
        job = pressed(studio, "one")
    other = copied(data, "other")
    async with studio_on(data, fake, clock) as studio:
        if here == "cancelled":
            await studio.decisions.cancel(job.id, "local")
        else:
            fake.end = None
        before = await until(studio, job, here)
    fake.end = Running(progress=0.5)
    async with studio_on(other, fake, clock) as studio:
        studio.keeping.mark(job.id, "local", Marks(starred=True))
    fake.end = None
    hand_over(other, data, clock, way)
    for _ in range(2):
        async with studio_on(data, fake, clock) as studio:
            found = await until(studio, job, here)
            assert (found.artifacts, found.starred) == (before.artifacts, True)
            assert history_of(studio).unbalanced() == []
    assert fake.created() == (2 if here == "done" else 1)


@pytest.mark.fault("F61", "F95")
async def test_a_note_of_the_last_use_that_cannot_be_read_is_no_end_of_the_start(
    tmp_path: Path,
) -> None:
    """Another user may have run the studio here once. What waits may have been sent then."""
    fake, clock, data = FakeVendor(end=Running(progress=0.5)), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock) as studio:
        await until(studio, pressed(studio, "first"), "running")
        waits = pressed(studio, "waits")
    (data / "HISTORY").unlink()
    (data / "HISTORY").mkdir()
    shutil.rmtree(data / "receipts")
    fake.requests.append(waits.request)
    fake.end = None
    studio = fake_studio(data, fake, time=clock)
    async with studio.running():
        await until(studio, waits, "unsure")
    assert fake.created() == 1


@pytest.mark.fault("F64")
def test_what_is_set_aside_takes_no_earlier_ones_place(tmp_path: Path) -> None:
    """A script puts one copy in place after the other, within one second."""
    a_history(tmp_path, 1)
    Backups(tmp_path).take(tmp_path / "jobs.db")
    before = [f"history {number}".encode() for number in range(4)]
    for content in before:
        (tmp_path / "jobs.db").write_bytes(content)
        restore(tmp_path)
    aside = [path.read_bytes() for path in sorted((tmp_path / "backup").glob("damaged-*.db"))]
    assert aside == before


@pytest.mark.fault("F95")
def test_copies_of_one_moment_are_all_kept_when_they_are_left_behind(tmp_path: Path) -> None:
    a_history(tmp_path, 1)
    backups = Backups(tmp_path, clock=lambda: 1_800_000_000.0)
    for kind in ("jobs", "lifted", "rescued"):
        backups.take(tmp_path / "jobs.db", kind)
    backups.leave(0)
    assert [one.kind for one in backups.all()] == ["left"] * 3


@pytest.mark.fault("F67", "F95")
async def test_a_deletion_that_cannot_be_read_keeps_nothing_else_of_a_copy_from_coming_back(
    tmp_path: Path,
) -> None:
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock) as studio:
        first = await until(studio, pressed(studio, "first"), "done")
    copy = copied(data)
    async with studio_on(data, fake, clock) as studio:
        await studio.decisions.delete(first.id, "local")
        second = await until(studio, pressed(studio, "second"), "done")
    clock.now += HOUR
    newest = Backups(data, clock=clock.clock).take(data / "jobs.db")
    with closing(sqlite3.connect(newest)) as database, database:
        database.execute("update deleted set doc = 'flipped'")
    shutil.rmtree(data / "receipts")
    history_alone(data, copy)
    async with studio_on(data, fake, clock) as studio:
        assert studio.live.get(second.id, "local").state == "done"
        assert pressed(studio, "second").id == second.id
    assert fake.created() == 2
