"""What goes on the wire for a request: the adapter of its vendor at the emulator, with every call kept."""

import copy
import json
import re
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from pydantic import JsonValue, SecretStr

from providers.catalogue.requests import read_request
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.engine import Clock
from providers.vendors.sandbox.painter import Card
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Media, Provider
from tests.support.cases import Fields
from tests.support.meeting import Fateless, picture
from tests.support.readings.all import CATALOGUE, spec_of
from tests.support.readings.words import Reading
from tests.support.requested import body_of
from tests.support.runway_types import arm_complaints, arms, called
from tests.support.scripted import Sleeps

SELLERS = {vendor.name: vendor for vendor in VENDORS}
ENVELOPE: Mapping[str, frozenset[str]] = {
    "useapi": frozenset({"replyRef", "replyUrl", "email"}),
    "runway": frozenset(),
    "runware": frozenset(
        {
            "taskType", "taskUUID", "deliveryMethod", "includeCost", "outputType", "outputFormat",
            "outputQuality", "webhookURL",
        }
    ),
    "runflow": frozenset(),
}  # fmt: skip
"""Fields of every create call, whatever it asks for."""


@dataclass(frozen=True)
class Call:
    """One create call: where it went, and its body without what every one has."""

    place: str
    body: dict[str, JsonValue]

    def paths(self) -> dict[str, list[JsonValue]]:
        """All plain values by their paths; a list's places have no part in a path."""
        found: dict[str, list[JsonValue]] = {}
        walk("", self.body, found)
        return found

    def at(self, path: str) -> JsonValue:
        """The one value at a path, or None."""
        values = self.paths().get(path, [])
        return values[0] if len(values) == 1 else None

    def below(self, path: str) -> list[tuple[str, JsonValue]]:
        """All values at a path or below it, in order; `#` in a path stands for a number."""
        fits = pattern(path)
        return [(name, one) for name, held in self.paths().items() for one in held if fits(name)]


def walk(path: str, value: JsonValue, found: dict[str, list[JsonValue]]) -> None:
    """Note all plain values."""
    if isinstance(value, dict):
        for name, one in value.items():
            walk(f"{path}.{name}" if path else name, one, found)
    elif isinstance(value, list):
        for one in value:
            walk(path, one, found)
    else:
        found.setdefault(path, []).append(value)


def pattern(path: str) -> "Fits":
    """Whether a path is this one or lies below it."""
    return Fits(re.compile(re.escape(path).replace(r"\#", r"\d+") + r"(\..+)?"))


@dataclass(frozen=True)
class Fits:
    """A pattern of paths."""

    expression: re.Pattern[str]

    def __call__(self, path: str) -> bool:
        return self.expression.fullmatch(path) is not None


Change = Callable[[dict[str, JsonValue]], None]


@dataclass
class Line:
    """An adapter with its emulator."""

    provider: Provider
    folder: Path
    vendor: str
    client: httpx.AsyncClient
    headers: Mapping[str, str]
    calls: list[tuple[str, JsonValue]] = field(default_factory=list[tuple[str, JsonValue]])
    uploads: dict[str, str] = field(default_factory=dict[str, str])

    async def send(self, reading: Reading, given: Fields) -> Call:
        """Submit these fields as the studio does; the create call that was sent, and taken."""
        request = CATALOGUE.validate(read_request(body_of(spec_of(reading), given)))
        for field_name, artifact in request.media():
            if artifact not in self.uploads:
                self.uploads[artifact] = await self._hand_over(field_name, artifact)
        before = len(self.calls)
        await self.provider.submit(request, self.uploads, f"{len(self.calls):032x}")
        path, body = self.calls[before]
        assert len(self.calls) == before + 1
        return self._call(path, body)

    async def post(self, change: Change) -> int:
        """The last create call again with its own fields changed; the status of the answer."""
        path, body = self.calls[-1]
        whole = copy.deepcopy(body)
        own = whole[0] if isinstance(whole, list) else whole
        assert isinstance(own, dict)
        if self.vendor == "runware":
            own["taskUUID"] = str(uuid4())
        inner = own["input"] if self.vendor == "runflow" else own
        assert isinstance(inner, dict)
        change(inner)
        address = f"http://sandbox{path}"
        answer = await self.client.post(address, json=whole, headers=dict(self.headers))
        if self.vendor == "runware" and answer.json().get("errors"):
            return 400
        return answer.status_code

    async def _hand_over(self, name: str, artifact: str) -> str:
        if name == "driving_video":
            path = self.folder / f"{artifact}.mp4"
            card = Card(model="", prompt="", facts="", seed=1)
            takes = (Take(prompt="", seconds=4),)
            paint_film(Film(card=card, width=640, height=360, takes=takes), path)
            media = Media(artifact, path, artifact, "video/mp4", "video", path.stat().st_size)
        else:
            media = picture(self.folder / f"{artifact}.png", (640, 360))
        return await self.provider.upload(media)

    def _call(self, path: str, body: JsonValue) -> Call:
        if isinstance(body, list):
            (body,) = body
        assert isinstance(body, dict)
        if self.vendor == "runware":
            path = str(body["taskType"])
        if self.vendor == "runflow":
            path = path.partition("/v1/models/")[2].removesuffix("/runs")
            assert body.keys() <= {"input", "metadata", "client_ref", "callback_url"}
            body = body["input"]
            assert isinstance(body, dict)
        if self.vendor == "runway":
            path = path.partition("/v1/")[2]
            assert not arm_complaints(arms(path)[called(body)], body)
        if self.vendor == "useapi":
            path = path.partition("/runwayml/")[2]
        own = {name: one for name, one in body.items() if name not in ENVELOPE[self.vendor]}
        return Call(path, own)


