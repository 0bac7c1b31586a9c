"""A history that cannot be asked for a moment: jobs wait for it, and go on where they stood."""

import asyncio
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from providers.errors import Unclear
from providers.history.marks import Marks
from providers.jobs.job import Job
from providers.running.life import DISK_WAIT
from providers.studio.studio import Studio
from tests.support.fake_vendor import FakeVendor, Time, png, press, running, until
from tests.support.page_feed import PageFeed
from tests.support.standing import history_of

pytestmark = pytest.mark.anyio
ASKED: Mapping[str, tuple[int, str]] = {
    "what earlier jobs took": (sqlite3.SQLITE_FUNCTION, "json_extract"),
    "whose task it is": (sqlite3.SQLITE_READ, "task"),
    "its files": (sqlite3.SQLITE_READ, "artifact"),
}
"""What is asked on a job's way, and by which word in the question it is known."""
TIMES = 3
SAID = "The history could not be used"


def first_receipt_of(studio: Studio, job: Job) -> None:
    """Let it be written: it reads the same rows, in a thread of its own."""
    receipts = studio.opened.journal.receipts
    assert receipts is not None
    receipts.wait(job.id)


def blind(studio: Studio, asked: str, times: int = TIMES) -> list[int]:
    """So often, this cannot be asked. What is left of that."""
    left, (deed, word) = [times], ASKED[asked]

    def allows(what: int, one: str | None, other: str | None, *_: str | None) -> int:
        if what != deed or word not in (one, other) or not left[0]:
            return sqlite3.SQLITE_OK
        left[0] -= 1
        return sqlite3.SQLITE_DENY

    for reader in history_of(studio).database._readers:  # pyright: ignore[reportPrivateUsage]
        reader.set_authorizer(allows)
    return left


@pytest.mark.fault("F60", "F101")
@pytest.mark.parametrize("asked", ASKED)
async def test_a_job_waits_for_a_history_that_cannot_be_asked_and_does_not_end_for_that(
    tmp_path: Path, asked: str
) -> None:
    fake = FakeVendor(creates=[Unclear("The response was lost.")])
    source = tmp_path / "fox.png"
    source.write_bytes(png())
    async with running(tmp_path / "data", fake) as studio:
        reference = await studio.files.keep("local", "fox.png", source)
        job = press(studio, references=[reference.id])
        first_receipt_of(studio, job)
        left = blind(studio, asked)
        await until(studio, job, "done")
    assert left == [0]
    assert fake.created() == 1


class Stopping(Time):
    """A clock on which one wait for the disk, the first after `stops` was set, lasts until `goes_on` is."""

    def __init__(self) -> None:
        super().__init__()
        self.stops = False
        self.stands, self.goes_on = asyncio.Event(), asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        if self.stops and seconds == DISK_WAIT:
            self.stops = False
            self.stands.set()
            await self.goes_on.wait()
        await super().sleep(seconds)


@pytest.mark.fault("F60")
@pytest.mark.parametrize("asked", ASKED)
async def test_a_page_is_told_at_once_that_a_job_waits_for_its_history(
    tmp_path: Path, asked: str
) -> None:
    fake = FakeVendor(creates=[Unclear("The answer was lost.")])
    source = tmp_path / "fox.png"
    source.write_bytes(png())
    async with running(tmp_path / "data", fake) as studio:
        reference = await studio.files.keep("local", "fox.png", source)
        with studio.live.watch("local") as changes:
            page = PageFeed(changes)
            job = press(studio, references=[reference.id])
            first_receipt_of(studio, job)
            blind(studio, asked, 1)
            await until(studio, job, "done")
            said = [detail for detail in page.read() if SAID in detail]
            assert page.held[job.id] == studio.live.get(job.id, "local")
    assert len(said) == 1


@pytest.mark.fault("F60")
async def test_a_star_takes_away_nothing_of_what_a_page_says_of_a_job(tmp_path: Path) -> None:
    fake, time = FakeVendor(), Stopping()
    async with running(tmp_path, fake, time=time) as studio:
        with studio.live.watch("local") as changes:
            page = PageFeed(changes)
            job, time.stops = press(studio), True
            blind(studio, "whose task it is", 1)
            said = await page.says(SAID)
            studio.keeping.mark(job.id, "local", Marks(starred=True))
            page.read()
            starred = page.held[job.id]
            assert starred == studio.live.get(job.id, "local")
            assert (starred.starred, starred.detail) == (True, said.detail)
            time.goes_on.set()
            await until(studio, job, "done")
            page.read()
    assert (page.held[job.id].starred, page.held[job.id].state) == (True, "done")
