"""A proxy in front of a studio, as a web server that has more to show than the studio."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import uvicorn
import websockets
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.support.runway_served import Serving

BETWEEN = {"connection", "keep-alive", "transfer-encoding", "upgrade"}
"""Headers that tell of one connection alone."""
SHAKEN = {"sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions", *BETWEEN}


@dataclass
class Front:
    """What lies below `path` is asked of the studio, the rest is not found and noted."""

    behind: str
    """The studio's own host and port."""
    path: str = "/studio"
    takes_off: bool = False
    """Whether the studio is asked without the path, and told of it in X-Forwarded-Prefix."""
    strays: list[str] = field(default_factory=list[str])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"])
        if not path.startswith(f"{self.path}/"):
            self.strays.append(path)
            await Response("", 404)(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(WebSocket(scope, receive, send))
        else:
            await self._request(Request(scope, receive), send)

    def _target(self, scope: Scope) -> str:
        path = scope["raw_path"].decode()
        path = path.removeprefix(self.path) if self.takes_off else path
        query = scope["query_string"].decode()
        return f"{path}{'?' if query else ''}{query}"

    def _headers(self, scope: Scope) -> list[tuple[str, str]]:
        told = [("x-forwarded-prefix", self.path)] if self.takes_off else []
        given = [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]]
        return [pair for pair in given if pair[0] not in SHAKEN] + told

    async def _request(self, request: Request, send: Send) -> None:
        scope = request.scope
        async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
            asked = client.build_request(
                request.method,
                f"http://{self.behind}{self._target(scope)}",
                headers=self._headers(scope),
                content=request.stream() if has_body(request) else None,
            )
            found = await client.send(asked, stream=True)
            answer = StreamingResponse(_raw(found), found.status_code)
            answer.raw_headers = [pair for pair in found.headers.raw if keeps(pair[0])]
            await answer(scope, request.receive, send)

    async def _socket(self, near: WebSocket) -> None:
        # The studio is asked under the name that the browser knows.
        url = f"ws://{near.headers['host']}{self._target(near.scope)}"
        name, _, port = self.behind.partition(":")
        headers = [pair for pair in self._headers(near.scope) if pair[0] != "host"]
        async with websockets.connect(
            url, additional_headers=headers, proxy=None, host=name, port=int(port)
        ) as far:
            await near.accept()
            await _both(near, far)


async def _both(near: WebSocket, far: websockets.ClientConnection) -> None:
    async def down() -> None:
        async for text in far:
            await near.send_text(str(text))

    async def up() -> None:
        while True:
            await far.send(await near.receive_text())

    tasks = [asyncio.create_task(down()), asyncio.create_task(up())]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        ended = (WebSocketDisconnect, websockets.ConnectionClosed, asyncio.CancelledError)
        assert found is None or isinstance(found, ended), found


def has_body(request: Request) -> bool:
    """Whether something follows the head of a request."""
    return bool({"content-length", "transfer-encoding"} & set(request.headers.keys()))


def keeps(name: bytes) -> bool:
    """Whether a header of an answer goes on as it is."""
    return name.lower().decode() not in BETWEEN


async def _raw(found: httpx.Response) -> AsyncGenerator[bytes]:
    async for part in found.aiter_raw():
        yield part
    await found.aclose()


@contextmanager
def before(front: Front) -> Generator[str]:
    """The proxy at work; its address with the path."""
    server = Serving(uvicorn.Config(front, log_level="critical", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        assert server.ready.wait(30)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}{front.path}"
        finally:
            server.should_exit = True
            thread.join(30)
