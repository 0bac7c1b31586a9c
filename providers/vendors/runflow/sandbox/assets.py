"""Assets of the emulated Runflow: announced, filled without a key, confirmed, signed anew."""

import hashlib
import io
import uuid

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.vendors.runflow.sandbox.gate import read_json
from providers.vendors.runflow.sandbox.shapes import Asset, Refusal, asset_shape
from providers.vendors.sandbox.bodies import picture_in, unpacked
from providers.vendors.sandbox.engine import Engine, Records
from providers.vendors.sandbox.files import is_alive, link

MOST_BYTES = 52_428_800
PLACE_SECONDS = 900.0
LINK_SECONDS = 3600.0
"""How long a signature holds: the vendor says only that it is short."""


class AssetDesk:
    """The three steps of an upload, and what they leave."""

    def __init__(self, engine: Engine, assets: Records[Asset]) -> None:
        self._engine = engine
        self._assets = assets

    async def announce(self, request: Request, account: str) -> Response:
        """A place for a file of this name, type and size."""
        body = await read_json(request)
        name, kind, size = (body.get(one) for one in ("filename", "mime_type", "size_bytes"))
        fine = isinstance(name, str) and 1 <= len(name) <= 500
        fine = fine and isinstance(kind, str) and 1 <= len(kind) <= 255
        if not fine or isinstance(size, bool) or not isinstance(size, int):
            raise Refusal(422, "VALIDATION_ERROR", "filename, mime_type and size_bytes are needed.")
        if not 1 <= size <= MOST_BYTES:
            raise Refusal(422, "VALIDATION_ERROR", "size_bytes is 1 to 52428800.")
        now = self._engine.clock.now()
        made = Asset(
            id=str(uuid.uuid4()),
            account=account,
            name=str(name),
            media_type=str(kind),
            bytes=size,
            at=now,
        )
        self._assets.put(made.id, made)
        url = link(request, made.id, now, PLACE_SECONDS).replace("/files/", "/uploads/")
        return JSONResponse({"asset_id": made.id, "upload_url": url}, 201)

    async def fill(self, request: Request) -> Response:
        """The bytes, exactly as announced. The store knows no keys and refuses two credentials."""
        asset = self._assets.get(request.path_params["name"])
        if asset is None or not is_alive(request, self._engine.clock.now()):
            return Response("<Error><Code>AccessDenied</Code></Error>", 403)
        if "authorization" in request.headers:
            return Response("<Error><Code>InvalidArgument</Code></Error>", 400)
        content = await request.body()
        kind = request.headers.get("content-type", "")
        if kind != asset.media_type or len(content) != asset.bytes:
            return Response("<Error><Code>SignatureDoesNotMatch</Code></Error>", 403)
        self._assets.lay_beside(asset.id, content)
        return Response(status_code=200)

    async def confirm(self, request: Request, account: str) -> Response:
        """The asset, once its bytes are there."""
        asset = self.own(request.path_params["asset"], account, confirmed=False)
        path = self._assets.beside(asset.id)
        if not path.exists():
            raise Refusal(409, "CONFLICT", "Nothing was uploaded.")
        update = _looked_at(path.read_bytes())
        asset = self._assets.put(asset.id, asset.model_copy(update=update))
        return JSONResponse(asset_shape(asset, self.link(request, asset)), 201)

    async def read(self, request: Request, account: str) -> Response:
        """One of them, signed anew."""
        asset = self.own(request.path_params["asset"], account)
        return JSONResponse(asset_shape(asset, self.link(request, asset)))

    def inline(self, uri: str, account: str) -> Asset:
        """A picture that stands inside a request, as an asset: the vendor makes one of it by itself."""
        head, _, packed = uri.removeprefix("data:").partition(";base64,")
        content = unpacked(packed)
        if content is None:
            raise _unreadable()
        asset = Asset(
            id=str(uuid.uuid4()),
            account=account,
            name="inline",
            media_type=head,
            bytes=len(content),
            at=self._engine.clock.now(),
        ).model_copy(update=_looked_at(content))
        self._assets.lay_beside(asset.id, content)
        return self._assets.put(asset.id, asset)

    def own(self, mark: str, account: str, *, confirmed: bool = True) -> Asset:
        """The asset; 404 for one of somebody else."""
        asset = self._assets.get(mark)
        if asset is None or asset.account != account or (confirmed and not asset.confirmed):
            raise Refusal(404, "ASSET_NOT_FOUND", "There is no such asset.")
        return asset

    def link(self, request: Request, asset: Asset) -> str:
        """Where its bytes are fetched, for a short while."""
        return link(request, asset.id, self._engine.clock.now(), LINK_SECONDS)


def _looked_at(content: bytes) -> dict[str, str | int | bool]:
    """What is known of a picture once its bytes are there."""
    picture = picture_in(io.BytesIO(content))
    if picture is None:
        raise _unreadable()
    digest = hashlib.sha256(content).hexdigest()
    size = {"width": picture.width, "height": picture.height}
    return {"confirmed": True, **size, "sha256": digest}


def _unreadable() -> Refusal:
    return Refusal(422, "VALIDATION_ERROR", "The file is no readable image.")
