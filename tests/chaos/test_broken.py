"""F100, F101 and F104: what breaks while files are fetched or the disk is full, and a press at the end."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from providers.errors import InvalidRequest, StoreProblem
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.rig import Rig, chaos
from tests.chaos.shapes import manifold
from tests.chaos.toxics import Forward, Toxic, mutated
from tests.support.refusing import refused

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
FILES = 4


def breaking(words: str) -> Toxic:
    """One of several files breaks whoever fetches it, and only then do the others come."""
    broke = asyncio.Event()

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        if words in str(request.url):
            broke.set()
            raise RuntimeError(words)
        await broke.wait()
        for _ in range(10):
            await asyncio.sleep(0)
        return await forward(request)

    return toxic


@pytest.mark.fault("F100")
async def test_f100_one_file_that_breaks_takes_no_other_with_it(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", mutated(manifold(FILES)), times=10**6)
        rig.network.next("file", breaking("n=1"), times=FILES)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", FILES)
        assert len(rig.book) == len(rig.network.asked("create")) == 1


@pytest.mark.fault("F100")
async def test_f100_a_file_that_always_breaks_leaves_the_others_and_a_press_that_helps(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", mutated(manifold(FILES)), times=10**6)
        rig.network.next("file", breaking("n=1"), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("unsure", FILES - 1)
        assert rig.studio.live.schedule() == []
        rig.network.plan = [one for one in rig.network.plan if one.call != "file"]
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.until(job, "done")
        assert len(job.artifacts) == FILES
        assert len(rig.book) == len(rig.network.asked("create")) == 1


@pytest.mark.fault("F101")
async def test_f101_a_task_that_no_disk_has_is_no_other_jobs(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        first = rig.press("Equal words")
        with refused(rig.folder, f"new.id = '{first.id}' and new.task is not null"):
            await rig.when(first, lambda one: one.ticket is not None)
            # Not taken by the vendor: what is found for it can only be the first one's.
            rig.network.next("create", toxics.drop(taken=False), words="Equal words")
            second = await rig.over(rig.press("Equal words"))
            assert (second.state, second.ticket, len(rig.book)) == ("unsure", None, 1)
            with pytest.raises(InvalidRequest, match="already has this task"):
                await rig.studio.adoption.take_in(vendor.name, rig.book[0][0], "local", "image")
        assert (await rig.over(first)).state == "done"


@pytest.mark.fault("F101")
async def test_f101_a_job_that_breaks_on_a_full_disk_can_be_decided_about(
    tmp_path: Path, vendor: Vendor
) -> None:
    # The history breaks every step of the job, and then takes neither its end nor a decision.
    further = "new.state in ('running', 'saving', 'done')"
    async with chaos(tmp_path, vendor, scale=10.0) as rig:
        job = await rig.until(rig.press(), "queued")
        full = refused(rig.folder, "new.state in ('unsure', 'discarded')")
        with refused(rig.folder, further, "another's"), full:
            job = await rig.until(job, "unsure")
            assert rig.studio.live.schedule() == []
            with pytest.raises(StoreProblem):
                rig.studio.decisions.discard(job.id, "local")
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.until(job, "done")
        assert len(rig.book) == len(rig.network.asked("create")) == 1


@asynccontextmanager
async def ending(rig: Rig) -> AsyncGenerator[None]:
    """The server is told to end, and waits for the answer to a create call; at last it is started again."""
    answered, asked = asyncio.Event(), asyncio.Event()

    async def late() -> None:
        asked.set()
        await answered.wait()

    rig.network.next("create", toxics.latency(late))
    rig.press("in flight")
    await asked.wait()
    stopping = asyncio.create_task(rig.studio.stop())
    for _ in range(20):
        await asyncio.sleep(0)
    try:
        yield
        for _ in range(20):
            await asyncio.sleep(0)
    finally:
        answered.set()
        await stopping
    rig.studio = rig.fresh()
    await rig.studio.start()


@pytest.mark.fault("F104", "F89")
@pytest.mark.parametrize("where", ["loop", "thread"])
async def test_f104_a_press_at_the_end_is_written_down_and_sent_after_the_next_start(
    tmp_path: Path, vendor: Vendor, where: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        async with ending(rig):
            job = rig.press() if where == "loop" else await asyncio.to_thread(rig.press)
            assert len(rig.network.asked("create")) == 1
        assert (await rig.over(job)).state == "done"
        await rig.rest()
        assert [one.state for one in rig.jobs()] == ["done", "done"]
        assert len(rig.book) == len(rig.network.asked("create")) == 2
