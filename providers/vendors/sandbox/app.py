"""All emulators as one application: each vendor below its own name."""

from collections.abc import Iterable

from pydantic import JsonValue
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Mount, Route

from providers.vendors.sandbox.engine import Engine
from providers.vendors.vendor import Vendor


def sandbox_app(vendors: Iterable[Vendor], engine: Engine) -> Starlette:
    """`/<vendor>/…` is that vendor's API; `GET /book` lists every create call that was accepted."""

    async def book(_: Request) -> JSONResponse:
        return JSONResponse([_told(engine, number) for number in range(len(engine.book))])

    routes: list[BaseRoute] = [Route("/book", book)]
    routes += [Mount(f"/{vendor.name}", app=vendor.emulator(engine)) for vendor in vendors]
    return Starlette(routes=routes)


def _told(engine: Engine, number: int) -> dict[str, JsonValue]:
    created = engine.book[number]
    model = created.body.get("model") if isinstance(created.body, dict) else None
    return {
        "vendor": created.vendor,
        "token": created.token,
        "model": model,
        "at": created.at,
    }
