"""A refusal for lack of a place that names the very task which it refuses: it was taken, and is bought once."""

from pathlib import Path

import httpx
import pytest

from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.chaos.rig import chaos
from tests.chaos.toxics import Forward

pytestmark = pytest.mark.anyio
ACCOUNT = "anna@example.com"


def useapi() -> Vendor:
    """The vendor whose refusals name tasks."""
    return next(vendor for vendor in VENDORS if vendor.name == "useapi")


@pytest.mark.fault("F94", "F11")
@pytest.mark.parametrize("named", [True, False])
async def test_a_call_that_is_refused_for_its_own_task_is_not_sent_again(
    tmp_path: Path, named: bool
) -> None:
    """Something on the way there sent it twice: the second one came back."""
    async with chaos(tmp_path, useapi()) as rig:

        async def repeated(request: httpx.Request, forward: Forward) -> httpx.Response:
            await (await forward(request)).aread()
            task, mark, _ = rig.book[-1]
            held = {"email": ACCOUNT, "replyRef": mark, **({"taskId": task} if named else {})}
            told = {"error": f"Account {ACCOUNT} is busy executing 1 tasks", "code": 429}
            body = {**told, "runningTasks": {ACCOUNT: [held]}}
            return httpx.Response(429, json=body, request=request)

        rig.network.next("create", repeated)
        job = await rig.over(rig.press())
        assert (job.state, len(rig.book), len(rig.network.asked("create"))) == ("done", 1, 1)
        assert job.ticket is not None
        assert job.ticket.task == rig.book[0][0]