CREATES = re.compile(
    r"/v1/runwayml/(images|videos)/create|/runway/v1/(?!uploads|organization|tasks)|"
    r"/runware/v1$|/v1/models/.+/runs"
)
NO_CREATES = frozenset({"imageUpload", "mediaStorage", "getResponse", "accountManagement"})


@asynccontextmanager
async def line(vendor: str, folder: Path) -> AsyncGenerator[Line]:
    """A fresh emulator, and the adapter at it."""
    seller = SELLERS[vendor]
    engine = Fateless(Clock(0), folder / "engine")
    kept: list[tuple[str, JsonValue]] = []
    inner = httpx.ASGITransport(app=sandbox_app([seller], engine))

    class Keeping(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if request.method == "POST" and CREATES.search(request.url.path):
                body: JsonValue = json.loads(await request.aread())
                kinds = [one.get("taskType") for one in listed(body)]
                if not NO_CREATES & {str(kind) for kind in kinds}:
                    kept.append((request.url.path, body))
            return await inner.handle_async_request(request)

    wire = Wire(
        label=seller.label,
        base_url=f"http://sandbox/{seller.name}{urlsplit(seller.base_url).path}",
        key=SecretStr("user:0-sandbox"),
        headers=seller.headers,
        transport=Keeping(),
        sleep=Sleeps(),
    )
    provider = seller.provider(wire)
    client = httpx.AsyncClient(transport=inner)
    headers = {"Authorization": "Bearer user:0-sandbox", **seller.headers}
    yield Line(provider, folder, vendor, client, headers, kept)
    await provider.aclose()
    await client.aclose()
    engine.close()


def listed(body: JsonValue) -> list[dict[str, JsonValue]]:
    """The objects of a list."""
    return [one for one in body if isinstance(one, dict)] if isinstance(body, list) else []


def fields_of(readings: Iterable[Reading]) -> set[str]:
    """Paths that these readings list; what has an equals sign may have that value alone."""
    found: set[str] = set()
    for reading in readings:
        found |= {*reading.fixed, *reading.may}
        found |= {option.path for option in reading.options.values() if option.path}
        if reading.prompt is not None:
            found.add(reading.prompt.path)
        if reading.sizes is not None:
            found |= {*reading.sizes.paths}
        for files in reading.files.values():
            found |= {files.path, f"{files.path}.uri", f"{files.path}.image"}
            found |= {f"{files.path}.{name}" for name in files.beside}
        found |= shot_paths(reading)
    return found


def shot_paths(reading: Reading) -> set[str]:
    """Where a plan's parts stand."""
    shots = reading.shots
    if shots is None:
        return set()
    path = shots.path
    parts = {
        "objects": {f"{path}.prompt", f"{path}.duration"},
        "text seconds": {f"{path}.prompt", f"{path}.duration"},
        "fields": {f"{path}_prompt_#", f"{path}_duration_#"},
        "one text": {path},
    }[shots.form]
    return parts | ({shots.sum_path} if shots.sum_path else set())
