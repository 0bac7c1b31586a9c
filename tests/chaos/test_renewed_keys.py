"""F123: a key is renewed while tasks are looked for: what was lost with the earlier one is left out, too."""

from pathlib import Path

import pytest

from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.lists import unmarked
from tests.chaos.rig import Rig, chaos
from tests.chaos.toxics import says

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
ALWAYS = 10**6
DOWN = says(500, {"error": "Internal error"}, taken=False)


async def lost_with_the_earlier_key(rig: Rig) -> Job:
    """A job of somebody else's, equal to the next one, whose call was taken and whose task nobody knows."""
    rig.network.next("create", toxics.drop(taken=True))
    rig.network.next("look", DOWN, times=ALWAYS)
    job = rig.press("A fox", owner="ann")
    await rig.when(job, lambda one: one.within == "looking" or not one.is_open)
    rig.key = "renewed"
    await rig.restart()
    rig.network.plan.clear()
    return rig.studio.live.get(job.id, job.owner)


@pytest.mark.parametrize("is_said", [True, False])
@pytest.mark.fault("F98", "F123")
async def test_a_task_that_was_lost_with_the_earlier_key_is_not_taken_for_one_of_the_new_one(
    tmp_path: Path, vendor: Vendor, is_said: bool
) -> None:
    """Its owner has said that it is the same account, or nobody has been asked yet."""
    async with chaos(tmp_path, vendor) as rig:
        first = await lost_with_the_earlier_key(rig)
        if is_said and first.is_open:
            rig.network.next("look", DOWN)
            await rig.studio.decisions.go_on(first.id, "ann")
        # This one's call never arrives: the only task like it is the other one's.
        rig.network.next("create", toxics.drop(taken=False))
        rig.network.next("look", unmarked(), times=ALWAYS)
        second = await rig.over(rig.press("A fox"))
        assert (second.state, second.ticket) == ("unsure", None)
        assert len(rig.book) == 1
        # Its task is nobody's, as it should be.
        rig.mortal.kill()
