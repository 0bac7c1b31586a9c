"""Where vendors call: open to everybody, and 204 to everything, whoever it is about and whatever it says."""

import asyncio
import re
from contextlib import suppress

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from providers.jobs.callback import CALLBACKS
from providers.studio.studio import Studio
from ui.answers import read_body

MOST_BODY = 64 * 1024
"""Bytes of a call that are read at the most, and only where a signature has to be checked."""
BODY_WAIT = 5.0
"""Seconds in which they have to be here."""
_LENGTH = re.compile(r"[0-9]{1,18}")


class CallbackRoute:
    """ASGI: whoever asks learns nothing from the answer, and nothing is done before it but in memory."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio

    def route(self) -> Route:
        """The route, for every method."""
        return Route(f"{CALLBACKS}{{rest:path}}", self)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hint and answer."""
        if scope["method"] == "POST":
            request = Request(scope, receive)
            await self._studio.called_back.called(
                f"{CALLBACKS}{scope['path_params']['rest']}",
                request.headers,
                lambda: _little(request),
            )
        await Response(status_code=204, headers={"Cache-Control": "no-store"})(scope, receive, send)


async def _little(request: Request) -> bytes | None:
    told = request.headers.get("content-length", "0")
    # Of very many digits Python makes no number.
    if not _LENGTH.fullmatch(told) or int(told) > MOST_BODY:
        return None
    with suppress(TimeoutError, ClientDisconnect):
        async with asyncio.timeout(BODY_WAIT):
            return await read_body(request, MOST_BODY)
    return None
