"""A vendor that asks for patience gets it, whatever it was asked for."""

from pathlib import Path

import pytest
from starlette.responses import Response

from providers.errors import Busy, Unclear
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, Time, press, running, until

pytestmark = [pytest.mark.anyio, pytest.mark.fault("F99")]
WAIT = 120.0
BUSY = Busy("The vendor is busy.", wait=WAIT)


def waited(time: Time) -> int:
    """How often it was given that time."""
    return sum(seconds >= WAIT for seconds in time.slept)


async def test_a_lost_task_is_looked_for_when_the_vendor_wants_to_be_asked(tmp_path: Path) -> None:
    time = Time()
    fake = FakeVendor(creates=[Unclear("The response was lost.")], finds=[BUSY] * 5)
    async with running(tmp_path, fake, time=time) as studio:
        await until(studio, press(studio), "done")
    assert (waited(time), fake.created()) == (5, 1)


async def test_a_cancellation_is_repeated_when_the_vendor_wants_to_be_asked(tmp_path: Path) -> None:
    time = Time()
    fake = FakeVendor(updates=[], end=Running(progress=0.5), cancels=[BUSY] * 2)
    async with running(tmp_path, fake, time=time) as studio:
        job = await until(studio, press(studio), "running")
        await studio.decisions.cancel(job.id, "local")
        await until(studio, job, "cancelled")
    assert waited(time) == 2


async def test_a_dead_link_is_renewed_when_the_vendor_wants_to_be_asked(tmp_path: Path) -> None:
    time = Time()
    fake = FakeVendor(updates=[], answers=[Response(status_code=410)] * 3)
    async with running(tmp_path, fake, time=time) as studio:
        fake.updates = [fake.success(), BUSY, BUSY]
        await until(studio, press(studio), "done")
    assert waited(time) == 2
