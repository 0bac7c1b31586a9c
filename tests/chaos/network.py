"""The network between the studio and the emulators in this process, with its toxics and its witnesses."""

import json
import re
import secrets
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Literal

import httpx

from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine
from tests.chaos.timeline import Mortal, Timeline
from tests.chaos.toxics import Toxic, clean

ACCOUNT = re.compile(r"/(account|accounts|features/|organization|balance|credit-balances|auth/me)$")
"""Where vendors tell what is left to spend: asked beside a job, and no part of following it."""
Call = Literal["create", "look", "file", "account"]
_QUESTION = re.compile(rb'"taskType": ?"(get|account|authentication|ping|imageUpload)')
"""What marks a JSON POST as a question, where one address takes creates and questions alike."""


class Copying(Engine):
    """An engine that paints one file of each type and hands out copies: the wire is what is tried."""

    painted: Path | None = None

    def render(self, name: str, paint: Callable[[Path], None]) -> Future[Path]:
        """A copy of an earlier file with this ending, or the first one."""
        target = self.folder / "rendered" / name
        if self.painted is not None and not target.exists():
            model = self.painted / f"model{target.suffix}"
            if not model.exists():
                # Others may look for it meanwhile, and make it too: it is there once it is whole.
                new = model.with_stem(f"model-{secrets.token_hex(4)}")
                paint(new)
                new.replace(model)
            shutil.copyfile(model, target)
        return super().render(name, paint)


@dataclass
class Seen:
    """One request as it came to the network."""

    call: Call
    request: httpx.Request
    at: float
    booked: int = 0
    """Create calls that the vendor accepted while it was answered."""


@dataclass
class Planned:
    """A toxic for the next calls of a kind that hold these words."""

    call: Call
    toxic: Toxic
    words: str = ""
    times: int = 1


class Vendors:
    """Every vendor's emulator over one book. It outlives the studio, as vendors do."""

    def __init__(self, folder: Path, timeline: Timeline, *, scale: float, painted: Path) -> None:
        self.engine = Copying(Clock(scale, timeline.world), folder)
        self.engine.painted = painted
        self.app = httpx.ASGITransport(sandbox_app(VENDORS, self.engine))

    def close(self) -> None:
        """Let go of the files."""
        self.engine.close()


@dataclass
class Network(httpx.AsyncBaseTransport):
    """Passes requests on to the emulators, each through the toxics that are planned for it."""

    vendors: Vendors
    timeline: Timeline
    mortal: Mortal = field(default_factory=Mortal)
    plan: list[Planned] = field(default_factory=list[Planned])
    seen: list[Seen] = field(default_factory=list[Seen])
    before_create: Callable[[httpx.Request], None] = lambda _: None
    before_look: Callable[[httpx.Request], None] = lambda _: None

    def next(self, call: Call, *toxics: Toxic, words: str = "", times: int = 1) -> None:
        """Plan toxics for the next calls of this kind, one after the other."""
        self.plan += [Planned(call, toxic, words, times) for toxic in toxics]

    def asked(self, call: Call) -> list[Seen]:
        """The calls of this kind so far."""
        return [one for one in self.seen if one.call == call]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let the emulators answer, or the toxics."""
        await request.aread()
        self.mortal.point()
        seen = Seen(call_of(request), request, self.timeline.now)
        self.seen.append(seen)
        if seen.call == "create":
            self.before_create(request)
        if seen.call == "look":
            self.before_look(request)
        booked = len(self.vendors.engine.book)
        try:
            with self.timeline.work():
                answer = await self._toxic(seen)(request, self._forward)
        finally:
            seen.booked = len(self.vendors.engine.book) - booked
            self.mortal.point()
        return answer

    def _toxic(self, seen: Seen) -> Toxic:
        text = seen.request.content.decode("utf-8", "replace")
        for planned in self.plan:
            if planned.call == seen.call and planned.words in text:
                planned.times -= 1
                if planned.times <= 0:
                    self.plan.remove(planned)
                return planned.toxic
        return clean()

    async def _forward(self, request: httpx.Request) -> httpx.Response:
        answer = await self.vendors.app.handle_async_request(request)
        answer.headers.setdefault("date", date_of(self.timeline.world()))
        return answer


def call_of(request: httpx.Request) -> Call:
    """A create call, the fetching of a file, what an account holds, or any other that may be repeated."""
    if "/files/" in request.url.path:
        return "file"
    if ACCOUNT.search(request.url.path) or b'"accountManagement"' in request.content:
        return "account"
    is_json = request.headers.get("content-type", "").startswith("application/json")
    is_create = request.method == "POST" and is_json and not is_question(request.content)
    return "create" if is_create else "look"


def date_of(at: float) -> str:
    """A moment as a server writes it over its answers."""
    return format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True)


def is_question(body: bytes) -> bool:
    """Whether a JSON POST asks for something that may be asked again."""
    return _QUESTION.search(body) is not None


def text_of(body: object) -> str:
    """A booked body as text in which prompts can be found."""
    return json.dumps(body, ensure_ascii=False, default=dict)
