"""A create call waits for its job's receipt, for a bounded time; nobody else does."""

import asyncio
import os
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from providers.history.journal import Journal
from providers.history.receipts import Receipts, receipts
from providers.jobs.job import Job
from providers.library.disk import Disk
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.fake_vendor import FakeVendor, Time, press, running, until
from tests.support.histories import a_job

pytestmark = pytest.mark.anyio


def a_studio(folder: Path, fake: FakeVendor, written: threading.Event) -> Studio:
    """A studio whose receipts are not on the disk before `written` is set."""

    def fsync(handle: int) -> None:
        if threading.current_thread().name.startswith("receipts"):
            written.wait(20)
        os.fsync(handle)

    timeline = Time()
    return Studio(
        Settings(data_dir=folder), credentials=Credentials({}), vendors=[fake.vendor()],
        sleep=timeline.sleep, clock=timeline.clock, disk=Disk(fsync=fsync),
    )  # fmt: skip


async def about_to_be_sent(studio: Studio) -> Job:
    """A job that is written down as sent, and waits for its receipt."""
    job = press(studio)
    async with asyncio.timeout(60):
        while job.submitted is None:
            await asyncio.sleep(0)
            job = studio.live.get(job.id, "local")
    return job


async def test_a_slow_disk_holds_up_the_purchase_and_nobody_else(tmp_path: Path) -> None:
    """P18: while a receipt is being written, pages are answered; the create call waits for it."""
    fake, written = FakeVendor(), threading.Event()
    studio = a_studio(tmp_path, fake, written)
    async with studio.running():
        job = await about_to_be_sent(studio)
        assert studio.live.get(job.id, "local") == job
        assert fake.created() == 0
        written.set()
        await until(studio, job, "done")
    assert fake.created() == 1


async def test_a_job_that_is_cancelled_while_its_receipt_is_written_is_not_bought(
    tmp_path: Path,
) -> None:
    """P2: until the create call leaves, cancelling costs nothing."""
    fake, written = FakeVendor(), threading.Event()
    studio = a_studio(tmp_path, fake, written)
    async with studio.running():
        job = await about_to_be_sent(studio)
        asked = asyncio.create_task(studio.decisions.cancel(job.id, "local"))
        await asyncio.sleep(0)
        written.set()
        await asked
        job = await until(studio, job, "cancelled")
    assert job.error is not None
    assert (job.error.charged, job.submitted, fake.created()) == ("no", None, 0)


@pytest.mark.fault("F104", "F89")
async def test_what_was_not_sent_yet_at_the_end_waits_for_the_next_start(tmp_path: Path) -> None:
    """Written down as sent, and stopped before the first byte: nothing is unsure about it."""
    fake, written = FakeVendor(), threading.Event()
    studio = a_studio(tmp_path, fake, written)
    await studio.start()
    job = await about_to_be_sent(studio)

    def let_go() -> None:
        # Beside the loop, which waits for the last receipts at the end.
        with closing(sqlite3.connect(tmp_path / "jobs.db")) as history:
            for _ in range(1500):
                if history.execute("select state from job").fetchone() == ("waiting",):
                    break
                time.sleep(0.01)
        written.set()

    letting = asyncio.create_task(asyncio.to_thread(let_go))
    await studio.stop()
    await letting
    assert fake.created() == 0
    async with running(tmp_path, fake) as studio:
        await until(studio, job, "done")
    assert (fake.created(), "find" in fake.asked) == (1, False)


async def test_a_disk_that_hangs_delays_a_purchase_by_a_bounded_time(tmp_path: Path) -> None:
    """P18: the wait for a receipt has an end."""
    hanging = threading.Event()

    def fsync(_: int) -> None:
        hanging.wait(20)

    with closing(Journal(tmp_path / "jobs.db")) as journal:
        slow = Disk(fsync=fsync)
        kept = Receipts(tmp_path / "receipts", journal.receipt, disk=slow, patience=0.05)
        journal.leave(kept)
        job = a_job(journal, "held", "queued")
        sent = a_job(journal, "sent", "submitting", ticket=None, submitted=1.0)
        async with asyncio.timeout(60):
            await kept.settle(job)
            await kept.settle(sent)
        assert receipts(tmp_path / "receipts") != {}
        hanging.set()


async def test_a_job_that_is_cancelled_before_anybody_took_it_up_is_never_bought(
    tmp_path: Path,
) -> None:
    """P2: the list says cancelled, so nothing of it may be sent afterwards."""
    fake = FakeVendor()
    async with running(tmp_path, fake) as studio:
        job = press(studio, "not wanted")
        await studio.decisions.cancel(job.id, "local")
        other = await until(studio, press(studio, "wanted"), "done")
        assert studio.live.get(job.id, "local").state == "cancelled"
        assert [one.id for one in studio.live.recent("local") if one.ticket] == [other.id]
    assert fake.created() == 1
