"""Tickets that lead astray: ids that the vendor never knew, and tasks that change their mind."""

import json
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import shapes, toxics
from tests.chaos.rig import Rig, chaos
from tests.chaos.shapes import STATUS, keyed
from tests.chaos.toxics import Forward, mutated, says

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
HOUR = 3600.0
GONE = says(404, {"error": "Not found.", "code": 404}, taken=False)


def misnamed(rig: Rig) -> toxics.Toxic:
    """An answer to a create call that names another task than the one that was made."""

    def change(body: JsonValue) -> JsonValue:
        return shapes.other_task(rig.book[-1][0])(body)

    return mutated(change)


@pytest.mark.fault("F9")
async def test_f09_a_wrong_id_is_put_right_or_shown_with_its_price_and_never_expires(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", misnamed(rig))
        began = rig.timeline.now
        job = await rig.over(rig.press())
        assert len(rig.book) == len(rig.network.asked("create")) == 1
        if vendor.find_looks:
            assert job.state == "done"
            assert job.ticket is not None
            assert job.ticket.task == rig.book[0][0]
        else:
            assert (job.state, job.error is not None) == ("unsure", True)
            assert job.error is not None
            assert "doesn't know the task" in job.error.message
            assert "charge about" in job.error.message
            assert job.error.charged == "unknown"
            assert 600 <= rig.timeline.now - began <= HOUR
            rig.studio.decisions.adopt(job.id, "local", rig.book[0][0])
            assert (await rig.until(job, "done")).artifacts
        assert len(rig.network.asked("create")) == 1


@pytest.mark.fault("F9", "F30")
async def test_f30_a_right_id_that_stays_unknown_too_long_is_never_thrown_away(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", GONE, times=10**6)
        job = await rig.over(rig.press())
        assert job.state == "unsure"
        assert job.ticket is not None
        assert job.ticket.task == rig.book[0][0]
        await rig.studio.decisions.look_again(job.id, "local")
        again = await rig.until(job, "unsure")
        assert again.ticket == job.ticket or again.ticket is not None
        rig.network.plan.clear()
        await rig.studio.decisions.look_again(job.id, "local")
        assert (await rig.until(job, "done")).artifacts
        assert len(rig.book) == len(rig.network.asked("create")) == 1


@pytest.mark.fault("F9", "F91")
async def test_f09_a_wrong_id_is_not_called_cancelled(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor, scale=60.0) as rig:
        rig.network.next("create", misnamed(rig))
        job = await rig.until(rig.press(), "queued", "running")
        await rig.studio.decisions.cancel(job.id, "local")
        job = await rig.over(job)
        # Found, the task itself is cancelled; not found, it may go on and be charged.
        assert job.state == ("cancelled" if vendor.find_looks else "unsure")
        if vendor.find_looks:
            assert job.ticket is not None
            assert job.ticket.task == rig.book[0][0]


def failing(vendor: Vendor) -> toxics.Toxic:
    """Whatever the vendor says of a task, it says that it failed."""
    return mutated(keyed(STATUS, "error" if vendor.name == "runware" else "FAILED"))


@pytest.mark.fault("F28")
async def test_f28_a_late_success_is_offered_and_fetched_by_a_press_alone(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", failing(vendor), times=2)
        job = await rig.over(rig.press())
        assert (job.state, job.late) == ("failed", False)
        assert (await rig.studio.decisions.look_again(job.id, "local")).state == "failed"
        # A week is over, and nobody was here.
        await rig.timeline.sleep(8 * 86_400)
        await rig.keep()
        job = await rig.when(job, lambda one: one.late)
        assert (job.state, job.artifacts) == ("failed", ())
        assert job.error is not None
        assert "a result after all" in job.error.message
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.until(job, "done")
        assert (len(job.artifacts), job.late) == (1, False)
        assert len(rig.book) == len(rig.network.asked("create")) == 1


@pytest.mark.fault("F28")
async def test_f28_a_press_alone_is_enough(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", failing(vendor))
        job = await rig.over(rig.press())
        assert job.state == "failed"
        await rig.studio.decisions.look_again(job.id, "local")
        assert (await rig.until(job, "done")).artifacts
        assert len(rig.network.asked("create")) == 1


@pytest.mark.fault("F9", "F33")
async def test_f09_the_task_of_another_job_is_nobody_elses(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        first = await rig.over(rig.press())
        theirs = rig.book[0][0]

        def change(body: JsonValue) -> JsonValue:
            return json.loads(json.dumps(body).replace(rig.book[-1][0][-36:], theirs[-36:]))

        rig.network.next("create", mutated(change))
        second = await rig.over(rig.press())
        assert (first.state, len(rig.book), len(rig.network.asked("create"))) == ("done", 2, 2)
        assert second.state == ("done" if vendor.find_looks else "unsure")
        assert second.ticket is None or second.ticket.task == rig.book[1][0]


@pytest.mark.parametrize("killed", [False, True], ids=["goes on", "is killed"])
@pytest.mark.fault("F101")
async def test_f101_a_ticket_survives_a_history_that_cannot_be_asked_whose_it_is(
    tmp_path: Path, vendor: Vendor, killed: bool
) -> None:
    async with chaos(tmp_path, vendor) as rig:

        async def broken(request: httpx.Request, forward: Forward) -> httpx.Response:
            answer = await forward(request)
            rig.blind(10**6 if killed else 3)
            return answer

        rig.network.next("create", broken)
        job = rig.press()
        if killed:
            await rig.when(job, lambda one: "could not be used" in one.detail)
            await rig.reopen()
        done = await rig.over(job)
        assert (done.state, len(rig.book), len(rig.network.asked("create"))) == ("done", 1, 1)
        assert done.ticket is not None
        assert done.ticket.task == rig.book[0][0]
