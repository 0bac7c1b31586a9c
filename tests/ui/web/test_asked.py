"""What a browser asks for is given up once it has gone."""

import asyncio
from collections.abc import MutableMapping

import pytest
from starlette.requests import Request

from ui.answers import NotAnswered
from ui.web.asked import asked

pytestmark = pytest.mark.anyio


def request(*told: str) -> Request:
    """A request whose connection tells this, and then nothing more."""
    left = [*told]

    async def receive() -> MutableMapping[str, object]:
        if left:
            return {"type": left.pop(0)}
        await asyncio.Event().wait()
        return {}

    return Request({"type": "http", "headers": []}, receive)


async def test_what_is_done_while_the_browser_is_there_is_answered() -> None:
    async def work() -> str:
        await asyncio.sleep(0)
        return "done"

    assert await asked(request("http.request"), work()) == "done"


async def test_what_nobody_waits_for_is_given_up() -> None:
    is_ended = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            is_ended.set()

    with pytest.raises(NotAnswered):
        await asked(request("http.request", "http.disconnect"), work())
    assert is_ended.is_set()
