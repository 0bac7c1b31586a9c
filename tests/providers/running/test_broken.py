"""What breaks takes nothing else with it: not the other files of a job, not its task's id, and no other job."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from providers.catalogue.requests import Request
from providers.durability.maintenance import Maintenance, RunnerCalls
from providers.durability.opening import open_history
from providers.errors import InvalidRequest, StoreProblem, Unclear
from providers.jobs.job import Job
from providers.library.vault import Vault
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.vendor import (
    Failed,
    Running,
    Succeeded,
    TaskUpdate,
    Ticket,
)
from tests.support.fake_vendor import PACE, FakeVendor, Time, press, running, until
from tests.support.histories import a_job
from tests.support.page_feed import PageFeed
from tests.support.refusing import away, beside, refused

pytestmark = pytest.mark.anyio
ANY = "1"


class Frail(FakeVendor):
    """A vendor one of whose files breaks whoever fetches it, before the others have come."""

    breaks = 1
    """How often."""

    def __init__(self, files: int = 3) -> None:
        super().__init__(files=files)
        self.broke = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].endswith("2.png") and self.breaks:
            self.breaks -= 1
            self.broke.set()
            raise RuntimeError("https://signed.example/?token=secret")
        await self.broke.wait()
        await asyncio.sleep(0.01)
        await super().__call__(scope, receive, send)


@pytest.mark.fault("F100")
async def test_a_file_that_breaks_is_fetched_again_and_takes_no_other_with_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fake = Frail()
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        assert [one.number for one in job.artifacts] == [1, 2, 3]
        assert studio.live.schedule() == []
    assert fake.created() == 1
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


@pytest.mark.fault("F100")
async def test_a_file_that_always_breaks_ends_its_job_with_the_others_kept(tmp_path: Path) -> None:
    fake = Frail()
    fake.breaks = 10**6
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        assert ([one.number for one in job.artifacts], studio.live.schedule()) == ([1, 3], [])
        assert job.error is not None
        assert "2 of 3 files are here" in job.error.message
        fake.breaks = 0
        await studio.decisions.look_again(job.id, "local")
        job = await until(studio, job, "done")
    assert len(job.artifacts) == 3
    assert fake.created() == 1


def folder_for_a_file(part: Path) -> None:
    """A folder where the file is to be written."""
    part.mkdir()


def folder_for_a_mark(part: Path) -> None:
    """A folder where it is noted what the file is."""
    part.with_name(f"{part.name}.mark").mkdir()


def nowhere(part: Path) -> None:
    """A link that leads to nothing that may be written."""
    part.symlink_to("/nowhere/at/all")


@pytest.mark.fault("F100")
@pytest.mark.parametrize("left", [folder_for_a_file, folder_for_a_mark, nowhere])
async def test_a_left_over_that_cannot_be_removed_costs_no_result(
    tmp_path: Path, left: Callable[[Path], None]
) -> None:
    fake = FakeVendor(files=2)
    async with running(tmp_path, fake) as studio:
        job = press(studio)
        left(tmp_path / "part" / f"{job.id}-1.part")
        job = await until(studio, job, "done")
        assert len(job.artifacts) == 2
        assert [one for one in (tmp_path / "part").iterdir() if one.is_file()] == []
    # Nor does it keep the studio from starting.
    async with running(tmp_path, fake) as studio:
        assert studio.live.get(job.id, "local").state == "done"


class Alike(FakeVendor):
    """A vendor at which equal requests look alike: it finds the first one's task for everybody."""

    async def find(self, request: Request, token: str, since: float) -> Ticket | None:
        await super().find(request, token, since)
        return Ticket(task="task-1", short="task-1")


@pytest.mark.fault("F101", "F57")
async def test_a_task_that_only_memory_knows_is_nobody_elses(tmp_path: Path) -> None:
    fake = Alike(accepts_unclear=False)
    async with running(tmp_path, fake) as studio:
        first = press(studio, "the first")
        with refused(tmp_path, f"new.id = '{first.id}' and new.task is not null"):
            first = await until(studio, first, "queued")
            fake.creates = [Unclear("Lost.")]
            second = await until(studio, press(studio, "the second"), "unsure")
            assert (first.ticket is not None, second.ticket) == (True, None)
            with pytest.raises(InvalidRequest, match="already has this task"):
                studio.decisions.adopt(second.id, "local", "task-1")
            with pytest.raises(InvalidRequest, match="already has this task"):
                await studio.adoption.take_in("fake", "task-1", "local", "image")
        done = await until(studio, first, "done")
        assert done.ticket is not None
        assert done.ticket.task == "task-1"
    assert fake.created() == 2


