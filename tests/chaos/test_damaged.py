"""F67: rows that a disk spoiled, of jobs that are paid for."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos.rig import chaos
from tests.support.damage import flip

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]


@pytest.mark.fault("F67")
async def test_f67_a_file_whose_row_is_damaged_with_its_jobs_is_fetched_anew(
    tmp_path: Path, vendor: Vendor
) -> None:
    """Its place in the job is taken by a row that nobody can read, and does not stay so."""
    async with chaos(tmp_path, vendor) as rig:
        job = await rig.until(rig.press(), "done")
        await rig.studio.stop()
        with closing(sqlite3.connect(rig.folder / "jobs.db")) as database, database:
            # As if the studio had been killed with the file here and the job not done.
            database.execute("update job set state = 'saving'")
            database.execute("delete from event where state = 'done'")
        for table in ("job", "artifact"):
            flip(rig.folder / "jobs.db", job, table)
        rig.studio = rig.fresh()
        await rig.studio.start()
        found = rig.studio.live.get(job.id, "local")
        assert (found.state, found.artifacts) == ("unsure", ())
        await rig.studio.decisions.look_again(job.id, "local")
        assert (await rig.until(job, "done")).artifacts
        assert len(rig.book) == 1
        # What it was to cost is lost with its row, so its sums are not compared.
        rig.mortal.kill()
