"""Taking up jobs while the history tells or takes nothing: none is left behind, and none given up for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from providers.history.jobs import Jobs
from providers.jobs.job import Job, JobId
from providers.studio.studio import Studio
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, fake_studio, press, until
from tests.support.refusing import beside, refused

pytestmark = pytest.mark.anyio
GOES_ON = Running(progress=0.1)
UNTOLD = ("alter table same_account rename to untold", "alter table untold rename to same_account")
"""Nobody can ask which accounts are the same, and then again."""


async def sent(folder: Path, fake: FakeVendor, key: str = "key-a") -> Job:
    """A job that was sent with this key and is under way."""
    fake.end = GOES_ON
    studio = fake_studio(folder, fake, key=key)
    async with studio.running():
        return await until(studio, press(studio), "running")


async def renewed(folder: Path, fake: FakeVendor) -> Job:
    """The same, with another key since, and the person's word that both are of one account."""
    job = await sent(folder, fake)
    studio = fake_studio(folder, fake, key="key-b")
    async with studio.running():
        await studio.decisions.go_on(job.id, "local")
    return job


async def when(studio: Studio, job: Job, holds: Callable[[Job], bool]) -> None:
    """Wait until this is true of the job."""
    with studio.live.watch("local") as queue:
        async with asyncio.timeout(60):
            while not holds(studio.live.get(job.id, "local")):
                await queue.get()


async def in_time(start: Awaitable[None]) -> None:
    """A start that ends."""
    async with asyncio.timeout(60):
        await start


@pytest.mark.fault("F96", "F60")
@pytest.mark.parametrize("is_full", [False, True])
async def test_a_job_whose_account_cannot_be_asked_for_is_neither_given_up_nor_waited_for(
    tmp_path: Path, is_full: bool
) -> None:
    """It is healthy, and goes on where it stood once the history tells again."""
    fake = FakeVendor()
    job = await renewed(tmp_path, fake)
    studio, polled = fake_studio(tmp_path, fake, key="key-b"), fake.asked.count("poll")
    beside(tmp_path, UNTOLD[0])
    with refused(tmp_path, "1" if is_full else "0"):
        await in_time(studio.start())
        for _ in range(100):
            await asyncio.sleep(0)
        before = studio.live.get(job.id, "local")
        assert (before.state, before.error, studio.live.schedule()) == ("running", None, [])
    beside(tmp_path, UNTOLD[1])
    fake.updates.append(Running(progress=0.9))
    await when(studio, job, lambda now: now.progress == 0.9)
    assert fake.asked.count("poll") > polled
    told = [event["state"] for event in studio.live.events(job.id, "local")]
    await studio.stop()
    assert "unsure" not in told
    assert fake.created() == 1


@pytest.mark.fault("F96", "F59")
async def test_a_job_that_is_parked_on_a_full_disk_can_be_let_go_on_once_there_is_room(
    tmp_path: Path,
) -> None:
    fake = FakeVendor()
    job = await sent(tmp_path, fake)
    studio = fake_studio(tmp_path, fake, key="key-b")
    with refused(tmp_path, "1"):
        await in_time(studio.start())
        assert studio.live.get(job.id, "local").parked is None
    await when(studio, job, lambda now: now.parked == "other_account")
    fake.updates.append(Running(progress=0.9))
    assert (await studio.decisions.go_on(job.id, "local")).parked is None
    await when(studio, job, lambda now: now.progress == 0.9)
    await studio.stop()
    assert fake.created() == 1


@pytest.mark.fault("F115")
async def test_whatever_breaks_before_a_job_is_taken_up_no_job_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake, get, broken = FakeVendor(), Jobs.get, [RuntimeError("can't start new thread")] * 3
    studio = fake_studio(tmp_path, fake)

    def breaks(jobs: Jobs, job_id: JobId, owner: str | None = None) -> Job:
        if broken and owner is None:
            raise broken.pop()
        return get(jobs, job_id, owner)

    async with studio.running():
        monkeypatch.setattr(Jobs, "get", breaks)
        jobs = [press(studio, f"a red fox, take {take}") for take in range(3)]
        for job in jobs:
            await until(studio, job, "done")
    assert (broken, fake.created()) == ([], 3)


@pytest.mark.fault("F59", "F101")
async def test_a_start_ends_though_a_full_disk_does_not_take_how_a_job_is_left_that_broke(
    tmp_path: Path,
) -> None:
    fake = FakeVendor()
    await sent(tmp_path, fake, key="")
    studio = fake_studio(tmp_path, fake, key="key-a")
    # The sandbox that made the job needs a connection of its own now, and there is none.

    def provider(_: object) -> FakeVendor:
        raise RuntimeError

    broken = replace(studio.connections["fake"].vendor, provider=provider)
    studio.connections["fake"] = replace(studio.connections["fake"], vendor=broken)
    with refused(tmp_path, "1"):
        await in_time(studio.start())
    await studio.stop()
