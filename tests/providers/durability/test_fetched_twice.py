"""Files that were fetched twice, as a folder was put back: receipts of the later ones are taken in."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from providers.jobs.job import Job
from providers.studio.studio import Studio
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, Time, fake_studio, press, until
from tests.support.put_back import copied, history_alone, instead

pytestmark = [pytest.mark.anyio, pytest.mark.fault("F95")]


@dataclass
class World:
    """A data folder, its vendor and its time, which goes on over restarts."""

    folder: Path
    fake: FakeVendor = field(default_factory=FakeVendor)
    time: Time = field(default_factory=Time)

    def studio(self) -> Studio:
        """The studio of this folder, to be started."""
        return fake_studio(self.folder, self.fake, time=self.time)


async def done(world: World, job: Job) -> Job:
    """The job with its files."""
    studio = world.studio()
    async with studio.running():
        return await until(studio, job, "done")


async def fetched_twice(world: World) -> tuple[Job, Job, Path]:
    """A job as it was done at first and as it is now, and the folder of the first time."""
    world.fake.end = Running(progress=0.1)
    studio = world.studio()
    async with studio.running():
        job = await until(studio, press(studio), "running")
    world.fake.end = None
    before = copied(world.folder, "before")
    first = await done(world, job)
    at_first = copied(world.folder, "at-first")
    instead(world.folder, before)
    again = await done(world, job)
    assert first.artifacts[0].id != again.artifacts[0].id
    return first, again, at_first


async def test_a_receipt_of_files_that_were_fetched_again_is_taken_in(tmp_path: Path) -> None:
    world = World(tmp_path / "data")
    _, again, at_first = await fetched_twice(world)
    history_alone(world.folder, at_first)
    studio = world.studio()
    async with studio.running():
        job = studio.live.get(again.id, "local")
        assert job.artifacts == again.artifacts
        assert studio.files.path(studio.files.get(job.artifacts[0].id, "local")).exists()
    assert world.fake.created() == 1


async def test_a_job_that_was_made_from_a_file_that_was_fetched_again_is_not_lost(
    tmp_path: Path,
) -> None:
    world = World(tmp_path / "data")
    _, again, at_first = await fetched_twice(world)
    studio = world.studio()
    async with studio.running():
        made = press(studio, "a red fox in snow", references=[again.artifacts[0].id])
        made = await until(studio, made, "done")
    for receipt in (world.folder / "receipts").glob(f"{again.id}.*"):
        receipt.unlink()
    history_alone(world.folder, at_first)
    studio = world.studio()
    async with studio.running():
        assert studio.live.get(made.id, "local").ticket == made.ticket
        assert studio.files.get(again.artifacts[0].id, "local").sha256 == again.artifacts[0].sha256
    assert world.fake.created() == 2
