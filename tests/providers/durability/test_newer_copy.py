"""An older history is put back beside newer copies of it: what only they know comes back, bought once."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from providers.catalogue.models import Cost
from providers.durability.backup import Backups
from providers.durability.restore import begin_anew, restore
from providers.errors import InvalidRequest
from providers.history.marks import Marks
from providers.history.query import Query
from providers.jobs.job import Job
from providers.studio.studio import Studio
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, Time, png, press, until
from tests.support.put_back import (
    HOUR,
    alone,
    alone_today,
    asked,
    copied,
    history_alone,
    pressed,
    run,
    studio_on,
    with_files,
)
from tests.support.standing import history_of

pytestmark = [pytest.mark.slow, pytest.mark.anyio]
Way = Callable[[Path, Path], None]


def over_today(folder: Path, copy: Path) -> None:
    """The history alone is written over, and is of this moment."""
    run("cp", *sorted(copy.glob("jobs.db*")), folder)


def keeping_backups(way: Way) -> Way:
    """The same, and the copies of the newer history stay where they are."""

    def put_back(folder: Path, copy: Path) -> None:
        kept = shutil.copytree(folder / "backup", folder.parent / "kept")
        files = shutil.copytree(folder / "artifacts", folder.parent / "files")
        way(folder, copy)
        shutil.rmtree(folder / "backup", ignore_errors=True)
        kept.rename(folder / "backup")
        if not (folder / "artifacts").exists():
            files.rename(folder / "artifacts")

    return put_back


WAYS = {
    way.__name__: keeping_backups(way)
    for way in (history_alone, over_today, alone, alone_today, with_files)
}


@dataclass
class Lived:
    """A folder that went on after it was copied."""

    copy: Path
    jobs: dict[str, Job]
    states: dict[str, list[object]]
    sums: object


def moment(studio: Studio, name: str, job: Job) -> list[object]:
    """What must be as it was about a job."""
    found = studio.live.get(job.id, "local")
    steps = [(one["state"], one["at"]) for one in studio.live.events(job.id, "local")]
    return [name, found.model_copy(update={"revision": 0, "detail": ""}), steps]


async def lived_on(data: Path, fake: FakeVendor, clock: Time, *, receipts: bool) -> Lived:
    """Jobs are done, marked, deleted, being made and waiting after the folder was copied."""
    async with studio_on(data, fake, clock) as studio:
        await until(studio, pressed(studio, "early"), "done")
        marked = await until(studio, pressed(studio, "marked"), "done")
    copy = copied(data)
    async with studio_on(data, fake, clock) as studio:
        jobs = {"marked": marked, "done": await until(studio, pressed(studio, "done"), "done")}
        studio.keeping.mark(marked.id, "local", Marks(starred=True, tags=("sky",)))
        studio.keeping.mark(jobs["done"].id, "local", Marks(tags=("sea",)))
        deleted = await until(studio, pressed(studio, "deleted"), "done")
        await studio.decisions.delete(deleted.id, "local")
        states = {name: moment(studio, name, job) for name, job in jobs.items()}
        sums = history_of(studio).ledger.spent("local", 30)
        fake.end = Running(progress=0.5)
        jobs["made"] = await until(studio, pressed(studio, "made"), "running")
        jobs["waits"] = pressed(studio, "waits")
        # So that it may be looked for.
        fake.requests.append(asked("waits"))
    clock.now += HOUR
    Backups(data, clock=clock.clock).take(data / "jobs.db")
    fake.end = None
    if not receipts:
        shutil.rmtree(data / "receipts")
    return Lived(copy, jobs | {"deleted": deleted}, states, sums)


@pytest.mark.fault("F95")
@pytest.mark.parametrize("receipts", [True, False])
@pytest.mark.parametrize("way", WAYS)
async def test_what_only_a_newer_copy_knows_comes_back_whole(
    tmp_path: Path, way: str, receipts: bool
) -> None:
    """Jobs with files, steps, marks and sums; what was deleted stays deleted; no press buys again."""
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    lived = await lived_on(data, fake, clock, receipts=receipts)
    WAYS[way](data, lived.copy)
    bought = fake.created()
    async with studio_on(data, fake, clock) as studio:
        for name, job in lived.jobs.items():
            if name in lived.states:
                assert moment(studio, name, job) == lived.states[name]
                assert pressed(studio, name).id == job.id
        again = studio.live.get(lived.jobs["done"].id, "local")
        assert studio.files.path(again.artifacts[0]).read_bytes() == png(1)
        assert [one.id for one in studio.live.page("local", Query(text="sea")).jobs] == [again.id]
        with pytest.raises(InvalidRequest, match="since been deleted"):
            pressed(studio, "deleted")
        assert pressed(studio, "made").id == lived.jobs["made"].id
        assert pressed(studio, "waits").id == lived.jobs["waits"].id
        await until(studio, lived.jobs["made"], "done")
        await until(studio, lived.jobs["waits"], "done", "unsure")
        journal = history_of(studio)
        assert journal.unbalanced() == []
        assert len(studio.live.page("local", Query()).jobs) == 5
    # The one that waited was sent once at most, and nothing else was.
    assert fake.created() <= bought + 1
    assert not [*(data / "backup").glob("*.new*")]


@pytest.mark.fault("F95", "F97")
async def test_a_job_that_comes_back_costs_what_it_did_and_counts_to_its_day(
    tmp_path: Path,
) -> None:
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock) as studio:
        await until(studio, press(studio, "early"), "done")
    copy = copied(data)
    async with studio_on(data, fake, clock) as studio:
        job = await until(studio, pressed(studio, "done"), "done")
        journal = history_of(studio)
        changes = {"cost": Cost(amount=0.25, unit="$"), "revision": journal.revisions.next()}
        journal.write(job.model_copy(update=changes), note=True)
    with closing(sqlite3.connect(data / "jobs.db")) as database, database:
        # As if it had been pressed in another zone.
        database.execute("update reservation set day = '2001-02-03' where job = ?", (job.id,))
        database.execute("update ledger set day = '2001-02-03' where job = ?", (job.id,))
    clock.now += HOUR
    Backups(data, clock=clock.clock).take(data / "jobs.db")
    shutil.rmtree(data / "receipts")
    history_alone(data, copy)
    async with studio_on(data, fake, clock) as studio:
        journal = history_of(studio)
        assert journal.unbalanced() == []
        with journal.database.reading() as database:
            question = (
                "select distinct day, sum(amount) from ledger where job = ? and kind = 'settle'"
            )
            assert database.execute(question, (job.id,)).fetchall() == [("2001-02-03", 250_000)]


@pytest.mark.fault("F95")
async def test_a_copy_that_is_taken_in_is_not_newer_any_more(tmp_path: Path) -> None:
    """Nothing is doubted at the starts that follow."""
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    lived = await lived_on(data, fake, clock, receipts=False)
    history_alone(data, lived.copy)
    async with studio_on(data, fake, clock) as studio:
        await until(studio, lived.jobs["waits"], "done", "unsure")
        await until(studio, lived.jobs["made"], "done")
        fake.end = Running(progress=0.5)
        await until(studio, press(studio, "ahead"), "running")
        late = press(studio, "late")
    fake.end, looks, bought = None, fake.asked.count("find"), fake.created()
    async with studio_on(data, fake, clock) as studio:
        await until(studio, late, "done")
    assert (fake.asked.count("find"), fake.created()) == (looks, bought + 1)


@pytest.mark.fault("F95")
@pytest.mark.parametrize("way", ["named", "anew"])
async def test_what_a_person_left_behind_on_purpose_stays_there(tmp_path: Path, way: str) -> None:
    """An older copy is named, or a new history is begun: the newer copies are kept, and stay out of it."""
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock) as studio:
        await until(studio, pressed(studio, "early"), "done")
    early = Backups(data, clock=clock.clock).take(data / "jobs.db")
    lived = await lived_on(data, fake, clock, receipts=False)
    newest = Backups(data).all()[0]
    if way == "named":
        restore(data, name=early.name)
    else:
        begin_anew(data)
    for _ in range(2):
        async with studio_on(data, fake, clock) as studio:
            found = {job.request.prompt for job in studio.live.page("local", Query()).jobs}
            assert found == ({"early"} if way == "named" else set())
    kept = {one.stamp: one.kind for one in Backups(data).all()}
    assert kept[newest.stamp] == "left"
    restore(data, name=f"left-{newest.stamp}.db")
    async with studio_on(data, fake, clock) as studio:
        assert studio.live.get(lived.jobs["done"].id, "local").state == "done"


@pytest.mark.fault("F95")
async def test_a_job_that_does_not_fit_is_left_out_and_a_press_of_two_jobs_shows_both(
    tmp_path: Path,
) -> None:
    """An older version opened the history that was put back, and its press was pressed again there."""
    fake, clock, data = FakeVendor(), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock) as studio:
        await until(studio, pressed(studio, "early"), "done")
    copy = copied(data)
    async with studio_on(data, fake, clock) as studio:
        one = await until(studio, pressed(studio, "twice"), "done")
    clock.now += HOUR
    Backups(data, clock=clock.clock).take(data / "jobs.db")
    run("mv", data / "backup", tmp_path / "kept")
    shutil.rmtree(data / "receipts")
    history_alone(data, copy)
    async with studio_on(data, fake, clock) as studio:
        two = pressed(studio, "twice")
        await until(studio, two, "done")
    with closing(sqlite3.connect(data / "jobs.db")) as database, database:
        # As far as an older version, which did not look at copies, had numbered it.
        database.execute("update job set revision = 5 where id = ?", (two.id,))
        database.execute("update job set revision = 4 where id <> ?", (two.id,))
    shutil.rmtree(data / "receipts")
    run("mv", tmp_path / "kept", data / "backup")
    async with studio_on(data, fake, clock) as studio:
        shown = {job.id for job in studio.live.page("local", Query(text="twice")).jobs}
        assert shown == {one.id, two.id}
        assert pressed(studio, "twice").id == two.id


@pytest.mark.fault("F95", "F66")
@pytest.mark.parametrize("receipts", [True, False])
@pytest.mark.parametrize("how", [("cp",), ("cp", "-a"), ("cp", "--remove-destination")])
async def test_a_copy_that_is_put_in_place_by_hand_is_not_read_with_the_log_that_a_kill_left(
    tmp_path: Path, how: tuple[str, ...], receipts: bool
) -> None:
    """The log is of the history that was there: it is set aside, and the newest copy is taken in."""
    fake, clock, data = FakeVendor(end=Running(progress=0.5)), Time(), tmp_path / "data"
    async with studio_on(data, fake, clock, killed=True) as studio:
        first = await until(studio, pressed(studio, "first"), "running")
        waits = pressed(studio, "waits")
        early = Backups(data, clock=clock.clock).take(data / "jobs.db")
        fake.end = None
        jobs = [await until(studio, job, "done") for job in (first, waits)]
        jobs += [await until(studio, press(studio, f"later {n}"), "done") for n in range(5)]
        clock.now += HOUR
        Backups(data, clock=clock.clock).take(data / "jobs.db")
    if not receipts:
        shutil.rmtree(data / "receipts")
    run(*how, early, data / "jobs.db")
    async with studio_on(data, fake, clock) as studio:
        assert {studio.live.get(job.id, "local").state for job in jobs} == {"done"}
        assert pressed(studio, "waits").id == waits.id
        assert history_of(studio).figures.damaged() == 0
    assert fake.created() == 7
    assert [*(data / "backup").glob("damaged-*.db-wal")]
