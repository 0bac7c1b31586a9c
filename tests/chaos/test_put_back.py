"""F95: an older data folder is put back in the place of the one that was used; the vendors' book tells."""

import shutil
from pathlib import Path

import pytest

from providers.durability.backup import Backups
from providers.jobs.job import Job
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos.rig import Rig, chaos
from tests.support.put_back import WAYS, copied, history_alone, prune

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
HOUR = 3600.0


async def lived_on(rig: Rig, *, running: bool) -> tuple[Job, Path]:
    """A job that waited when the folder was copied and was bought since, with nothing left that tells of it."""
    first, second = rig.press("A first fox"), rig.press("A second fox")
    await rig.until(first, "queued", "running", "saving")
    assert rig.studio.live.get(second.id, "local").state == "waiting"
    if running:
        copy = copied(rig.folder)
        await rig.restart()
    else:
        await rig.studio.stop()
        copy = copied(rig.folder)
        rig.studio = rig.fresh()
        await rig.studio.start()
    await rig.until(first, "done")
    await rig.until(second, "done")
    forget(rig)
    await rig.studio.stop()
    return second, copy


def forget(rig: Rig) -> None:
    """Two hours pass: copies are taken, and receipts of ended jobs go."""
    for hour in (1, 2):
        moment = rig.timeline.now + hour * HOUR
        Backups(rig.folder, clock=lambda moment=moment: moment).take(rig.folder / "jobs.db")
    journal = rig.studio.opened.journal
    prune(journal, Backups(rig.folder))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.fault("F95")
async def test_f95_what_waits_in_an_older_folder_that_was_put_back_is_not_bought_again(
    tmp_path: Path, vendor: Vendor, way: str
) -> None:
    """It was copied while the studio was stopped, or while it ran: by turns."""
    running = (VENDORS.index(vendor) + list(WAYS).index(way)) % 2 == 0
    async with chaos(tmp_path, vendor, slots=1, scale=10.0) as rig:
        second, copy = await lived_on(rig, running=running)
        newest = Backups(rig.folder).all()[0]
        WAYS[way](rig.folder, copy)
        is_told = newest.path.exists()
        rig.studio = rig.fresh()
        await rig.studio.start()
        await rig.rest()
        rig.check()
        found = rig.studio.live.get(second.id, "local")
        # The newest copy of the history tells, where it is left; else the vendor, where it can.
        assert found.state == ("done" if is_told or vendor.find_looks else "unsure")
        assert len(rig.book) == 2


@pytest.mark.parametrize("receipts", [True, False])
@pytest.mark.fault("F95")
async def test_f95_what_only_a_newer_copy_in_the_folder_knows_is_there_again_and_not_bought_again(
    tmp_path: Path, vendor: Vendor, receipts: bool
) -> None:
    """One job was done since, one is being made, and each press comes once more."""
    async with chaos(tmp_path, vendor, scale=10.0) as rig:
        await rig.until(rig.press("A first fox"), "done")
        await rig.studio.stop()
        copy = copied(rig.folder)
        rig.studio = rig.fresh()
        await rig.studio.start()
        second = await rig.until(rig.press("A second fox", press="second"), "done")
        third = await rig.until(rig.press("A third fox", press="third"), "queued", "running")
        forget(rig)
        await rig.studio.stop()
        if not receipts:
            shutil.rmtree(rig.folder / "receipts")
        history_alone(rig.folder, copy)
        rig.studio = rig.fresh()
        await rig.studio.start()
        assert rig.press("A second fox", press="second").id == second.id
        assert rig.press("A third fox", press="third").id == third.id
        await rig.rest()
        rig.check()
        assert {job.state for job in rig.jobs()} == {"done"}
        assert (len(rig.jobs()), len(rig.book)) == (3, 3)
