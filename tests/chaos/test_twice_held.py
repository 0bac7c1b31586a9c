"""F103: one task is one job, whoever hears of it first: the job that ordered it, or who takes it in."""

import asyncio
import json
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from providers.errors import InvalidRequest
from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.lists import unmarked
from tests.chaos.rig import Rig, chaos
from tests.chaos.shapes import MOMENTS, keyed
from tests.chaos.toxics import Forward, mutated, says

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
ALWAYS = 10**6
DOWN = says(500, {"error": "Internal error"}, taken=False)
LONG_AGO = "2020-01-01T00:00:00Z"


class Flight:
    """A create call that was taken, and whose answer waits."""

    def __init__(self) -> None:
        self.taken, self.lands = asyncio.Event(), asyncio.Event()

    async def toxic(self, request: httpx.Request, forward: Forward) -> httpx.Response:
        """The vendor's own answer, once it may come."""
        answer = await forward(request)
        await answer.aread()
        self.taken.set()
        await self.lands.wait()
        return answer


async def take_in(rig: Rig, task: str) -> Job:
    """Take a task in by its id, which somebody has from elsewhere."""
    rig.known.add(task)
    return await rig.studio.adoption.take_in(rig.vendor.name, task, "local", "image")


def holders(rig: Rig, task: str) -> list[Job]:
    """The jobs that have this task."""
    return [job for job in rig.jobs() if job.ticket is not None and job.ticket.task == task]


@pytest.mark.fault("F103")
async def test_f103_a_task_whose_call_is_in_flight_is_neither_offered_nor_taken_in(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        flight = Flight()
        rig.network.next("create", flight.toxic)
        job = rig.press()
        await flight.taken.wait()
        task = rig.book[0][0]
        assert await rig.studio.adoption.unknown(vendor.name) == []
        with pytest.raises(InvalidRequest, match="being sent or checked right now"):
            await take_in(rig, task)
        flight.lands.set()
        assert (await rig.over(job)).state == "done"
        assert [one.id for one in holders(rig, task)] == [one.id for one in rig.jobs()] == [job.id]


@pytest.mark.fault("F103")
async def test_f103_it_is_not_given_to_an_unsure_job_either(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        flight = Flight()
        rig.network.next("create", toxics.drop(taken=False), flight.toxic)
        rig.network.next("look", DOWN, times=ALWAYS)
        unsure = await rig.over(rig.press())
        assert unsure.state == "unsure"
        rig.network.plan = [planned for planned in rig.network.plan if planned.call == "create"]
        job = rig.press()
        await flight.taken.wait()
        with pytest.raises(InvalidRequest, match="being sent or checked right now"):
            rig.studio.decisions.adopt(unsure.id, "local", rig.book[-1][0])
        flight.lands.set()
        assert (await rig.over(job)).state == "done"
        assert (await rig.over(unsure)).state == "unsure"


@pytest.mark.parametrize("alive", [True, False], ids=["at work", "over"])
@pytest.mark.fault("F103")
async def test_f103_a_job_that_took_in_the_task_of_an_unsure_one_gives_way_to_it(
    tmp_path: Path, vendor: Vendor, alive: bool
) -> None:
    async with chaos(tmp_path, vendor, scale=600.0 if alive else 0.0) as rig:
        rig.network.next("create", toxics.drop(taken=True))
        rig.network.next("look", DOWN, times=ALWAYS)
        job = await rig.over(rig.press())
        assert job.state == "unsure"
        rig.network.plan.clear()
        task = rig.book[0][0]
        taken = await take_in(rig, task)
        taken = await rig.until(taken, "queued", "running", "done")
        if not alive:
            taken = await rig.over(taken)
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.over(job)
        if not vendor.find_looks:
            # Nobody can tell that it is this job's; it stays where it was taken in.
            assert [one.id for one in holders(rig, task)] == [taken.id]
            return
        taken = rig.studio.live.get(taken.id, "local")
        assert (job.state, taken.state) == ("done", "cancelled" if alive else "done")
        assert [one.id for one in holders(rig, task)] == [job.id]
        assert taken.cost is None
        told = taken.remark if taken.error is None else taken.error.message
        assert "belongs to another job here" in told
        # Kept as it is over a restart, and asked for no more.
        await rig.restart()
        assert rig.studio.live.get(taken.id, "local").state == taken.state
        assert await rig.studio.adoption.unknown(vendor.name) == []


@pytest.mark.fault("F103")
async def test_f103_an_answer_that_comes_after_its_task_was_taken_in_has_the_task(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, scale=60.0) as rig:
        flight = Flight()
        rig.network.next("create", flight.toxic)
        job = rig.press()
        await flight.taken.wait()
        task = rig.book[0][0]
        if not vendor.lists_tasks:
            flight.lands.set()
            assert (await rig.over(job)).state == "done"
            return
        # A list that misdates what it shows.
        rig.network.next("look", unmarked(keyed(MOMENTS, LONG_AGO)), times=2)
        (listed,) = await rig.studio.adoption.unknown(vendor.name)
        rig.network.plan.clear()
        rig.known.add(task)
        taken = await rig.studio.adoption.take_in(vendor.name, listed.name, "local")
        taken = await rig.until(taken, "queued", "running")
        flight.lands.set()
        job = await rig.over(job)
        taken = rig.studio.live.get(taken.id, "local")
        assert (job.state, taken.state, taken.ticket) == ("done", "cancelled", None)
        assert taken.error is not None
        assert taken.error.charged == "no"
        assert [one.id for one in holders(rig, task)] == [job.id]
        assert len(rig.network.asked("create")) == len(rig.book) == 1


@pytest.mark.fault("F103", "F33")
async def test_f103_a_task_that_was_taken_in_before_stays_where_it_is(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", toxics.drop(taken=True))
        rig.network.next("look", DOWN, times=ALWAYS)
        unsure = await rig.over(rig.press())
        rig.network.plan.clear()
        rig.studio.decisions.discard(unsure.id, "local")
        theirs = rig.book[0][0]
        taken = await take_in(rig, theirs)
        assert (await rig.over(taken)).state == "done"

        def change(body: JsonValue) -> JsonValue:
            return json.loads(json.dumps(body).replace(rig.book[-1][0][-36:], theirs[-36:]))

        rig.network.next("create", mutated(change))
        job = await rig.over(rig.press())
        assert [one.id for one in holders(rig, theirs)] == [taken.id]
        assert job.state == ("done" if vendor.find_looks else "unsure")
