"""A data folder of a version before opens with all that is in it, and goes on where it stopped."""

import json
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.history.query import Query
from providers.jobs.job import Job
from providers.vendors.vendor import Cost
from tests.support.before import TOLD, a_time, studio_on, told, unpacked, when
from tests.support.priced import PricedVendor, files

pytestmark = pytest.mark.anyio


def _missing(before: JsonValue, now: JsonValue, where: str = "") -> list[str]:
    """What was told before and is not told now, or otherwise; names may have been added."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [
            line
            for name, value in before.items()
            for line in (
                _missing(value, now[name], f"{where}.{name}")
                if name in now
                else [f"{where}.{name}"]
            )
        ]
    if isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        both = enumerate(zip(before, now, strict=True))
        return [line for at, (one, other) in both for line in _missing(one, other, f"{where}.{at}")]
    return [] if before == now else [f"{where}: {before!r} is {now!r} now"]


async def test_a_folder_of_before_opens_with_every_job_file_mark_batch_and_sum(
    tmp_path: Path,
) -> None:
    before = json.loads(TOLD.read_text(encoding="utf-8"))
    now = json.loads(json.dumps(await told(unpacked(tmp_path), PricedVendor())))
    assert _missing(before, now) == []
    for owner in before:
        for part in ("jobs", "events", "files", "batches", "deleted"):
            assert set(before[owner][part]) == set(now[owner][part])


async def test_what_was_on_its_way_before_goes_on_and_nothing_is_sent_again(tmp_path: Path) -> None:
    folder, fake = unpacked(tmp_path), PricedVendor(cost=Cost(amount=12, unit="credits"))
    studio = studio_on(folder, fake, a_time(1.02))
    async with studio.running():
        jobs = [job for job in studio.live.page("local", Query(limit=100)).jobs if job.is_open]
    fake.requests = [job.request for job in jobs]
    fake.tokens = {job.token: job.ticket.task for job in jobs if job.ticket is not None}
    with files() as fake.home:
        studio = studio_on(folder, fake, a_time(1.03), "key-b")
        async with studio.running():
            ends = [await when(studio, job, _is_settled) for job in jobs]
    told = sorted((job.state, job.parked or "", len(job.artifacts)) for job in ends)
    # Two ran in another account. One had not been sent; in a copy of its folder that is looked for first.
    assert told == [
        ("done", "", 1), ("done", "", 1), ("running", "other_account", 0),
        ("running", "other_account", 0), ("unsure", "", 0),
    ]  # fmt: skip
    assert fake.created() == 0


def _is_settled(job: Job) -> bool:
    return not job.is_open or job.parked == "other_account"
