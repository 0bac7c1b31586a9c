"""Golden exchanges: what the adapters send, byte for byte, and what they make of the answers.

`tests/wire/<vendor>-<endpoint>.json` holds the cases of one endpoint, written from the vendor's pages.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import BaseModel, JsonValue, SecretStr, TypeAdapter

from providers.catalogue.requests import read_request
from providers.catalogue.rules import Frozen, MediaKind
from providers.vendors.all import VENDORS
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Cancelled, Failed, Media, Provider, Ticket, Vendor
from tests.support.roads import KEY, Sleeps

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parents[2] / "wire"
HOSTS = {urlsplit(vendor.base_url).hostname for vendor in VENDORS}
UNCOMPARED = {"host", "connection", "user-agent", "content-length", "authorization"}
SOURCES = {
    "useapi": "useapi.net/docs",
    "runway": "docs.dev.runwayml.com",
    "runware": "runware.ai/docs",
    "runflow": "docs.runflow.io",
}
QUIET = {"missing", "why", "seen", "word", "charged"}
"""What is written down only where it says something."""
TEXTS: TypeAdapter[dict[str, str]] = TypeAdapter(dict[str, str])


class Sent(Frozen):
    """A request as it must look; a body that is text is base64."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: JsonValue = None


class Answered(Frozen):
    """What the vendor says to it."""

    status: int
    body: JsonValue


class Exchange(Frozen):
    """One request and its answer."""

    request: Sent
    answer: Answered


class Case(Frozen):
    """One call of the adapter, the exchanges it has, and what it gives."""

    name: str
    does: str
    given: Mapping[str, JsonValue]
    exchanges: tuple[Exchange, ...]
    gives: JsonValue


class Golden(Frozen):
    """The cases of one endpoint; `source` is where they were read."""

    source: str
    cases: tuple[Case, ...]


FILES = {path.stem: Golden.model_validate_json(path.read_bytes()) for path in FOLDER.glob("*.json")}
SELLERS = {vendor.name: vendor for vendor in VENDORS}
CASES = [
    pytest.param(SELLERS[name.partition("-")[0]], case, id=f"{name}: {case.name}")
    for name, file in FILES.items()
    for case in file.cases
]


@dataclass
class Recording:
    """Answers as recorded, and only to the requests that were recorded, in their order."""

    left: list[Exchange]
    keys: set[str] = field(default_factory=set[str])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert self.left, f"one request too many: {request.method} {request.url}"
        exchange = self.left.pop(0)
        assert as_sent(request) == exchange.request
        # Signed places of other hosts get no key.
        assert ("authorization" in request.headers) == (request.url.host in HOSTS)
        self.keys.add(request.headers.get("authorization", ""))
        return httpx.Response(exchange.answer.status, json=exchange.answer.body)


def as_sent(request: httpx.Request) -> Sent:
    headers = {name: value for name, value in request.headers.items() if name not in UNCOMPARED}
    body: JsonValue = None
    content = request.content
    if "boundary=" in headers.get("content-type", ""):
        # A form's boundary is random: it stands here as one word.
        boundary = headers["content-type"].partition("boundary=")[2]
        headers["content-type"] = headers["content-type"].replace(boundary, "BOUNDARY")
        content = content.replace(boundary.encode(), b"BOUNDARY")
    if headers.get("content-type") == "application/json":
        body = json.loads(request.content)
    elif request.method in ("POST", "PUT"):
        body = base64.b64encode(content).decode()
    path = request.url.raw_path.decode("ascii")
    if "authorization" not in request.headers:
        # Without the key it goes to a stranger, whose whole address matters.
        path = str(request.url)
    return Sent(method=request.method, path=path, headers=headers, body=body)


async def act(provider: Provider, case: Case, folder: Path) -> JsonValue:
    """Call the adapter as the case tells; the result as JSON."""
    given = case.given
    request, since = given.get("request"), given.get("since")
    token = str(given.get("token", ""))
    result: BaseModel | JsonValue
    match case.does:
        case "upload":
            result = await provider.upload(media_of(given, folder))
        case "submit" if isinstance(request, dict):
            uploads = TEXTS.validate_python(given["uploads"])
            result = await provider.submit(read_request(request), uploads, token)
        case "find" if isinstance(request, dict) and isinstance(since, float):
            result = await provider.find(read_request(request), token, since)
        case "poll":
            result = await provider.poll(Ticket.model_validate(given["ticket"]))
        case "cancel":
            await provider.cancel(Ticket.model_validate(given["ticket"]))
            result = None
        case "check":
            result = await provider.check()
        case _:
            raise AssertionError(case.does)
    if not isinstance(result, BaseModel):
        return result
    usual = {name: field.default for name, field in type(result).model_fields.items()}
    quiet = {*QUIET, "cost"} if isinstance(result, Failed | Cancelled) else QUIET
    shown = result.model_dump(mode="json")
    return {
        name: value for name, value in shown.items() if name not in quiet or value != usual[name]
    }


def media_of(given: Mapping[str, JsonValue], folder: Path) -> Media:
    texts = TEXTS.validate_python(given)
    content = base64.b64decode(texts["content"])
    path = folder / "file"
    path.write_bytes(content)
    kind = cast("MediaKind", texts["kind"])
    return Media("artifact", path, texts["sha256"], texts["media_type"], kind, len(content))


@pytest.mark.parametrize(("vendor", "case"), CASES)
async def test_the_adapter_sends_and_reads_what_is_recorded(
    vendor: Vendor, case: Case, tmp_path: Path
) -> None:
    recording = Recording(list(case.exchanges))
    wire = Wire(
        label=vendor.label,
        base_url=vendor.base_url,
        key=SecretStr(KEY),
        headers=vendor.headers,
        transport=httpx.MockTransport(recording),
        sleep=Sleeps(),
    )
    provider = vendor.provider(wire)
    assert await act(provider, case, tmp_path) == case.gives
    assert not recording.left
    assert recording.keys <= {f"Bearer {KEY}", ""}
    await provider.aclose()


def test_every_recording_tells_its_source() -> None:
    assert len(FILES) >= 10
    for name, file in FILES.items():
        assert file.source.startswith(SOURCES[name.partition("-")[0]]), name
