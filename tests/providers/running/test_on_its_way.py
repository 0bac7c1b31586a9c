"""What is on its way to the disk when something else happens to its job: the last word stays the last."""

import asyncio
import threading
from pathlib import Path

import pytest

from providers.history.journal import Journal
from providers.studio.studio import Studio
from providers.vendors.vendor import Failed, Running, TaskUpdate, Ticket
from tests.support.fake_vendor import FakeVendor, press, running, until
from tests.support.standing import standing_still

pytestmark = [pytest.mark.anyio, pytest.mark.fault("F107")]
PATIENCE = 60.0
MANY = 70
"""More changes than may wait for the disk at the same time."""


class Asked(FakeVendor):
    """A vendor that can be made to think before it says how a task stands."""

    def __init__(self) -> None:
        super().__init__(updates=[Running(progress=0.1)], end=Running(progress=0.2))
        self.asked_for, self.answers_now = asyncio.Event(), asyncio.Event()
        self.answers_now.set()

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        self.asked_for.set()
        await self.answers_now.wait()
        return await super().poll(ticket)

    async def thinks(self) -> None:
        """From now on, until `answers_now`."""
        self.answers_now.clear()
        self.asked_for.clear()
        await asyncio.wait_for(self.asked_for.wait(), PATIENCE)


def history_of(studio: Studio) -> Journal:
    return studio.opened.journal


async def test_a_job_whose_end_is_being_written_is_not_called_cancelled(tmp_path: Path) -> None:
    """Cancel comes between the vendor's last word and the disk."""
    fake = Asked()
    async with running(tmp_path, fake) as studio:
        job = press(studio)
        await until(studio, job, "running")
        await fake.thinks()
        fake.end = Failed(code="vendor", message="no")
        journal = history_of(studio)
        with standing_still(journal):
            fake.answers_now.set()
            async with asyncio.timeout(PATIENCE):
                while not journal.database._writer._line:  # noqa: ASYNC110  # pyright: ignore[reportPrivateUsage]
                    await asyncio.sleep(0.001)
            cancel = asyncio.create_task(studio.decisions.cancel(job.id, "local"))
            for _ in range(200):
                await asyncio.sleep(0)
        assert (await asyncio.wait_for(cancel, PATIENCE)).state in ("running", "failed")
        ended = await until(studio, job, "failed")
        assert not ended.cancel_wanted
        assert ended.detail == ""
        steps = [step["state"] for step in studio.live.events(job.id, "local")]
        assert steps.count("failed") == 1


async def test_how_a_broken_job_is_left_is_written_after_all_that_it_had_in_hand(
    tmp_path: Path,
) -> None:
    """Many wait for the disk when somebody cancels; then the job breaks, and must not live on in its row."""
    fake = Asked()
    async with running(tmp_path, fake) as studio:
        job = press(studio)
        await until(studio, job, "running")
        await fake.thinks()
        journal, over = history_of(studio), threading.Event()
        stuck = [asyncio.create_task(journal.database.changing(over.wait)) for _ in range(MANY)]
        await asyncio.sleep(0)
        cancel = asyncio.create_task(studio.decisions.cancel(job.id, "local"))
        for _ in range(200):
            await asyncio.sleep(0)
        # Nobody has foreseen such an answer.
        fake.end = ValueError("surprise")
        fake.answers_now.set()
        try:
            await until(studio, job, "unsure")
        finally:
            over.set()
        await asyncio.gather(*stuck)
        await asyncio.wait_for(cancel, PATIENCE)
        assert studio.live.get(job.id, "local").state == "unsure"
        assert journal.jobs.get(job.id).state == "unsure"
