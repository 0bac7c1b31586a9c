"""The emulated Runway over HTTP on this machine, for clients that know nothing of the studio."""

import socket
import threading
from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.vendors import runway
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.bodies import json_object
from providers.vendors.sandbox.engine import Clock, Engine
from tests.support.servers import StudioServer


class Serving(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say so."""
        await super().startup(sockets)
        self.ready.set()


class Account:
    """The emulator, with an organization that lists what it is told to."""

    def __init__(self, app: ASGIApp, listed: Collection[str]) -> None:
        self._app = app
        self.listed = listed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer about the organization; leave the rest to the emulator."""
        if not str(scope.get("path", "")).endswith("/v1/organization"):
            await self._app(scope, receive, send)
            return
        models: JsonValue = {name: {"maxConcurrentGenerations": 1} for name in self.listed}
        body: JsonValue = {
            "creditBalance": 500,
            "tier": {"models": models},
            "usage": {"models": {}},
        }
        await JSONResponse(body)(scope, receive, send)


class Ended:
    """The emulator, without the models that are named."""

    def __init__(self, app: ASGIApp, ended: Collection[str]) -> None:
        self._app = app
        self._ended = ended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a body that asks for one of them."""
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        body = await Request(scope, receive).body()
        asked = json_object(body)
        if asked is not None and asked.get("model") in self._ended:
            issue: JsonValue = {"code": "invalid_union", "path": ["model"], "message": "Invalid"}
            refusal: JsonValue = {"error": "Validation of body failed", "issues": [issue]}
            await JSONResponse(refusal, 400)(scope, receive, send)
            return

        async def again() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


@contextmanager
def emulator(
    folder: Path,
    scale: float = 0,
    listed: Collection[str] | None = None,
    ended: Collection[str] = (),
) -> Generator[str]:
    """The address of Runway's emulator. `listed`: the models that the organization has; None: all.

    `ended`: those that it no longer has.
    """
    engine = Engine(Clock(scale), folder)
    app = sandbox_app([runway.VENDOR], engine)
    app = app if listed is None else Account(app, listed)
    app = Ended(app, ended) if ended else app
    server = Serving(uvicorn.Config(app, log_level="critical", lifespan="off"))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        assert server.ready.wait(30)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/runway"
        finally:
            server.should_exit = True
            thread.join(30)
            engine.close()


@contextmanager
def keyed_studio(
    folder: Path, *, listed: Collection[str] | None = None, ended: Collection[str] = ()
) -> Generator[StudioServer]:
    """A studio with a key of Runway's, whose emulator is told what it lists and what has ended."""
    with emulator(folder / "vendor", listed=listed, ended=ended) as url:
        made = StudioServer(
            folder / "data", RUNWAYML_API_SECRET="key_of_a_test", STUDIO_RUNWAY_BASE_URL=url
        ).start()
        yield made
        made.close()
