"""A studio that makes one thing at a time, on disks that fail."""

import errno
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from providers.jobs.job import Job
from providers.library.disk import Disk
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.vendor import Running
from tests.support.fake_vendor import PACE, FakeVendor, Time, press, until

ONE = replace(PACE, slots=1)


@asynccontextmanager
async def studio_on(
    folder: Path, fake: FakeVendor, *, receipts: Path | None = None, disk: Disk | None = None
) -> AsyncGenerator[Studio]:
    """A studio that makes one thing at a time."""
    time = Time()
    studio = Studio(
        Settings(data_dir=folder, receipts_dir=receipts), credentials=Credentials({}),
        vendors=[fake.vendor(ONE)], sleep=time.sleep, clock=time.clock, disk=disk,
    )  # fmt: skip
    async with studio.running():
        yield studio


async def pressed_twice(folder: Path, fake: FakeVendor) -> tuple[Job, Job]:
    """One job that is being made and one that waits for its place, when the studio is gone."""
    fake.end = Running(progress=0.5)
    async with studio_on(folder, fake) as studio:
        first = await until(studio, press(studio, "first"), "running")
        second = press(studio, "second")
    fake.end = None
    return first, second


class Failing:
    """A disk that takes no receipts, and may not let go of any either."""

    def __init__(self) -> None:
        self.fails = False

    def fsync(self, handle: int) -> None:
        if self.fails and "receipts" in os.readlink(f"/proc/self/fd/{handle}"):
            raise OSError(errno.EIO, "Input/output error")
        os.fsync(handle)
