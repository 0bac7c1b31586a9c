"""The Runway adapter and a bare caller at the emulator of Runway, for the tests of both."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from PIL import Image
from pydantic import JsonValue, SecretStr

from providers.vendors import runway
from providers.vendors.runway.api import RunwayApi
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.sandbox.painter import Card
from providers.vendors.transport.wire import Downloads, Wire
from providers.vendors.vendor import Media, Queued, Running, Succeeded, TaskUpdate, Ticket
from tests.support.meeting import Unpainted
from tests.support.requested import request_of
from tests.support.runway_calls import ROWS
from tests.support.scripted import Sleeps

HEADERS = {"Authorization": "Bearer key", "X-Runway-Version": "2024-11-06"}
MOVIE_SECONDS = 4
"""Long enough for every model that works on a video, short enough for all."""


@dataclass
class Meeting:
    """Adapter, downloads, a bare caller, and the engine behind the emulator."""

    provider: RunwayApi
    downloads: Downloads
    client: httpx.AsyncClient
    engine: Engine
    folder: Path

    async def picture(self, side: int = 300) -> str:
        """Upload a square picture, which every model's limits let pass."""
        path = self.folder / "a.png"
        Image.effect_noise((side, side), 60).convert("RGB").save(path)
        media = Media("a", path, "a" * 64, "image/png", "image", path.stat().st_size)
        return await self.provider.upload(media)

    async def movie(self, seconds: int = MOVIE_SECONDS) -> str:
        """Upload a small film."""
        path = self.folder / "v.mp4"
        card = Card(model="", prompt="", facts="", seed=1)
        paint_film(
            Film(card=card, width=128, height=96, takes=(Take(prompt="", seconds=seconds),)), path
        )
        media = Media("v", path, "b" * 64, "video/mp4", "video", path.stat().st_size)
        return await self.provider.upload(media)

    async def send(
        self, model: str, uploads: Mapping[str, str] | None = None, **given: JsonValue
    ) -> Ticket:
        request = request_of(ROWS[model], given)
        return await self.provider.submit(request, uploads or {}, "token")

    async def end(self, ticket: Ticket) -> TaskUpdate:
        update = await self.provider.poll(ticket)
        while isinstance(update, Queued | Running):
            update = await self.provider.poll(ticket)
        return update

    async def file(self, ticket: Ticket) -> Path:
        """The only result, fetched."""
        update = await self.end(ticket)
        assert isinstance(update, Succeeded)
        (output,) = update.outputs
        assert output.expires is not None
        await self.downloads.fetch(output.url, self.folder / "result")
        return self.folder / "result"

    async def post(self, path: str, body: JsonValue, **headers: str) -> httpx.Response:
        """A call that the adapter would not make."""
        address = f"http://sandbox/runway{path}"
        return await self.client.post(address, json=body, headers={**HEADERS, **headers})


@asynccontextmanager
async def meeting(engine: Engine, key: str = "key") -> AsyncGenerator[Meeting, None]:
    transport = httpx.ASGITransport(app=sandbox_app([runway.VENDOR], engine))
    wire = Wire(
        label="Runway",
        base_url="http://sandbox/runway",
        key=SecretStr(key),
        headers=runway.VENDOR.headers,
        transport=transport,
        sleep=Sleeps(),
    )
    downloads = Downloads(transport, friendly_hosts=["sandbox"], sleep=Sleeps())
    provider = RunwayApi(wire)
    client = httpx.AsyncClient(transport=transport)
    yield Meeting(provider, downloads, client, engine, engine.folder)
    await provider.aclose()
    await downloads.aclose()
    await client.aclose()
    engine.close()


def unpainted(folder: Path, scale: float = 0) -> Engine:
    return Unpainted(Clock(scale), folder)
