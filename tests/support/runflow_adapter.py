"""The Runflow adapter: at a vendor that answers by a script, and a bare caller at its emulator."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx
from pydantic import JsonValue, SecretStr

from providers.vendors.runflow import VENDOR
from providers.vendors.runflow.api import Runflow
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Engine
from providers.vendors.transport.wire import Wire
from tests.support.scripted import KEY, Reply, Sleeps, Vendor

BASE = "/models/google/nano-banana-pro/runs"
EDIT = "/models/google/nano-banana-pro/edit/runs"


async def call(
    engine: Engine, method: str, path: str, body: JsonValue = None, key: str = "rf_live_x"
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    transport = httpx.ASGITransport(app=sandbox_app([VENDOR], engine))
    async with httpx.AsyncClient(transport=transport, headers=headers) as client:
        address = f"http://sandbox/runflow/v1{path}"
        return await client.request(method, address, json=body if method == "POST" else None)


@asynccontextmanager
async def adapter(*replies: Reply) -> AsyncGenerator[tuple[Runflow, Vendor], None]:
    vendor = Vendor(list(replies))
    wire = Wire(
        label="Runflow",
        base_url="https://api.runflow.io/v1",
        key=SecretStr(KEY),
        transport=httpx.MockTransport(vendor),
        sleep=Sleeps(),
    )
    yield Runflow(wire), vendor
    await wire.aclose()


def said(body: JsonValue, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)
