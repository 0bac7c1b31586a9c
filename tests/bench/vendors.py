"""The vendors of the soak: all emulators over HTTP, in two worlds, whose answers get lost and forged."""

import random
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from tests.bench.chaos import CALM, ODD_WAITS, Chaos, Draw, Fault, faults
from tests.chaos.network import Call, Copying, call_of

SPEED = 0.1
ELSEWHERE = "elsewhere"
"""Below this path the same vendors stand once more, and know nothing of the first ones' tasks. In either world
each key is an account of its own."""
MARK = re.compile(rb"take ([\w-]+)")
"""By what a press is known in everything that is sent for it."""
BUSY = 2.0
"""Seconds for which a vendor has no room for a press that it told an odd wait."""
CALLS = "creates.txt"
"""A line for each create call that came, taken or not: vendor, moment, press."""


def serve(port: int, folder: Path, seed: int, chaos: Chaos) -> None:
    """The emulators, which paint one picture and hand out copies, until the process is killed."""
    first, other = _world(folder), _world(folder / ELSEWHERE)
    both = Starlette(routes=[Mount(f"/{ELSEWHERE}", app=other), Mount("/", app=first)])
    app = Rough(both, random.Random(seed), faults(chaos), folder / CALLS)
    # Calls that break off are what is tried here, and the server calls each one an error.
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")


def books(folder: Path) -> tuple[Path, ...]:
    """Where both worlds write down what was bought."""
    return folder / "book.jsonl", folder / ELSEWHERE / "book.jsonl"


def _world(folder: Path) -> ASGIApp:
    engine = Copying(Clock(SPEED), folder)
    engine.painted = folder
    return sandbox_app(VENDORS, engine)


class Rough:
    """An application whose answers are lost, cut and forged on the way; `POST /calm` mends the worst of it."""

    def __init__(
        self, app: ASGIApp, chance: random.Random, drawn: Mapping[Call, Draw], calls: Path
    ) -> None:
        self._app = app
        self._chance = chance
        self._drawn = drawn
        self._calls = calls
        self._busy: dict[str, tuple[float, Fault]] = {}
        """Presses that are refused for lack of room, until when, and how."""
        calls.touch()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, or do something else with it."""
        request = await _request(scope, receive)
        inner, fault = _Again(request.content, receive), Fault()
        if scope["path"] == "/calm":
            self._drawn = CALM
        elif scope["path"] != "/book":
            fault = self._draw(request)
        if fault.status is None:
            await self._app(scope, inner.receive, send)
            return
        if fault.taken:
            await self._app(scope, inner.receive, _unheard)
        if fault.status:
            headers = {"content-type": "application/json", **fault.headers}
            await Response(fault.body, fault.status, headers)(scope, receive, send)
            return
        # The server closes a connection whose answer ends before its length.
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": [(b"content-length", b"500")]})

    def _draw(self, request: httpx.Request) -> Fault:
        call, now = call_of(request), time.time()
        if call != "create":
            return self._chance.choice(self._chance.choice(self._drawn[call]))
        found = MARK.search(request.content)
        vendor = next(one.name for one in VENDORS if f"/{one.name}/" in request.url.path)
        press = found[1].decode() if found else ""
        with self._calls.open("a") as calls:
            calls.write(f"{vendor} {now} {press}\n")
        until, fault = self._busy.get(press, (0.0, Fault()))
        if now >= until:
            fault = self._chance.choice(self._chance.choice(self._drawn[call]))
            if fault in ODD_WAITS:
                # One refusal after the other, since one alone makes no loop.
                self._busy[press] = (now + BUSY, fault)
        return fault


@dataclass
class _Again:
    """A body that was read, for the application to read."""

    content: bytes
    then: Receive
    is_read: bool = False

    async def receive(self) -> Message:
        """The body at once, and after it what comes next."""
        if self.is_read:
            return await self.then()
        self.is_read = True
        return {"type": "http.request", "body": self.content, "more_body": False}


async def _request(scope: Scope, receive: Receive) -> httpx.Request:
    content, more = b"", True
    while more:
        message = await receive()
        content += message.get("body", b"")
        more = bool(message.get("more_body"))
    headers = [(bytes(name), bytes(value)) for name, value in scope["headers"]]
    return httpx.Request(
        scope["method"], f"http://v{scope['path']}", headers=headers, content=content
    )


async def _unheard(_: Message) -> None:
    return
