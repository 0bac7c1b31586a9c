"""The moment between a vendor's answer and the first write of it: the task that it names is not lost."""

import asyncio
from pathlib import Path

import pytest

from providers.jobs.job import Job
from providers.studio.studio import Studio
from tests.support.fake_vendor import FakeVendor, fake_studio, press, running, until
from tests.support.standing import as_elsewhere, history_of, standing_still

pytestmark = pytest.mark.anyio


def silent(gate: asyncio.Event | None = None) -> FakeVendor:
    """A vendor that tells of no task that is not named to it."""
    return FakeVendor(looks=0, finds=[None] * 100, gate=gate)


async def blind(studio: Studio) -> Job:
    """A job whose answer comes while the history cannot be asked, for a reason that nobody foresaw."""

    def broken(vendor: str, task: str) -> bool:
        raise KeyError(vendor, task)

    journal = history_of(studio)
    had, journal.had = journal.had, broken
    job = await until(studio, press(studio), "unsure")
    journal.had = had
    return job


@pytest.mark.fault("F57", "F101")
async def test_f101_a_task_that_is_named_while_the_history_stands_still_outlives_the_end_of_the_studio(
    tmp_path: Path,
) -> None:
    gate = asyncio.Event()
    fake = silent(gate)
    studio = fake_studio(tmp_path, fake)
    await studio.start()
    job, journal = press(studio), history_of(studio)
    await fake.reached.wait()
    as_elsewhere(journal)
    with standing_still(journal):
        gate.set()
        await studio.opened.runner.stop(0.1)
    await studio.stop()
    async with running(tmp_path, fake) as studio:
        await until(studio, job, "done")
    assert fake.created() == 1


@pytest.mark.fault("F101")
async def test_f101_a_task_that_is_named_stays_with_its_job_whatever_breaks_then(
    tmp_path: Path,
) -> None:
    fake = silent()
    async with running(tmp_path, fake) as studio:
        job = await blind(studio)
        assert job.ticket is not None
        await studio.look_again(job.id, "local")
        await until(studio, job, "done")
    assert fake.created() == 1


@pytest.mark.fault("F101")
async def test_f101_a_task_that_is_named_stays_with_its_job_over_a_restart(tmp_path: Path) -> None:
    fake = silent()
    async with running(tmp_path, fake) as studio:
        job = await blind(studio)
    async with running(tmp_path, fake) as studio:
        await studio.look_again(job.id, "local")
        await until(studio, job, "done")
    assert fake.created() == 1
