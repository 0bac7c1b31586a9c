"""The end of the studio: nothing new is begun, nothing is cut off without need, and it ends in time."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from providers.errors import Unclear
from providers.studio.studio import Studio
from providers.vendors.vendor import TaskUpdate, Ticket
from tests.support.fake_vendor import FakeVendor, fake_studio, press, running, until

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def ending(folder: Path, fake: FakeVendor) -> AsyncGenerator[Studio]:
    """A studio that is being stopped, and waits for the answer to a create call."""
    fake.gate = asyncio.Event()
    studio = fake_studio(folder, fake)
    await studio.start()
    press(studio, "in flight")
    await fake.reached.wait()
    stopping = asyncio.create_task(studio.stop())
    for _ in range(20):
        await asyncio.sleep(0)
    try:
        yield studio
        for _ in range(20):
            await asyncio.sleep(0)
        assert not stopping.done()
    finally:
        fake.gate.set()
        await stopping
        fake.gate = None


@pytest.mark.fault("F104")
@pytest.mark.parametrize("where", ["loop", "thread"])
async def test_a_press_during_the_end_is_written_down_and_sent_at_the_next_start(
    tmp_path: Path, where: str
) -> None:
    fake = FakeVendor()
    async with ending(tmp_path, fake) as studio:
        job = press(studio) if where == "loop" else await asyncio.to_thread(press, studio)
    assert fake.created() == 1
    async with running(tmp_path, fake) as studio:
        await until(studio, job, "done")
        assert all(one.error is None for one in studio.live.recent("local"))
    assert (fake.created(), "find" in fake.asked) == (2, False)


@pytest.mark.fault("F104")
async def test_what_is_decided_during_the_end_is_written_down_and_done_at_the_next_start(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(creates=[Unclear("Lost.")], finds=[None] * 3)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
    fake.asked.clear()
    fake.reached.clear()
    async with ending(tmp_path, fake) as studio:
        decided = await studio.decisions.look_again(job.id, "local")
        assert decided.state == "submitting"
    assert "find" not in fake.asked
    async with running(tmp_path, fake) as studio:
        await until(studio, job, "done")
    assert fake.created() == 1


class Stubborn(FakeVendor):
    """A vendor whose look cannot be cancelled, as a thread cannot that a disk holds."""

    def __init__(self) -> None:
        super().__init__()
        self.looked, self.let_go = asyncio.Event(), asyncio.Event()

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        self.looked.set()
        while not self.let_go.is_set():
            with suppress(asyncio.CancelledError):
                await self.let_go.wait()
        return await super().poll(ticket)


@pytest.mark.fault("F104", "F89")
async def test_who_cannot_be_told_to_end_does_not_hold_up_the_end_and_writes_nothing_after_it(
    tmp_path: Path,
) -> None:
    fake = Stubborn()
    studio = fake_studio(tmp_path, fake)
    await studio.start()
    job = press(studio)
    await fake.looked.wait()
    async with asyncio.timeout(60):
        await studio.stop()
    async with running(tmp_path, FakeVendor(tokens=fake.tokens)) as again:
        fake.let_go.set()
        await until(again, job, "done")