async def comes_true(holds: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(60):
        while True:
            if holds():
                return
            await asyncio.sleep(0)


ONE_SLOT = replace(PACE, slots=1)


@pytest.mark.fault("F101")
async def test_a_task_that_the_history_gives_to_another_job_ends_this_one_in_a_sentence(
    tmp_path: Path,
) -> None:
    fake = FakeVendor()
    async with running(tmp_path, fake, pace=ONE_SLOT) as studio:
        job = press(studio)
        with refused(tmp_path, f"new.id = '{job.id}' and new.task is not null", "another's"):
            job = await until(studio, job, "unsure")
            assert (job.ticket, job.error is not None) == (None, True)
            assert job.error is not None
            assert "The service named a task that belongs to another job" in job.error.message
            # Its place is free, and a person can act.
            await until(studio, press(studio, "another"), "done")
            assert studio.decisions.discard(job.id, "local").state == "discarded"
    assert fake.created() == 2


@pytest.mark.fault("F101")
async def test_a_job_that_was_deleted_from_beside_is_let_go(tmp_path: Path) -> None:
    fake = FakeVendor(updates=[Running(progress=0.1)], end=Running(progress=0.5))
    async with running(tmp_path, fake, pace=ONE_SLOT) as studio:
        job = await until(studio, press(studio), "running")
        for table, column in (("event", "job"), ("job", "id")):
            beside(tmp_path, f"delete from {table} where {column} = '{job.id}'")
        fake.end = None
        await comes_true(lambda: studio.live.schedule() == [])
        await until(studio, press(studio, "another"), "done")


class Breaking(FakeVendor):
    """A vendor whose adapter has a bug."""

    is_broken = True

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        if self.is_broken:
            raise RuntimeError
        return await super().poll(ticket)


@pytest.mark.fault("F101", "F57")
async def test_a_job_that_breaks_on_a_disk_that_takes_nothing_is_shown_and_can_be_decided_about(
    tmp_path: Path,
) -> None:
    fake = Breaking()
    async with running(tmp_path, fake, pace=ONE_SLOT) as studio:
        job = await until(studio, press(studio), "queued")
        with refused(tmp_path, ANY):
            job = await until(studio, job, "unsure")
            assert job.error is not None
            assert "Something went wrong in the studio" in job.error.message
            assert studio.live.get(job.id, "local").state == "unsure"
            assert [one.state for one in studio.live.recent("local")] == ["unsure"]
            assert studio.live.schedule() == []
            with pytest.raises(StoreProblem):
                studio.decisions.discard(job.id, "local")
        fake.is_broken = False
        await studio.decisions.look_again(job.id, "local")
        job = await until(studio, job, "done")
        await until(studio, press(studio, "another"), "done")
    assert fake.created() == 2


@pytest.mark.fault("F101", "F57")
async def test_how_a_job_broke_is_written_once_the_disk_takes_it(tmp_path: Path) -> None:
    fake = Breaking()
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "queued")
        with refused(tmp_path, ANY):
            job = await until(studio, job, "unsure")
        await comes_true(lambda: studio.live.events(job.id, "local")[-1]["state"] == "unsure")
    fake.is_broken = False
    async with running(tmp_path, fake) as studio:
        assert studio.live.get(job.id, "local").state == "unsure"
        await studio.decisions.look_again(job.id, "local")
        await until(studio, job, "done")
    assert fake.created() == 1


@pytest.mark.fault("F101", "F57")
async def test_a_page_says_why_a_job_that_broke_is_not_written_down_and_so_does_every_answer(
    tmp_path: Path,
) -> None:
    fake, tries = Breaking(), 3
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "queued")
        with studio.live.watch("local") as changes:
            page = PageFeed(changes)
            with refused(tmp_path, ANY):
                while [one.state for one in page.shown].count("unsure") < tries:
                    page.take(await changes.get())
                    if page.shown[-1].state == "unsure":
                        page.take(studio.live.get(job.id, "local"))
            said = {one.detail for one in page.shown if one.state == "unsure"}
            while page.held[job.id].detail:
                page.take(await changes.get())
            assert page.held[job.id] == studio.live.get(job.id, "local")
    assert all(said), said


