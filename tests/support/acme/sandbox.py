"""Acme's API, offline."""

import asyncio
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from providers.vendors.sandbox.engine import Engine
from providers.vendors.sandbox.painter import Card, Picture, paint_picture


class AcmeEmulator:
    """Plates are painted when they are ordered."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._app = Starlette(
            routes=[
                Route("/v7/plates", self._order, methods=["POST"]),
                Route("/v7/plates/{plate}", self._look),
                Route("/files/{plate}.png", self._file),
            ]
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)

    async def _order(self, request: Request) -> JSONResponse:
        body = await request.json()
        plate = f"plate-{len(self._engine.book) + 1}"
        self._engine.accept("acme", plate, body["mark"], body)
        card = Card(model=body["model"], prompt=body["prompt"])
        height = 640 if body.get("ratio", "1:1") == "1:1" else 360

        def paint(into: Path) -> None:
            paint_picture(Picture(card=card, width=640, height=height), into)

        await asyncio.wrap_future(self._engine.render(f"{plate}.png", paint))
        return JSONResponse({"plate": plate})

    async def _look(self, request: Request) -> JSONResponse:
        plate = request.path_params["plate"]
        host = request.headers["host"]
        return JSONResponse({"link": f"{request.url.scheme}://{host}/acme/files/{plate}.png"})

    async def _file(self, request: Request) -> FileResponse:
        name = f"{request.path_params['plate']}.png"
        path = await asyncio.wrap_future(self._engine.render(name, lambda _: None))
        return FileResponse(path, media_type="image/png")
