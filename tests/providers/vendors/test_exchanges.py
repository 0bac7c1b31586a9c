"""Golden exchanges: what the adapters send, byte for byte, and what they make of the answers.

`tests/wire/<vendor>-<endpoint>.json` holds the cases of one endpoint, written from the vendor's pages.
"""

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import JsonValue, SecretStr

from providers.vendors.all import VENDORS
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Vendor
from tests.support.exchanges import CASES, FILES, Case, Exchange, Sent, act
from tests.support.scripted import KEY, Sleeps

pytestmark = pytest.mark.anyio

HOSTS = {urlsplit(vendor.base_url).hostname for vendor in VENDORS}
UNCOMPARED = {"host", "connection", "user-agent", "content-length", "authorization"}
SOURCES = {
    "useapi": "useapi.net/docs",
    "runway": "docs.dev.runwayml.com",
    "runware": "runware.ai/docs",
    "runflow": "docs.runflow.io",
}


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
