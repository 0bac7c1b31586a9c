"""F99: a vendor tells numbers out of all bounds. For every vendor."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue

from providers.errors import VendorError
from providers.running.slots import LONGEST_WAIT
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos.rig import chaos
from tests.chaos.shapes import walk
from tests.chaos.timeline import BEGIN
from tests.chaos.toxics import Forward, Toxic, says
from tests.support.told import told_of

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
PAST = format_datetime(datetime.fromtimestamp(BEGIN - 86_400, UTC), usegmt=True)
NO_WAITS = ("0", "-0", "0.0", "1e-300", "-5", "nan", "-inf", "", "soon", PAST, "1970-01-01", "1")
FULL: JsonValue = {"error": "Too many requests", "code": 429}
WILD: Mapping[str, str] = {
    "no number": "NaN",
    "infinite": "Infinity",
    "less than anything": "-Infinity",
    "negative": "-7",
    "none": "0",
    "a float's end": "1e308",
    "beyond it": "1e400",
    "below it": "-1e308",
    "long": "9" * 4000,
    "too long": "9" * 6000,
    "text": '"1e308"',
}


def full(wait: str) -> Toxic:
    """Refused for now."""
    return says(429, FULL, taken=False, headers={"retry-after": wait})


def wildly(number: str) -> Toxic:
    """The vendor's own answer, and every number in it is this one."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = await forward(request)
        told: JsonValue = json.loads(await answer.aread() or b"null")
        mark = "the wild number"

        def wild(_: str, value: JsonValue) -> JsonValue:
            told = isinstance(value, int | float) and not isinstance(value, bool)
            return mark if told else value

        text = json.dumps(walk(told, wild)).replace(f'"{mark}"', number)
        return httpx.Response(answer.status_code, content=text.encode())

    return toxic


@pytest.mark.parametrize("wait", NO_WAITS)
@pytest.mark.fault("F99", "F11")
async def test_f99_refusals_are_followed_by_longer_and_longer_pauses(
    tmp_path: Path, vendor: Vendor, wait: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", full(wait), times=10)
        job = await rig.over(rig.press())
        sent = [one.at for one in rig.network.asked("create")]
        pauses = [later - earlier for earlier, later in pairwise(sent)]
        for number, pause in enumerate(pauses):
            least = min(vendor.pace.busy_wait * 2**number, LONGEST_WAIT)
            assert least <= pause <= least + 60, pauses
        assert (job.state, job.attempts, len(rig.book)) == ("done", 1, 1)
        assert len(rig.studio.live.events(job.id, "local")) <= 3 * len(sent) + 10


@pytest.mark.fault("F99")
async def test_f99_the_pause_is_the_connections_and_not_each_jobs(
    tmp_path: Path, vendor: Vendor
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("create", full("0"), times=12)
        jobs = [rig.press() for _ in range(12)]
        for job in jobs:
            assert (await rig.over(job)).state == "done"
        sent = [one.at for one in rig.network.asked("create")]
        first = [at for at in sent if at - sent[0] < vendor.pace.busy_wait]
        assert len(first) <= vendor.pace.slots
        refused = sent[len(first) : 12]
        assert all(later - earlier >= vendor.pace.busy_wait for earlier, later in pairwise(refused))
        assert len(sent) == 24


@pytest.mark.fault("F99")
async def test_f99_an_accepted_call_ends_the_patience(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        for _ in range(2):
            before = len(rig.network.asked("create"))
            rig.network.next("create", full("0"), times=3)
            assert (await rig.over(rig.press())).state == "done"
            sent = [one.at for one in rig.network.asked("create")][before:]
            assert sent[-1] - sent[0] < 8 * vendor.pace.busy_wait


@pytest.mark.fault("F99")
async def test_f99_a_longer_wait_that_is_told_is_kept(tmp_path: Path, vendor: Vendor) -> None:
    async with chaos(tmp_path, vendor) as rig:
        first = await rig.until(rig.press(), "queued", "running", "saving", "done")
        rig.network.next("create", full("400"), full("1e308"))
        job = await rig.over(rig.press())
        await rig.over(first)
        _, *sent = [one.at for one in rig.network.asked("create")]
        assert sent[1] - sent[0] >= 400
        assert LONGEST_WAIT <= sent[2] - sent[1] <= LONGEST_WAIT + 60
        assert job.state == "done"


@pytest.mark.parametrize("number", WILD)
@pytest.mark.fault("F99")
async def test_f99_no_number_of_an_answer_breaks_a_job_or_a_page(
    tmp_path: Path, vendor: Vendor, number: str
) -> None:
    async with chaos(tmp_path, vendor) as rig:
        rig.network.next("look", wildly(WILD[number]), times=12)
        rig.network.next("account", wildly(WILD[number]), times=12)
        jobs = [await rig.over(rig.press()) for _ in range(2)]
        try:
            told = await rig.studio.upkeep.check_key(vendor.name)
            assert told.concurrency is None or 1 <= told.concurrency <= 1000
            json.dumps(told.model_dump(), allow_nan=False)
        except VendorError:
            pass
        for job in jobs:
            assert job.state == "done"
            json.dumps(told_of(rig.studio.live.get(job.id, "local")), allow_nan=False)
        rig.network.next("look", wildly(WILD[number]), times=3)
        rig.network.next("create", wildly(WILD[number]))
        assert (await rig.over(rig.press())).state == "done" or not vendor.find_looks
