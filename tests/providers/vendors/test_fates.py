"""Words in a prompt choose a fate: every adapter reads out of its emulator's answer what was chosen."""

from pathlib import Path

import pytest

from providers.errors import Busy, Refused, Unclear
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.engine import Clock
from providers.vendors.vendor import Failed, Vendor
from tests.support.cases import doomed
from tests.support.meeting import Unpainted, meeting

pytestmark = pytest.mark.anyio
DOOR = {
    "sandbox:moderated": "moderated",
    "sandbox:no-credits": "credits",
    "sandbox:throttled": "busy",
    "sandbox:lost-answer": "unclear",
    "sandbox:lost-request": "unclear",
}
WAY = {"sandbox:fails": {"transient", "quality"}, "sandbox:moderated-output": {"moderated"}}
"""What a failed task is called; a task that just fails may be bad luck or a bad request."""
ACCEPTED_FIRST = {("runway", "sandbox:moderated"), ("runway", "sandbox:throttled")}
"""What Runway never says at the door: it takes the task, and tells later."""


def _called(error: BaseException) -> str:
    if isinstance(error, Refused):
        return error.code
    return "busy" if isinstance(error, Busy) else "unclear"


@pytest.mark.parametrize("word", DOOR)
@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
async def test_each_fate_at_the_door_has_its_error(
    vendor: Vendor, word: str, tmp_path: Path
) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    async with meeting(vendor, engine) as met:
        if (vendor.name, word) in ACCEPTED_FIRST:
            await met.submit(*doomed(vendor, word))
        else:
            with pytest.raises((Refused, Busy, Unclear)) as caught:
                await met.submit(*doomed(vendor, word))
            assert _called(caught.value) == DOOR[word]
    taken = word == "sandbox:lost-answer" or (vendor.name, word) in ACCEPTED_FIRST
    assert len(engine.book) == taken


@pytest.mark.parametrize(
    ("vendor", "word"),
    [
        pytest.param(vendor, word, id=f"{vendor.name}-{word}")
        for vendor in VENDORS
        for word in (*WAY, "sandbox:moderated")
        if word in WAY or (vendor.name, word) in ACCEPTED_FIRST
    ],
)
async def test_each_fate_on_the_way_has_its_failure(
    vendor: Vendor, word: str, tmp_path: Path
) -> None:
    async with meeting(vendor, Unpainted(Clock(0), tmp_path)) as met:
        update = await met.settled(await met.submit(*doomed(vendor, word)))
    assert isinstance(update, Failed)
    assert update.code in WAY.get(word, {"moderated"})
    assert update.message
