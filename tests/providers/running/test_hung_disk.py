"""A disk that does not come back: the studio ends, says what is missing, and loses nothing promised."""

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from providers.library.disk import Disk
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.vendor import Running, TaskUpdate, Ticket
from tests.support.fake_vendor import FakeVendor, Time, press, until
from tests.support.standing import history_of

pytestmark = pytest.mark.anyio
WAIT = 0.2
AT_LAST = 90.0
"""Seconds after which a disk comes back, so that a studio that waits for it ends the test and not the suite."""


class Hanging:
    """A disk on which no sync comes back until it is let go, once it hangs."""

    def __init__(self) -> None:
        self.is_on = False
        self.begun, self.over = threading.Event(), threading.Event()

    def fsync(self, handle: int) -> None:
        if self.is_on:
            self.begun.set()
            self.over.wait()
        os.fsync(handle)


@pytest.fixture
def disk() -> Iterator[Hanging]:
    hanging = Hanging()
    timer = threading.Timer(AT_LAST, hanging.over.set)
    timer.start()
    yield hanging
    timer.cancel()
    hanging.over.set()


def _studio(folder: Path, fake: FakeVendor, disk: Hanging) -> Studio:
    time = Time()
    return Studio(
        Settings(data_dir=folder), credentials=Credentials({"FAKE_KEY": ""}),
        vendors=[fake.vendor()], sleep=time.sleep, clock=time.clock, disk=Disk(fsync=disk.fsync),
    )  # fmt: skip