BAD = "half a pair \ud83d"
UNWRITABLE: dict[str, TaskUpdate] = {
    "words": Running(progress=0.5, detail=BAD),
    "failure": Failed(code="vendor", message=BAD, charged="unknown"),
    "settings": Succeeded(outputs=(), used={"seed": BAD}),
}


@pytest.mark.fault("F101")
@pytest.mark.parametrize("update", UNWRITABLE)
async def test_words_that_no_row_can_hold_end_a_job_in_a_sentence(
    tmp_path: Path, update: str
) -> None:
    told = UNWRITABLE[update]
    fake = FakeVendor(updates=[])
    if isinstance(told, Succeeded):
        told = fake.success().model_copy(update={"used": told.used})
    fake.end = told
    async with running(tmp_path, fake, pace=ONE_SLOT) as studio:
        job = await until(studio, press(studio), "unsure", "failed")
        assert (job.ticket is not None, studio.live.schedule()) == (True, [])
        fake.end = None
        if job.state == "unsure":
            await studio.decisions.look_again(job.id, "local")
            await until(studio, job, "done")
    assert fake.created() == 1


class Cancelling(FakeVendor):
    """A vendor whose look ends because something else was cancelled: a shared connection, say."""

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        raise asyncio.CancelledError(ticket.short)


@pytest.mark.fault("F101")
async def test_somebody_elses_end_is_not_the_silent_end_of_a_job(tmp_path: Path) -> None:
    async with running(tmp_path, Cancelling()) as studio:
        job = await until(studio, press(studio), "unsure")
        assert studio.live.schedule() == []
    assert job.error is not None


@pytest.mark.fault("F101")
async def test_one_job_that_cannot_be_taken_up_stops_no_start(tmp_path: Path) -> None:
    fake = FakeVendor(end=Running(progress=0.5))
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "running")
    vendor = fake.vendor()
    made: list[int] = []

    def provider(_: object) -> FakeVendor:
        made.append(1)
        if len(made) > 1:
            raise RuntimeError
        return fake

    # There is a key now, so the sandbox that made the first job needs a connection of its own.
    time = Time()
    fake.end = None
    studio = Studio(
        Settings(data_dir=tmp_path), credentials=Credentials({"FAKE_KEY": "secret-key"}),
        vendors=[replace(vendor, provider=provider)], sleep=time.sleep, clock=time.clock,
    )  # fmt: skip
    async with studio.running():
        job = studio.live.get(job.id, "local")
        assert (job.state, job.ticket is not None) == ("unsure", True)


@pytest.mark.fault("F101")
async def test_a_job_that_cannot_be_read_when_its_turn_comes_is_taken_up_later(
    tmp_path: Path,
) -> None:
    fake, waited = FakeVendor(), asyncio.Event()
    time = Time()

    class Slow(Time):
        async def sleep(self, seconds: float) -> None:
            waited.set()
            await time.sleep(seconds)

    async with running(tmp_path, fake, time=Slow()) as studio:
        await asyncio.sleep(0)
        job = press(studio)
        with away(tmp_path):
            waited.clear()
            async with asyncio.timeout(60):
                await waited.wait()
        await until(studio, job, "done")
    assert fake.created() == 1


# Beside the jobs


@pytest.mark.fault("F100")
async def test_a_look_of_the_keeper_that_breaks_is_not_its_last(tmp_path: Path) -> None:
    vault, time = Vault(tmp_path), Time()
    vault.open()
    journal = open_history(vault)
    for prompt in ("one", "two"):
        a_job(journal, prompt, "failed", updated=time.now - 8 * 86_400, created=time.now - 86_400)
    looks: list[Job] = []
    twice = asyncio.Event()

    async def late(job: Job) -> None:
        looks.append(job)
        if len(looks) == 1:
            raise RuntimeError
        twice.set()

    calls = RunnerCalls(late=late)
    maintenance = Maintenance(journal, vault, clock=time.clock, sleep=time.sleep, calls=calls)
    running_on = asyncio.create_task(maintenance.run())
    async with asyncio.timeout(60):
        await twice.wait()
    running_on.cancel()
    await asyncio.gather(running_on, return_exceptions=True)
    journal.close()
    vault.close()
