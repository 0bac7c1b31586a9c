"""F19: a kill at every point of a job's life, with a good answer and with a lost one, for every vendor."""

import asyncio
import contextlib
import os
from itertools import count
from pathlib import Path

import httpx
import pytest

from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.rig import Rig, chaos, quoted
from tests.chaos.toxics import Forward
from tests.support.marking import marked_in_between

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
STRIDE = int(os.environ.get("STUDIO_TEST_STRIDE", "4"))
"""Every so manieth point is tried, and each vendor begins at another; 1 tries them all."""


async def killed_at(folder: Path, vendor: Vendor, point: int, *, lost: bool) -> bool:
    """Run one job, kill it there, run it on. Whether the kill came before the job was over."""
    async with chaos(folder, vendor, die_at=point) as rig:
        if lost:
            rig.network.next("create", toxics.drop(taken=True))
        with contextlib.suppress(asyncio.CancelledError):
            rig.press("A fox")
        await rig.rest()
        was_killed = rig.mortal.dead
        await rig.reopen()
        rig.network.plan.clear()
        await rig.rest()
        rig.check()
        resumed(rig)
        return was_killed


def resumed(rig: Rig) -> None:
    """Nobody had to do anything, but where no vendor could tell."""
    for job in rig.jobs():
        bought = any(quoted(job.request.prompt) in body for _, _, body in rig.book)
        if bought and rig.vendor.find_looks:
            assert job.state == "done", f"{job.state}: {job.detail}"
        else:
            assert job.state in ("done", "unsure")


@pytest.mark.fault("F111")
async def test_f111_a_kill_after_a_star_at_the_moment_of_sending_buys_nothing_twice(
    tmp_path: Path, vendor: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        marked_in_between(rig.studio, monkeypatch, lambda job: job.submitted is not None)
        taken = asyncio.Event()

        async def killed(request: httpx.Request, forward: Forward) -> httpx.Response:
            await (await forward(request)).aread()
            rig.mortal.kill()
            taken.set()
            raise httpx.ReadError("")

        rig.network.next("create", killed)
        job = rig.press("A fox")
        await taken.wait()
        await rig.reopen()
        await rig.rest()
        rig.check()
        assert len(rig.book) == len(rig.network.asked("create")) == 1
        assert rig.studio.live.get(job.id, "local").starred


@pytest.mark.parametrize("lost", [False, True], ids=["answered", "lost answer"])
@pytest.mark.fault("F19")
async def test_f19_a_kill_at_any_point_neither_buys_twice_nor_loses_anything(
    tmp_path: Path, vendor: Vendor, lost: bool
) -> None:
    point = 0
    for point in count(VENDORS.index(vendor) % STRIDE, STRIDE):
        if not await killed_at(tmp_path / str(point), vendor, point, lost=lost):
            break
    assert point > 20


@pytest.mark.fault("F19")
async def test_f19_a_kill_after_a_kill_after_a_kill(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        for turn in range(12):
            with contextlib.suppress(asyncio.CancelledError):
                rig.press()
            await rig.rest()
            await rig.reopen(die_at=3 + turn * 5)
        await rig.reopen()
        await rig.rest()
        resumed(rig)