async def _turned(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - what it asks has no event of this loop
        await asyncio.sleep(0.001)


def _told(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if "Not saved" in one.getMessage()]


@pytest.mark.fault("F106", "F107")
async def test_the_studio_ends_while_a_receipt_stands_still_and_nothing_promised_is_lost(
    tmp_path: Path, disk: Hanging, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    studio = _studio(tmp_path, fake, disk)
    await studio.start()
    jobs = [await until(studio, press(studio), "running")]
    disk.is_on = True
    jobs += [press(studio, "a second fox"), press(studio, "a third fox")]
    await _turned(disk.begun.is_set)
    await studio.stop(disk_wait=WAIT)
    assert not disk.over.is_set()
    (said,) = _told(caplog)
    assert "receipts" in said
    disk.is_on = False
    disk.over.set()
    fake.end = None
    again = _studio(tmp_path, fake, disk)
    await _free(again)
    try:
        for job in jobs:
            await until(again, job, "done")
    finally:
        await again.stop()
    assert fake.created() == len(jobs)


async def _free(studio: Studio) -> None:
    """Start once the one before has let go of the folder: what stood still goes to its end first."""
    for _ in range(1000):
        try:
            return await studio.start()
        except Exception as error:
            if "already uses" not in str(error):
                raise
            await asyncio.sleep(0.01)
    raise AssertionError("The folder is never let go.")


@pytest.mark.fault("F106", "F107")
async def test_the_studio_ends_while_the_history_stands_still(
    tmp_path: Path, disk: Hanging, caplog: pytest.LogCaptureFixture
) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    studio = _studio(tmp_path, fake, disk)
    await studio.start()
    job = await until(studio, press(studio), "running")
    journal = history_of(studio)
    holding = threading.Thread(target=lambda: journal.database.write(disk.over.wait), daemon=True)
    holding.start()
    pressing = threading.Thread(target=_press, args=(studio,), daemon=True)
    pressing.start()
    await _turned(lambda: journal.database.unwritten == 2)
    await studio.stop(disk_wait=WAIT)
    assert not disk.over.is_set()
    (said,) = _told(caplog)
    assert "2 changes to the history" in said
    disk.over.set()
    holding.join()
    pressing.join()
    fake.end = None
    again = _studio(tmp_path, fake, disk)
    await _free(again)
    try:
        # Also the press, which was answered when the disk came back after all.
        for one in again.live.recent("local"):
            await until(again, one, "done")
        assert len(again.live.recent("local")) == 2
        assert again.live.get(job.id, "local").state == "done"
    finally:
        await again.stop()
    assert fake.created() == 2


def _press(studio: Studio) -> None:
    press(studio, "a fox on a disk that hangs")


@pytest.mark.fault("F106")
async def test_the_studio_ends_while_a_question_stands_still(tmp_path: Path, disk: Hanging) -> None:
    studio = _studio(tmp_path, FakeVendor(), disk)
    await studio.start()
    journal, begun = history_of(studio), threading.Event()

    def ask() -> None:
        with journal.database.reading():
            begun.set()
            disk.over.wait()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    begun.wait()
    await studio.stop(disk_wait=WAIT)
    assert not disk.over.is_set()
    disk.over.set()
    asking.join()


class Surprised(FakeVendor):
    """A vendor whose answer nobody has foreseen, once it is told to."""

    is_broken = False

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        if self.is_broken:
            raise ArithmeticError
        return await super().poll(ticket)


@pytest.mark.fault("F101", "F107")
async def test_a_job_that_breaks_while_the_history_stands_still_keeps_nobody_waiting(
    tmp_path: Path, disk: Hanging
) -> None:
    """And how it is left is shown once the disk has that."""
    fake = Surprised(end=Running(progress=0.1))
    studio = _studio(tmp_path, fake, disk)
    async with studio.running():
        job = await until(studio, press(studio), "running")
        journal = history_of(studio)
        holding = threading.Thread(
            target=lambda: journal.database.write(disk.over.wait), daemon=True
        )
        holding.start()
        await _turned(lambda: journal.database.unwritten == 1)
        fake.is_broken = True
        await _turned(lambda: journal.database.unwritten == 2)
        for _ in range(200):
            await asyncio.sleep(0)
        assert not disk.over.is_set()
        assert studio.live.get(job.id, "local").state == "running"
        assert [one.state for one in studio.live.changed_since("local", 1)] == ["running"]
        disk.over.set()
        left = await until(studio, job, "unsure")
        assert journal.jobs.get(job.id).state == left.state
        fake.is_broken, fake.end = False, None
        await studio.decisions.look_again(job.id, "local")
        await until(studio, job, "done")
        holding.join()
    assert fake.created() == 1


@pytest.mark.fault("F106", "F121")
async def test_a_folder_for_temporary_files_that_hangs_stops_no_start_and_no_job(
    tmp_path: Path, disk: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids of paid tasks go there that the data folder does not take, and are looked for at a start."""

    def hang() -> str:
        disk.begun.set()
        disk.over.wait()
        return str(tmp_path)

    monkeypatch.setattr(tempfile, "gettempdir", hang)
    fake = FakeVendor()
    studio = _studio(tmp_path / "data", fake, disk)
    async with studio.running():
        await until(studio, press(studio), "done")
        assert disk.begun.is_set()
        assert not disk.over.is_set()


STUCK = """
import asyncio, os, sys, threading
from pathlib import Path
from providers.library.disk import Disk
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.fake_vendor import FakeVendor, Time, press

begun, over, hangs = threading.Event(), threading.Event(), []

def fsync(handle):
    if hangs:
        begun.set()
        over.wait()
    os.fsync(handle)

async def main():
    time = Time()
    studio = Studio(
        Settings(data_dir=Path(sys.argv[1])), credentials=Credentials({"FAKE_KEY": ""}),
        vendors=[FakeVendor().vendor()], sleep=time.sleep, clock=time.clock, disk=Disk(fsync=fsync),
    )
    await studio.start()
    hangs.append(1)
    press(studio)
    while not begun.is_set():
        await asyncio.sleep(0.001)
    await studio.stop(disk_wait=0.2)
    print("ended", flush=True)

asyncio.run(main())
"""


@pytest.mark.fault("F106")
def test_the_process_ends_with_the_studio(tmp_path: Path) -> None:
    """No thread that stands still is waited for when Python leaves."""
    done = subprocess.run(
        [sys.executable, "-c", STUCK, str(tmp_path)],
        timeout=AT_LAST, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "ended\n"), done.stderr
