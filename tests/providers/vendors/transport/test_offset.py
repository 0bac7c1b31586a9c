"""How far the vendor's clock is ahead of ours: by the date of its answers, as far as it can be believed."""

from datetime import UTC, datetime
from email.utils import format_datetime

import httpx
import pytest
from pydantic import JsonValue

from providers.errors import VendorError
from providers.vendors.transport.answer import read_moment
from tests.support.scripted import NOW, wired

pytestmark = pytest.mark.anyio
HOUR = 3600.0


def dated(ahead: float) -> str:
    return format_datetime(datetime.fromtimestamp(NOW + ahead, UTC), usegmt=True)


@pytest.mark.parametrize("ahead", [0.0, 125.0, -HOUR, 14 * HOUR, -30 * 24 * HOUR])
async def test_the_date_of_an_answer_tells_how_far_clocks_are_apart(ahead: float) -> None:
    reply = httpx.Response(200, json={}, headers={"date": dated(ahead)})
    async with wired(reply) as (wire, _):
        assert wire.offset.seconds is None
        await wire.get("/tasks")
        assert wire.offset.seconds == pytest.approx(ahead, abs=1)
        # The newest answer holds: either clock may have been mended.
        wire.offset.hear(200, {"date": dated(7)})
        assert wire.offset.seconds == pytest.approx(7, abs=1)


async def test_the_answer_to_a_create_call_tells_it_too() -> None:
    async with wired(httpx.Response(200, json={}, headers={"date": dated(60)})) as (wire, _):
        await wire.create("/tasks", {})
        assert wire.offset.seconds == pytest.approx(60, abs=1)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"date": ""},
        {"date": "yesterday"},
        {"date": "0"},
        {"date": "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"date": "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"date": "Mon, 99 Foo 2026 99:99:99 GMT"},
        {"date": dated(-9 * HOUR), "age": "32400"},
    ],
)
async def test_a_date_that_tells_nothing_is_no_date(headers: dict[str, str]) -> None:
    async with wired(httpx.Response(200, json={}, headers=headers)) as (wire, _):
        await wire.get("/tasks")
        assert wire.offset.seconds is None


async def test_the_clock_of_a_proxy_is_not_the_vendors() -> None:
    async with wired(httpx.Response(502, headers={"date": dated(HOUR)})) as (wire, _):
        with pytest.raises(VendorError):
            await wire.get("/tasks")
        assert wire.offset.seconds is None


@pytest.mark.parametrize(
    "told",
    [
        "2027-01-15T08:00:00Z",
        "2027-01-15T08:00:00",
        " 2027-01-15 09:00:00+01:00 ",
        1_800_000_000,
        "1800000000",
        1_800_000_000_000,
        "1800000000000.0",
        1_800_000_000_000_000,
        1.8e18,
    ],
)
@pytest.mark.fault("F35")
def test_a_moment_is_read_in_every_form(told: str | float) -> None:
    assert read_moment(told) == 1_800_000_000


@pytest.mark.parametrize("told", [None, True, "", "soon", 0, -5, 1e30, "2027-13-45", [], {}])
@pytest.mark.fault("F35")
def test_what_is_no_moment_is_none(told: JsonValue) -> None:
    assert read_moment(told) is None
