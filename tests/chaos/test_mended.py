"""F112 to F115: what was found by those who tried what had only been read, with every vendor."""

from pathlib import Path

import pytest

from providers.errors import InvalidRequest
from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.rig import Rig, chaos
from tests.chaos.several import ALWAYS, FILES, noting, numbered, one_is_away
from tests.chaos.toxics import Toxic, says
from tests.support.damage import flip

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
DOWN = says(500, {"error": "Internal error"}, taken=False)


async def partly_here(rig: Rig, fetched: list[str]) -> Job:
    """A job without one of its files, left to the person."""
    rig.network.next("look", numbered(backwards=False), times=ALWAYS)
    rig.network.next("file", one_is_away(fetched), times=ALWAYS)
    job = await rig.over(rig.press())
    assert (job.state, len(job.artifacts)) == ("unsure", FILES - 1)
    rig.network.plan.clear()
    return job


@pytest.mark.fault("F113")
async def test_f113_files_that_are_listed_in_another_order_after_check_again_all_come(
    tmp_path: Path, vendor: Vendor
) -> None:
    fetched: list[str] = []
    async with chaos(tmp_path, vendor) as rig:
        job = await partly_here(rig, fetched)
        rig.network.next("look", numbered(backwards=True), times=ALWAYS)
        rig.network.next("file", noting(fetched), times=ALWAYS)
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.until(job, "done")
        assert (len(job.artifacts), sorted(fetched)) == (FILES, [str(one) for one in range(FILES)])


@pytest.mark.fault("F112")
async def test_f112_a_job_whose_own_task_is_known_is_given_no_other_one(
    tmp_path: Path, vendor: Vendor
) -> None:
    fetched: list[str] = []
    async with chaos(tmp_path, vendor) as rig:
        job = await partly_here(rig, fetched)
        rig.network.next("create", toxics.drop(taken=True))
        rig.network.next("look", DOWN, times=ALWAYS)
        other = await rig.over(rig.press("Another fox"))
        rig.network.plan.clear()
        with pytest.raises(InvalidRequest, match="own task is known"):
            rig.studio.decisions.adopt(job.id, "local", rig.book[-1][0])
        rig.studio.decisions.adopt(other.id, "local", rig.book[-1][0])
        rig.network.next("look", numbered(backwards=False), times=ALWAYS)
        for one in (job, other):
            await rig.studio.decisions.look_again(one.id, "local")
            assert len((await rig.until(one, "done")).artifacts) == FILES


@pytest.mark.fault("F114")
@pytest.mark.parametrize("answer", [DOWN, says(200, ["nonsense"], taken=False)])
async def test_f114_an_account_that_cannot_be_asked_is_no_end_of_an_unsure_job(
    tmp_path: Path, vendor: Vendor, answer: Toxic
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("account", answer, times=ALWAYS)
        rig.network.next("create", toxics.drop(taken=False))
        job = await rig.over(rig.press())
        assert job.state == "unsure"
        assert job.error is not None
        assert "in the studio" not in job.error.message
        await rig.studio.decisions.look_again(job.id, "local")
        assert (await rig.over(job)).state == "unsure"
        assert rig.book == []


@pytest.mark.fault("F115")
async def test_f115_a_row_that_cannot_be_read_at_a_start_leaves_no_other_job_behind(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor, scale=100.0) as rig:
        jobs = [rig.press(), rig.press()]
        for job in jobs:
            await rig.until(job, "queued", "running")
        await rig.studio.stop()
        flip(rig.folder / "jobs.db", jobs[0])
        rig.studio = rig.fresh()
        await rig.studio.start()
        assert (await rig.over(jobs[1])).state == "done"
        damaged = await rig.over(jobs[0])
        if damaged.state == "unsure":
            await rig.studio.decisions.look_again(damaged.id, "local")
            damaged = await rig.over(damaged)
        assert damaged.state in ("done", "unsure")
        assert damaged.ticket is not None
        assert len(rig.book) == 2
        # A row that is rebuilt does not tell its price any more, which the ledger still has.
        rig.mortal.kill()
