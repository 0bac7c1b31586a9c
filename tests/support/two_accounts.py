"""Two accounts at every vendor, told apart by their keys, over real HTTP: neither knows the other's tasks."""

import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.catalogue.requests import read_request
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from providers.vendors.vendor import Vendor
from tests.chaos.network import Copying, call_of
from tests.chaos.rig import PAINTED, body_for
from tests.support.fake_vendor import Time

FIRST, SECOND = "user:1-first", "user:2-second"
"""The keys."""


@dataclass(frozen=True)
class Asked:
    """One call as it came to a vendor: with which key, for what, and where."""

    key: str
    call: str
    text: str
    """Its address and its body."""


@dataclass
class Accounts:
    """The vendors' front door: every key leads to a world of its own."""

    engines: dict[str, Copying]
    worlds: dict[str, ASGIApp]
    port: int = 0
    asked: list[Asked] = field(default_factory=list[Asked])
    away: set[str] = field(default_factory=set[str])
    """Kinds of call that nobody answers at the moment."""
    lost: bool = False
    """Whether the answers to create calls are lost."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the world of the key answer. Links lead back into the world that gave them."""
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = bool(message.get("more_body"))
        headers = {bytes(name).decode(): bytes(value).decode() for name, value in scope["headers"]}
        request = httpx.Request(
            scope["method"], f"http://v{scope['path']}", headers=headers, content=body
        )
        call, key = call_of(request), headers.get("authorization", "").removeprefix("Bearer ")
        self.asked.append(Asked(key, call, scope["path"] + body.decode("utf-8", "replace")))
        if call in self.away:
            await Response("", 503)(scope, receive, send)
            return
        for number, (own, world) in enumerate(self.worlds.items()):
            root = f"/account-{number}"
            if key == own or scope["path"].startswith(f"{root}/"):
                path = scope["path"] if scope["path"].startswith(root) else root + scope["path"]
                inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": root}
                quiet = self.lost and call == "create"
                await world(inner, _again(body, receive), _unheard if quiet else send)
                if quiet:
                    await Response("", 502)(scope, receive, send)
                return
        await Response("", 401)(scope, receive, send)

    def told(self, key: str, word: str) -> list[Asked]:
        """The calls with this key in which a word stands."""
        return [one for one in self.asked if one.key == key and word in one.text]

    def studio(
        self,
        folder: Path,
        vendor: Vendor,
        key: str = "",
        *,
        address: str = "",
        sandbox: bool = False,
    ) -> Studio:
        """A studio with this key for the vendor, and none for the others; its sleep takes no time."""
        time = Time()
        base = (
            address or f"http://127.0.0.1:{self.port}/{vendor.name}{urlsplit(vendor.base_url).path}"
        )
        given = {vendor.key_variable: key, f"STUDIO_{vendor.name.upper()}_BASE_URL": base}
        return Studio(
            Settings(data_dir=folder, sandbox_speed=0, sandbox=sandbox),
            credentials=Credentials(given if key else {}),
            sleep=time.sleep,
            clock=time.clock,
        )

    def path(self, vendor: Vendor) -> str:
        """Where the vendor's API begins."""
        return urlsplit(vendor.base_url).path

    def bought(self) -> list[str]:
        """The tasks that were made, in either account."""
        return [one.task for engine in self.engines.values() for one in engine.book]


@contextmanager
def two_accounts(folder: Path) -> Generator[Accounts]:
    """The vendors in a thread of their own."""
    PAINTED.mkdir(exist_ok=True)
    engines = {key: Copying(Clock(0.0), folder / key[-5:]) for key in (FIRST, SECOND)}
    for engine in engines.values():
        engine.painted = PAINTED
    worlds: dict[str, ASGIApp] = {
        key: sandbox_app(VENDORS, engine) for key, engine in engines.items()
    }
    listening = socket.create_server(("127.0.0.1", 0))
    accounts = Accounts(engines, worlds, int(listening.getsockname()[1]))
    server = uvicorn.Server(uvicorn.Config(accounts, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield accounts
    finally:
        server.should_exit = True
        thread.join()
        for engine in engines.values():
            engine.close()


def press(studio: Studio, vendor: Vendor, prompt: str = "A lighthouse") -> Job:
    """Press Generate."""
    return studio.submission.submit(read_request(body_for(vendor, prompt)), owner="local")


def _again(body: bytes, then: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return messages.pop() if messages else await then()

    return receive


async def _unheard(_: Message) -> None:
    return
