"""Assets of the emulated useapi.net: handed in, listed, deleted, and the files behind every link."""

import hashlib
import uuid
from collections.abc import Sequence

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.pools import SANDBOX
from providers.vendors.sandbox.engine import Engine, Records
from providers.vendors.sandbox.files import fetched, link
from providers.vendors.useapi.sandbox.files import Files, suffix
from providers.vendors.useapi.sandbox.gate import own_id, owner_of, window
from providers.vendors.useapi.sandbox.shapes import (
    Asset,
    Refusal,
    Task,
    listed_shape,
    upload_shape,
)
from providers.vendors.useapi.sandbox.uploads import kind_of, measure


class AssetDesk:
    """The endpoints below `/assets/`, and `/files/`."""

    def __init__(
        self,
        engine: Engine,
        files: Files,
        tasks: Records[Task],
        assets: Records[Asset],
        emails: Sequence[str],
    ) -> None:
        self._emails = emails
        self._engine = engine
        self._files = files
        self._tasks = tasks
        self._assets = assets

    async def upload(self, request: Request, user: int) -> Response:
        """Keep the raw bytes of a file; 400 without a name, for an unlisted type, for other bytes."""
        name = request.query_params.get("name", "")
        if not name:
            raise Refusal(400, "Parameter name is required")
        email = owner_of(request.query_params.get("email"), self._emails)
        kind, media_type = kind_of(request.headers.get("content-type", ""))
        made = str(uuid.uuid4())
        path = self._assets.beside(made)
        size, digest = 0, hashlib.sha256()
        with path.open("wb") as file:
            async for chunk in request.stream():
                size += len(chunk)
                digest.update(chunk)
                file.write(chunk)
        try:
            measures = await SANDBOX.run(measure, path, kind, media_type)
        except Refusal:
            path.unlink()
            raise
        asset = Asset(
            id=made,
            user=user,
            name=name,
            kind=kind,
            media_type=media_type,
            bytes=size,
            width=measures.width,
            height=measures.height,
            seconds=measures.seconds,
            sound=measures.sound,
            at=self._engine.clock.now(),
            sha256=digest.hexdigest(),
            email=email,
        )
        self._assets.put(made, asset)
        return JSONResponse(upload_shape(asset, self.link(request, asset)))

    async def list(self, request: Request, user: int) -> Response:
        """The newest first, handed in and made alike."""
        offset, limit = window(request, most=50)
        wanted = request.query_params.get("mediaType")
        if wanted not in {None, "image", "video", "audio"}:
            raise Refusal(400, "Parameter mediaType must be image, video or audio")
        email = owner_of(request.query_params.get("email"), self._emails)
        own = [one for one in self._assets if one.user == user and one.email == email]
        held = [one for one in own if wanted in {None, one.kind}]
        held.sort(key=lambda one: one.at, reverse=True)
        page = held[offset : offset + limit]
        return JSONResponse([self._listed(request, one) for one in page])

    async def read(self, request: Request, user: int) -> Response:
        """One of them."""
        asset = self.find(request.path_params["full_id"], user)
        return JSONResponse(self._listed(request, asset))

    async def delete(self, request: Request, user: int) -> Response:
        """Forget one."""
        self._assets.remove(self.find(request.path_params["full_id"], user).id)
        return JSONResponse({"success": True})

    def find(self, full_id: str, user: int) -> Asset:
        """The asset behind a composite id; 403 or 404."""
        asset = self._assets.get(own_id(full_id, "asset", user))
        if asset is None or asset.full_id.lower() != full_id.lower():
            raise Refusal(404, "Not found.")
        return asset

    def _listed(self, request: Request, asset: Asset) -> dict[str, JsonValue]:
        # Nothing is painted of a sound.
        link = self.link if asset.kind == "audio" else self.preview_link
        return listed_shape(asset, self.link(request, asset), link(request, asset))

    def link(self, request: Request, asset: Asset) -> str:
        """Where its bytes are fetched, for a day or so."""
        return link(request, asset.id + suffix(asset.media_type), self._engine.clock.now())

    def preview_link(self, request: Request, asset: Asset) -> str:
        """Where a small picture of it is fetched."""
        return link(request, f"{asset.id}-preview.jpg", self._engine.clock.now())

    async def file(self, request: Request) -> Response:
        """The bytes behind a link, or what the fate of the task makes of them."""
        name: str = request.path_params["name"]
        asset = self._assets.get(name.partition(".")[0].removesuffix("-preview"))
        if asset is None:
            return Response("Not found", 404)
        now = self._engine.clock.now()
        if name.endswith("-preview.jpg"):
            return fetched(request, now, await self._files.preview(asset), "image/jpeg")
        task = self._tasks.get(asset.task) if asset.task else None
        if task is not None:
            return await self._files.darkroom.delivered(request, task, asset.number)
        return fetched(request, now, await self._files.path(asset), asset.media_type)
