"""What was paid for and came whole is kept, at every vendor, whatever it turns out to be."""

from pathlib import Path

import pytest

from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos.rig import chaos
from tests.chaos.test_files import headed
from tests.chaos.toxics import says
from tests.support.odd import MESSAGES, SHOWN, UNSHOWN, picture

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
AS_PICTURE = {"content-type": "image/png"}


@pytest.mark.parametrize("odd", [*SHOWN, *UNSHOWN])
async def test_what_came_whole_is_kept(tmp_path: Path, vendor: Vendor, odd: str) -> None:
    content = {**SHOWN, **UNSHOWN}[odd](tmp_path)
    async with chaos(tmp_path, vendor) as rig:
        rig.road.next("file", says(200, content, taken=False, headers=AS_PICTURE), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 1), job.error
        (artifact,) = job.artifacts
        assert rig.studio.files.path(artifact).read_bytes() == content
        assert (artifact.bytes, bool(artifact.flaw)) == (len(content), odd in UNSHOWN)
        # What seems damaged is looked at twice, in case it was not all there yet.
        assert (len(rig.road.asked("file")), len(rig.book)) in ((1, 1), (2, 1))
        assert list((rig.folder / "part").iterdir()) == []


async def test_what_was_fetched_before_it_was_all_there_comes_whole(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        half = picture()[:3000]
        rig.road.next("file", says(200, half, taken=False, headers=AS_PICTURE))
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts), job.artifacts[0].flaw) == ("done", 1, "")
        assert len(rig.road.asked("file")) == 2


async def test_what_came_whole_is_kept_though_it_is_gone_at_the_second_look(
    tmp_path: Path, vendor: Vendor
) -> None:
    half = picture()[:3000]
    async with chaos(tmp_path, vendor) as rig:
        rig.road.next("file", says(200, half, taken=False, headers=AS_PICTURE))
        rig.road.next("file", says(404, b"", taken=False), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, len(job.artifacts)) == ("done", 1), job.error
        assert rig.studio.files.path(job.artifacts[0]).read_bytes() == half
        assert list((rig.folder / "part").iterdir()) == []


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.fault("F42", "F51")
async def test_what_is_no_file_is_asked_for_again(
    tmp_path: Path, vendor: Vendor, message: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        words = says(200, MESSAGES[message], taken=False, headers=AS_PICTURE)
        rig.road.next("file", words, times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, job.artifacts) == ("unsure", ())
        assert job.error is not None
        assert (job.error.code, job.error.charged) == ("storage", "yes")
        rig.road.plan.clear()
        await rig.studio.decisions.look_again(job.id, "local")
        job = await rig.until(job, "done")
        assert (len(job.artifacts), job.artifacts[0].flaw) == (1, "")
        assert len(rig.book) == 1


@pytest.mark.fault("F44", "F46")
async def test_what_may_be_cut_is_fetched_again_six_times_and_no_oftener(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.road.next("file", headed({}, cut=0.6, without="content-length"), times=10**6)
        job = await rig.over(rig.press())
        assert (job.state, job.artifacts) == ("unsure", ())
        assert len(rig.road.asked("file")) == 6
