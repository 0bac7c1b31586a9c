"""An error that is about the asking names the task that was asked about: it is no end of that task."""

import json
from pathlib import Path

import httpx
import pytest

from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos.rig import chaos
from tests.chaos.toxics import Forward, Toxic, reset_peer

pytestmark = pytest.mark.anyio
CODES = ("rateLimitExceeded", "internalServerError", "timeoutProvider", "unauthorized")


def runware() -> Vendor:
    """The vendor whose questions bear the id of what they ask about."""
    return next(vendor for vendor in VENDORS if vendor.name == "runware")


def refusing(code: str) -> Toxic:
    """The question itself is refused, in the vendor's own words about it."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        del forward
        (asked,) = json.loads(request.content)
        error = {"code": code, "message": "Try later.", **asked}
        return httpx.Response(200, json={"errors": [error]}, request=request)

    return toxic


@pytest.mark.fault("F32", "F10")
@pytest.mark.parametrize("code", CODES)
async def test_a_look_that_is_refused_ends_no_task(tmp_path: Path, code: str) -> None:
    async with chaos(tmp_path, runware()) as rig:
        rig.network.next("look", *[refusing(code)] * 3, words="getResponse")
        job = await rig.over(rig.press())
        assert (job.state, len(rig.book)) == ("done", 1)


@pytest.mark.fault("F98", "F32")
async def test_a_search_that_is_refused_has_found_nothing(tmp_path: Path) -> None:
    """The call was not taken, and nobody says that it was."""
    async with chaos(tmp_path, runware()) as rig:
        rig.network.next("create", reset_peer(taken=False))
        rig.network.next("look", *[refusing(CODES[0])] * 4, words="getTaskDetails")
        job = await rig.over(rig.press())
        states = [one["state"] for one in rig.studio.live.events(job.id, "local")]
        assert (job.state, "queued" in states) == ("unsure", False)
