"""The studio at its own sandbox, which calls it over loopback."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from pydantic import JsonValue

from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.calling import becomes
from tests.support.ports import Port
from ui.web.app import build

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

MODELS = (
    "useapi:image/gen4",
    "runware:image/google:4@1",
    "runflow:image/google/nano-banana-pro",
)


@asynccontextmanager
async def served(folder: Path, keys: dict[str, str | None]) -> AsyncGenerator[tuple[Studio, str]]:
    """A studio whose public address is its own on this machine."""
    port = Port()
    address = f"http://localhost:{port.number}"
    settings = Settings(data_dir=folder, sandbox_speed=0.2, public_url=address)
    studio = Studio(settings, credentials=Credentials(keys))
    config = uvicorn.Config(
        build(studio, environment={}), host="127.0.0.1", port=port.number, log_level="error"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        await becomes(lambda: server.started or serving.done())
        yield studio, f"http://127.0.0.1:{port.number}"
    finally:
        server.should_exit = True
        await serving
        port.close()


@pytest.mark.parametrize("keys", [{}, {"RUNFLOW_CALLBACK_SECRET": "whsec_of-mine"}])
async def test_every_emulator_calls_and_each_call_is_known_for_its_vendors(
    tmp_path: Path, keys: dict[str, str | None]
) -> None:
    async with served(tmp_path, keys) as (studio, url), httpx.AsyncClient(base_url=url) as client:
        for model in MODELS:
            body: JsonValue = {"kind": "image", "model": model, "prompt": "A lighthouse"}
            vendor = model.partition(":")[0]
            # A look may come before a call, so that one is tried again.
            for _ in range(20):
                made = (await client.post("/jobs", json=body, timeout=60)).json()
                await becomes(
                    lambda made=made: studio.live.get(made["id"], "local").state == "done"
                )
                if studio.connections[vendor].calls.arrive:
                    break
            assert studio.connections[vendor].calls.arrive, vendor
        assert not studio.connections["runway"].calls.arrive
