"""An adapter to useapi.net whose vendor answers what it is told, and the words it is told."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from pydantic import JsonValue, SecretStr

from providers.catalogue.requests import read_request
from providers.vendors.transport.wire import Wire
from providers.vendors.useapi.api import UseApi
from providers.vendors.vendor import Ticket
from tests.support.scripted import KEY, Reply, Sleeps, Vendor

MINE = "user:12345-runwayml:acct-one@example.com"
TASK = f"{MINE}-task:0a1b2c3d-0000-4000-8000-000000000001"
OTHER = f"{MINE}-task:0a1b2c3d-0000-4000-8000-000000000002"
ASSET = f"{MINE}-asset:0a1b2c3d-0000-4000-8000-000000000003"
ACCOUNTS: JsonValue = {
    "acct-one@example.com": {
        "email": "acct-one@example.com",
        "maxJobs": 5,
        "password": "hunter2",
        "jwt": {"token": "eyJhbGciOiJIUzI1NiJ9.e30.x"},
    }
}
IMAGE = read_request(
    {"kind": "image", "model": "useapi:image/gen4", "prompt": "A teapot", "options": {"seed": 77}}
)
VIDEO = read_request({"kind": "video", "model": "useapi:video/veo-3.1", "start_frame": "a"})
TICKET = Ticket(task=TASK, note={"kind": "image"}, short="0a1b2c3d")


@asynccontextmanager
async def adapter(*replies: Reply) -> AsyncGenerator[tuple[UseApi, Vendor], None]:
    vendor = Vendor(list(replies))
    wire = Wire(
        label="useapi.net",
        base_url="https://api.useapi.net/v1/runwayml",
        key=SecretStr(KEY),
        transport=httpx.MockTransport(vendor),
        sleep=Sleeps(),
    )
    yield UseApi(wire), vendor
    await wire.aclose()


def said(body: JsonValue, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)
