"""Any vendor's adapter and its emulator at one table, with an engine that need not paint."""

from collections.abc import AsyncGenerator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from PIL import Image
from pydantic import SecretStr

from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.requests import Request, read_request
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Engine
from providers.vendors.transport.wire import Downloads, Wire
from providers.vendors.vendor import Media, Provider, Queued, Running, TaskUpdate, Ticket, Vendor
from tests.support.cases import Fields
from tests.support.requested import body_of
from tests.support.scripted import Sleeps


class Unpainted(Engine):
    """Paints nothing: what is asked is looked at, not what comes out."""

    def render(self, name: str, paint: Callable[[Path], None]) -> Future[Path]:
        """An empty file at once."""
        del paint
        done: Future[Path] = Future()
        path = self.folder / name
        path.touch()
        done.set_result(path)
        return done


class Fateless(Unpainted):
    """Words in a prompt choose no fate: an answer that is lost on purpose is no finding."""

    def words(self, *texts: str) -> tuple[str, ...]:
        """None, whatever the prompts hold."""
        del texts
        return ()


@dataclass
class Meeting:
    """Adapter, downloads and the engine behind the emulator."""

    vendor: Vendor
    provider: Provider
    downloads: Downloads
    engine: Engine

    def request(self, model: str, fields: Fields) -> Request:
        """A request as the studio would send it."""
        return request_of(self.vendor, model, fields)

    async def hand_over(self, name: str = "a.png", size: tuple[int, int] = (64, 36)) -> str:
        """Upload a small picture."""
        return await self.provider.upload(picture(self.engine.folder / name, size))

    async def submit(
        self, model: str, fields: Fields, token: str = "0" * 32, *uploads: str
    ) -> Ticket:
        """Send it; the uploads stand for its files in their order."""
        request = self.request(model, fields)
        held = dict(zip((one for _, one in request.media()), uploads, strict=False))
        return await self.provider.submit(request, held, token)

    async def settled(self, ticket: Ticket) -> TaskUpdate:
        """The first update that is neither waiting nor at work."""
        update = await self.provider.poll(ticket)
        for _ in range(50):
            if not isinstance(update, Queued | Running):
                break
            update = await self.provider.poll(ticket)
        return update


def picture(path: Path, size: tuple[int, int] = (64, 36), mode: str = "RGB") -> Media:
    """A small picture, about to be handed over."""
    Image.new(mode, size, "teal").save(path)
    kind = f"image/{path.suffix.removeprefix('.')}"
    return Media("a", path, "a" * 64, kind, "image", path.stat().st_size)


def request_of(vendor: Vendor, model: str, fields: Fields) -> Request:
    """A request that keeps the row's rules, with its defaults filled in."""
    spec: ModelSpec = next(spec for spec in vendor.models if spec.id == model)
    return Catalogue([spec]).validate(read_request(body_of(spec, fields)))


@asynccontextmanager
async def meeting(
    vendor: Vendor, engine: Engine, key: str = "user:0-sandbox"
) -> AsyncGenerator[Meeting, None]:
    """The adapter on the connection that the studio itself would take."""
    transport = httpx.ASGITransport(app=sandbox_app([vendor], engine))
    wire = Wire(
        label=vendor.label,
        base_url=f"http://sandbox/{vendor.name}{urlsplit(vendor.base_url).path}",
        key=SecretStr(key),
        headers=vendor.headers,
        transport=transport,
        sleep=Sleeps(),
    )
    downloads = Downloads(transport, friendly_hosts=["sandbox"], sleep=Sleeps())
    provider = vendor.provider(wire)
    yield Meeting(vendor, provider, downloads, engine)
    await provider.aclose()
    await downloads.aclose()
    engine.close()
