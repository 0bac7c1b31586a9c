"""Files that do not come at once: their server asks for patience, or their link leads nowhere."""

from pathlib import Path

import pytest
from starlette.responses import Response

from providers.vendors.vendor import Output, Succeeded
from tests.support.fake_vendor import FakeVendor, Time, press, running, until

pytestmark = pytest.mark.anyio
NOWHERE = Succeeded(outputs=(Output(url="http://nowhere.invalid/1.png", kind="image"),))


@pytest.mark.fault("F41", "F99")
@pytest.mark.parametrize("status", [429, 503])
async def test_a_file_server_is_given_the_time_that_it_asks_for(
    tmp_path: Path, status: int
) -> None:
    """Asked sooner, it would refuse for longer than a job has patience."""
    busy, time = Response(status_code=status, headers={"retry-after": "120"}), Time()
    fake = FakeVendor(answers=[busy] * 5)
    async with running(tmp_path, fake, time=time) as studio:
        await until(studio, press(studio), "done")
    assert sum(seconds >= 120 for seconds in time.slept) == 5


@pytest.mark.fault("F41")
async def test_a_link_that_leads_nowhere_is_renewed_as_one_that_is_dead(tmp_path: Path) -> None:
    """The vendor may have moved its files: what it tells now leads there."""
    fake = FakeVendor(updates=[NOWHERE])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        assert len(job.artifacts) == 1


@pytest.mark.fault("F41", "F54")
async def test_a_link_that_leads_nowhere_of_a_task_that_is_lost_comes_to_an_end(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(updates=[NOWHERE])
    fake.end = NOWHERE
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "saving")
        # From here on the vendor knows it no longer.
        fake.tokens.clear()
        await until(studio, job, "expired")
    assert fake.created() == 1
