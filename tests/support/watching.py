"""An adapter at its emulator, with a window: what goes out is laid flat and compared."""

import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from urllib.parse import urlsplit

import httpx
from PIL import Image
from pydantic import JsonValue, SecretStr

from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.requests import Request, read_request
from providers.catalogue.rules import Slot
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.sandbox.painter import Card
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Media, Provider, Vendor
from tests.support.cases import Fields
from tests.support.meeting import Unpainted
from tests.support.requested import body_of
from tests.support.scripted import Sleeps
from tests.support.wordings import WORDINGS, Wording

SELLERS = {vendor.name: vendor for vendor in VENDORS}
SPECS = [spec for vendor in VENDORS for spec in vendor.models]
CATALOGUE = Catalogue(SPECS)
NOW = 1_790_000_000.0
Paths = dict[str, JsonValue]
"""A create call laid flat: every value by its path, and the address at `@`."""


def request_of(spec: ModelSpec, fields: Fields) -> Request:
    """The request as the studio keeps it: checked, with its defaults."""
    return CATALOGUE.validate(read_request(body_of(spec, fields)))


class Watched(httpx.ASGITransport):
    """The transport to the emulator, with a window: keeps the last call that went through."""

    def __init__(self, vendor: Vendor, engine: Engine) -> None:
        super().__init__(app=sandbox_app([vendor], engine))
        self.last: httpx.Request | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Look, and let pass."""
        await request.aread()
        self.last = request
        return await super().handle_async_request(request)


@dataclass
class Counter:
    """An adapter at its emulator, with files in hand."""

    spec: ModelSpec
    provider: Provider
    transport: Watched
    engine: Engine
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    sent: int = 0

    @property
    def wording(self) -> Wording:
        """The vendor's words."""
        return WORDINGS[self.spec.vendor]

    async def submit(self, request: Request) -> None:
        """Send it, as a job of its own."""
        self.sent += 1
        uploads = {one: self.files[_file(name, one)] for name, one in request.media()}
        await self.provider.submit(request, uploads, f"{self.sent:032x}")

    async def told(self, fields: Fields) -> Paths:
        """What went out for these fields; the emulator must take it."""
        before = len(self.engine.book)
        await self.submit(request_of(self.spec, fields))
        assert len(self.engine.book) == before + 1
        assert self.transport.last is not None
        return laid_flat(self.transport.last)

    async def refuses(self, change: Mapping[str, JsonValue]) -> bool:
        """Whether the last call is refused with these paths changed, and nothing is booked."""
        last, before = self.transport.last, len(self.engine.book)
        assert last is not None
        body = json.loads(last.content)
        for path, value in {**change, **self._fresh(body)}.items():
            _put(body, path, value)
        headers = {name: value for name, value in last.headers.items() if name != "content-length"}
        # The vendor would know a call that it has had already, and not look at it again.
        headers.pop("idempotency-key", None)
        content = json.dumps(body).encode()
        again = httpx.Request(last.method, last.url, headers=headers, content=content)
        answer = await super(Watched, self.transport).handle_async_request(again)
        errors = json.loads(await answer.aread())
        assert len(self.engine.book) == before or answer.status_code == 200
        refused = answer.status_code >= 400 or "errors" in errors
        assert refused == (len(self.engine.book) == before)
        return refused

    def _fresh(self, body: JsonValue) -> Paths:
        # Our mark in the same form, and another one.
        self.sent += 1
        marks = (path for path in self.wording.marks if path.endswith("UUID"))
        return {path: str(_at(body, path))[:-6] + f"{self.sent:06x}" for path in marks}


def _file(name: str, artifact: str) -> str:
    """Which upload stands for an artifact: the second one for those with an odd number at the end."""
    number = int(artifact.rpartition("-")[2]) % 2
    return f"movie {number}" if name == "driving_video" else f"picture {number}"


@asynccontextmanager
async def counter(spec: ModelSpec, folder: Path) -> AsyncGenerator[Counter]:
    """The row's adapter at its emulator, where time stands still."""
    vendor = SELLERS[spec.vendor]
    engine = Unpainted(Clock(0, lambda: NOW), folder)
    transport = Watched(vendor, engine)
    wire = Wire(
        label=vendor.label,
        base_url=f"http://sandbox/{vendor.name}{urlsplit(vendor.base_url).path}",
        key=SecretStr("user:0-sandbox"),
        headers=vendor.headers,
        transport=transport,
        sleep=Sleeps(),
    )
    provider = vendor.provider(wire)
    made = Counter(spec, provider, transport, engine)
    kinds = {rule.kind for rule in spec.rules.values() if isinstance(rule, Slot)}
    files: dict[str, str] = {}
    for number in (0, 1):
        if kinds:
            files[f"picture {number}"] = await provider.upload(_picture(folder))
        if "video" in kinds:
            files[f"movie {number}"] = await provider.upload(_movie(folder))
    made.files = files
    yield made
    await provider.aclose()
    engine.close()


@cache
def _picture_bytes() -> bytes:
    out = BytesIO()
    Image.effect_noise((300, 300), 60).convert("RGB").save(out, "PNG")
    return out.getvalue()


@cache
def _movie_bytes() -> bytes:
    card = Card(model="", prompt="", facts="", seed=1)
    takes = (Take(prompt="", seconds=4),)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "v.mp4"
        paint_film(Film(card=card, width=128, height=96, takes=takes), path)
        return path.read_bytes()


def _picture(folder: Path) -> Media:
    path = folder / "a.png"
    path.write_bytes(_picture_bytes())
    return Media("a", path, "a" * 64, "image/png", "image", path.stat().st_size)


def _movie(folder: Path) -> Media:
    path = folder / "v.mp4"
    path.write_bytes(_movie_bytes())
    return Media("v", path, "b" * 64, "video/mp4", "video", path.stat().st_size)


def laid_flat(request: httpx.Request) -> Paths:
    """A call as paths."""
    return {"@": request.url.path, **dict(_leaves(json.loads(request.content), ""))}


def _leaves(value: JsonValue, path: str) -> Iterator[tuple[str, JsonValue]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else None
    )
    if inner is None:
        yield path, value
        return
    for name, one in inner:
        yield from _leaves(one, f"{path}.{name}" if path else str(name))


def _at(body: JsonValue, path: str) -> JsonValue:
    for name in path.split(".") if path else ():
        body = (
            body[int(name)] if isinstance(body, list) else cast("dict[str, JsonValue]", body)[name]
        )
    return body


def _put(body: JsonValue, path: str, value: JsonValue) -> None:
    parent, _, name = path.rpartition(".")
    place = _at(body, parent)
    if isinstance(place, list):
        place[int(name)] = value
    else:
        cast("dict[str, JsonValue]", place)[name] = value


def changed(wording: Wording, before: Paths, after: Paths) -> set[str]:
    """The paths that differ, but for our own mark."""
    names = before.keys() | after.keys()
    return {
        name
        for name in names - set(wording.marks)
        if (name in before, before.get(name)) != (name in after, after.get(name))
    }


def within(path: str, places: tuple[str, ...]) -> bool:
    """Whether a path lies at or below one of these."""
    return any(path == place or path.startswith(f"{place}.") for place in places)
