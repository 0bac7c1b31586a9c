"""F124, F126: a job lets go of its task and keeps the files that came of it, and then finds its own."""

from pathlib import Path

import httpx
import pytest

from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos import toxics
from tests.chaos.lists import is_list
from tests.chaos.rig import Rig, chaos
from tests.chaos.several import ALWAYS, FILES, noting, numbered, one_is_away
from tests.chaos.toxics import Forward, Toxic, says

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
DOWN = says(500, {"error": "Internal error"}, taken=False)
LISTS = [vendor for vendor in VENDORS if vendor.find_looks]
"""Who cannot be asked for a lost task gives it to the job that a person names, and to no other."""


def several(rig: Rig) -> Toxic:
    """Every task has several files; lists of tasks stay as they are, and what knows our marks keeps each."""
    many = numbered(backwards=False)

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        if request.url.path.endswith("/scheduler/"):
            known = [{"taskId": task, "replyRef": token} for task, token, _ in rig.book]
            return httpx.Response(200, json=known, request=request)
        return await (forward(request) if is_list(request) else many(request, forward))

    return toxic


async def lost(rig: Rig, prompt: str) -> tuple[Job, str]:
    """An unsure job and its task, of which it does not know."""
    rig.network.next("create", toxics.drop(taken=True))
    rig.network.next("look", DOWN, times=ALWAYS)
    job = await rig.over(rig.press(prompt))
    rig.network.plan.clear()
    assert (job.state, job.ticket) == ("unsure", None)
    return job, rig.book[-1][0]


async def let_go(rig: Rig) -> tuple[Job, str, Job]:
    """A job with files of another's task that it let go of, its own task, and that other job."""
    job, own = await lost(rig, "A fox")
    other, theirs = await lost(rig, "A heron")
    rig.known |= {own, theirs}
    rig.network.next("look", several(rig), times=ALWAYS)
    rig.network.next("file", one_is_away([]), times=ALWAYS)
    rig.studio.decisions.adopt(job.id, "local", theirs)
    job = await rig.over(job)
    assert (job.state, len(job.artifacts)) == ("unsure", FILES - 1)
    rig.network.plan.clear()
    rig.network.next("look", several(rig), times=ALWAYS)
    await rig.studio.decisions.look_again(other.id, "local")
    other = await rig.over(other)
    return rig.studio.live.get(job.id, "local"), own, other


def has_all(job: Job, task: str, kept: int) -> None:
    """All files of its own task are here, beside those that it had kept."""
    assert job.ticket is not None
    assert (job.state, job.ticket.task) == ("done", task), job.error
    assert len(job.own_files) == FILES
    assert len({one.number for one in job.artifacts}) == FILES + kept


@pytest.mark.parametrize("how", ["checked again", "named", "after a restart"])
@pytest.mark.fault("F124", "F103")
async def test_f124_its_own_files_come_beside_those_that_it_kept(
    tmp_path: Path, vendor: Vendor, how: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        if vendor not in LISTS:
            job, own = await lost(rig, "A fox")
            rig.studio.decisions.adopt(job.id, "local", own)
            assert (await rig.over(job)).state == "done"
            return
        job, own, other = await let_go(rig)
        assert (job.state, job.ticket, job.cost, len(job.artifacts)) == ("unsure", None, None, 2)
        assert len(other.artifacts) == FILES
        if how == "after a restart":
            await rig.restart()
        fetched: list[str] = []
        rig.network.next("file", noting(fetched), times=ALWAYS)
        if how == "named":
            rig.studio.decisions.adopt(job.id, "local", own)
        else:
            await rig.studio.decisions.look_again(job.id, "local")
        has_all(await rig.over(job), own, FILES - 1)
        assert sorted(fetched) == [str(one) for one in range(FILES)]
        await rig.restart()
        has_all(rig.studio.live.get(job.id, "local"), own, FILES - 1)
        kept = rig.studio.opened.journal.artifacts.results(job.id)
        assert len(kept) == 2 * FILES - 1


@pytest.mark.fault("F124", "F31")
async def test_f124_files_of_another_task_are_no_part_of_one_that_its_service_lost(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        if vendor not in LISTS:
            return
        job, _, _ = await let_go(rig)
        rig.network.plan.clear()
        rig.network.next("look", several(rig), times=ALWAYS)
        rig.network.next("file", toxics.says(410, taken=False), times=ALWAYS)
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.over(job)
        assert (job.state, len(job.artifacts)) == ("unsure", FILES - 1)
        assert job.error is not None
        assert f"of {FILES}" not in job.error.message
        rig.network.plan.clear()
        rig.network.next("look", several(rig), times=ALWAYS)
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.over(job)
        assert (job.state, len(job.artifacts)) == ("done", 2 * FILES - 1)


@pytest.mark.fault("F126", "F103")
async def test_f126_a_done_job_whose_task_was_anothers_still_looks_for_its_own(
    tmp_path: Path, vendor: Vendor
) -> None:
    """Its files stay; what it bought itself is neither forgotten nor bought again."""
    async with chaos(tmp_path, vendor) as rig:
        job, own = await lost(rig, "A fox")
        if vendor not in LISTS:
            rig.studio.decisions.adopt(job.id, "local", own)
            assert (await rig.over(job)).state == "done"
            return
        other, theirs = await lost(rig, "A heron")
        rig.known |= {own, theirs}
        rig.network.next("look", several(rig), times=ALWAYS)
        rig.studio.decisions.adopt(job.id, "local", theirs)
        assert (await rig.over(job)).state == "done"
        await rig.studio.decisions.look_again(other.id, "local")
        assert (await rig.over(other)).state == "done"
        job = rig.studio.live.get(job.id, "local")
        assert (job.state, job.ticket, job.cost, len(job.artifacts)) == (
            "unsure",
            None,
            None,
            FILES,
        )
        rig.check()
        await rig.studio.decisions.look_again(job.id, "local")
        has_all(await rig.over(job), own, FILES)
        assert len(rig.book) == 2
