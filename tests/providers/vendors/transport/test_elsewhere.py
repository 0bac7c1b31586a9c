"""Safe calls and files that are answered with an address that nobody can call."""

from pathlib import Path

import httpx
import pytest

from providers.errors import NotSent, VendorError
from providers.vendors.transport.downloads import Downloads
from tests.chaos.toxics import Body
from tests.support.scripted import Sleeps, Vendor, wired
from tests.support.unclear import ELSEWHERE

pytestmark = [pytest.mark.anyio, pytest.mark.fault("F94"), pytest.mark.parametrize("to", ELSEWHERE)]


def moved(to: str) -> httpx.Response:
    place = ELSEWHERE[to]
    headers = [] if place is None else [(b"location", place)]
    return httpx.Response(302, headers=headers, stream=Body(b""))


async def test_a_safe_call_says_what_was_answered(to: str) -> None:
    async with wired(*(moved(to) for _ in range(9))) as (wire, vendor):
        with pytest.raises(VendorError, match="returned error 302") as caught:
            await wire.get("/tasks/")
    assert not isinstance(caught.value, NotSent)
    assert {str(request.url) for request in vendor.seen} == {"https://api.example.com/v1/tasks/"}


async def test_a_file_is_fetched_from_no_such_place(to: str, tmp_path: Path) -> None:
    async def public(_host: str, _port: int) -> list[str]:
        return ["93.184.215.14"]

    vendor = Vendor([moved(to) for _ in range(99)])
    downloads = Downloads(httpx.MockTransport(vendor), sleep=Sleeps(), resolve=public)
    with pytest.raises(VendorError):
        await downloads.fetch("https://cdn.example/a.png", tmp_path / "part")
    assert not (tmp_path / "part").exists()
    await downloads.aclose()
