"""Work that is only worth doing while whoever asked for it is there."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from starlette.requests import Request

from providers.pools import ended
from ui.answers import NotAnswered

T = TypeVar("T")


async def asked(request: Request, work: Coroutine[None, None, T]) -> T:
    """What comes of it; it is given up as soon as the browser has gone, with NotAnswered."""
    doing, gone = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait([doing, gone], return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            raise NotAnswered(400, "Nobody waits for this any more.")
        return doing.result()
    finally:
        await ended([doing, gone])


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
