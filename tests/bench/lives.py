"""The two processes of the soak: vendors on a rough road, and a studio that is killed again and again."""

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.catalogue.requests import read_request
from providers.settings import Credentials, Settings
from providers.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from providers.vendors.vendor import Vendor
from tests.chaos.rig import body_for
from tests.chaos.road import Call, Copying, call_of
from tests.chaos.toxics import HTML

SPEED = 0.1
MOST_OPEN = 2
"""Jobs of one vendor on their way at once; the studio presses again as soon as one is over."""
OWNER = "local"
PROMPT_FATES = ("",) * 6 + (
    "sandbox:no-credits", "sandbox:throttled", "sandbox:cut-download", "sandbox:expired-link",
)  # fmt: skip
"""What the vendor itself decides, drawn for every press."""
UNREACHABLE = 1 / 13
"""Share of lives in which nobody listens at a vendor's address, for each vendor."""


@dataclass(frozen=True)
class Fault:
    """What the road does to one call. `status` 0: the line is cut; None: nothing is done."""

    status: int | None = None
    taken: bool = False
    """Whether the vendor had the call before."""
    body: bytes = b""


FINE = Fault()
CREATE = (FINE,) * 8 + (
    Fault(429, taken=False, body=b'{"error": "Too many requests"}'),
    Fault(500, taken=False),
    Fault(500, taken=True),
    Fault(0, taken=True),
    Fault(200, taken=True, body=HTML),
)
"""Each is as likely as the others. A refusal is drawn with the prompt, and an address where nobody
listens for a whole life: with them these are the thirteen cases of a create call."""
FAULTS: Mapping[Call, tuple[Fault, ...]] = {
    "create": CREATE,
    "look": (FINE,) * 17 + (Fault(500), Fault(200, body=HTML), Fault(0)),
    "file": (FINE,) * 18 + (Fault(503), Fault(0, taken=True)),
    "account": (FINE,),
}


# The vendors


def serve(port: int, folder: Path, seed: int) -> None:
    """The emulators over HTTP, which paint one picture and hand out copies, on a rough road."""
    engine = Copying(Clock(SPEED), folder)
    engine.painted = folder
    app = Rough(sandbox_app(VENDORS, engine), random.Random(seed))
    # Calls that break off are what is tried here, and the server calls each one an error.
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")


class Rough:
    """An application behind a road that loses, cuts and forges answers."""

    def __init__(self, app: ASGIApp, chance: random.Random) -> None:
        self._app = app
        self._chance = chance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call, or do something else with it."""
        request = await _request(scope, receive)
        fault = self._chance.choice(FAULTS[call_of(request)]) if scope["path"] != "/book" else FINE
        inner = _Again(request.content, receive)
        if fault.status is None:
            await self._app(scope, inner.receive, send)
            return
        if fault.taken:
            await self._app(scope, inner.receive, _unheard)
        if fault.status:
            headers = {"content-type": "application/json", "retry-after": "1"}
            await Response(fault.body, fault.status, headers)(scope, receive, send)
            return
        # The server closes a connection whose answer ends before its length.
        start = {"type": "http.response.start", "status": 200}
        await send({**start, "headers": [(b"content-length", b"500")]})


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


# The studio


@dataclass(frozen=True)
class Life:
    """One process of a studio: where it works, and how far it gets."""

    data: Path
    port: int
    closed: int
    """A port on which nobody listens."""
    seed: int
    changes: int | None
    """After so many changes of jobs it says that it may be killed. None: it presses nothing new, and
    lives until all is at rest."""


def work(life: Life, ripe: Pipe) -> None:
    """A studio that presses Generate again and again until it is killed."""
    asyncio.run(_work(life, ripe))


async def _work(life: Life, ripe: Pipe) -> None:
    chance, presses = random.Random(life.seed), life.changes is not None

    def address(vendor: Vendor) -> str:
        away = presses and chance.random() < UNREACHABLE
        path = urlsplit(vendor.base_url).path
        return f"http://127.0.0.1:{life.closed if away else life.port}/{vendor.name}{path}"

    addresses = {f"STUDIO_{one.name.upper()}_BASE_URL": address(one) for one in VENDORS}
    settings = Settings(data_dir=life.data, sandbox_speed=SPEED)
    studio = Studio(settings, credentials=Credentials(dict(addresses)))
    async with studio.running():
        with studio.watch(OWNER) as queue:
            for turn in itertools.count():
                if presses:
                    _press(studio, turn, chance)
                elif not studio.open_jobs:
                    return
                if turn == life.changes:
                    ripe.send(True)
                await queue.get()


def _press(studio: Studio, turn: int, chance: random.Random) -> None:
    on_way = Counter(planned.vendor for planned in studio.schedule())
    for vendor in VENDORS:
        for number in range(on_way[vendor.name], MOST_OPEN):
            mark = f"{turn}-{number}-{chance.getrandbits(64):x}"
            prompt = f"A lighthouse, take {mark} {chance.choice(PROMPT_FATES)}".strip()
            request = read_request(body_for(vendor, prompt))
            studio.submit(request, owner=OWNER, client_request_id=mark)
