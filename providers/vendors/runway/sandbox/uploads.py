"""Uploads of the emulated Runway: a signed place for each file, and the files behind every address."""

import hashlib
import re
import secrets
import uuid
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from providers.pools import SANDBOX
from providers.vendors.runway.sandbox.gate import read_json
from providers.vendors.runway.sandbox.shapes import Refusal, Upload, issue
from providers.vendors.sandbox.bodies import film_in, picture_in, unpacked
from providers.vendors.sandbox.engine import Engine, Records

LIVES = 24 * 3600.0
LEAST, MOST = 512, 200 * 1000 * 1000
ENDINGS = re.compile(
    r".+\.(png|jpe?g|webp|mp4|mov|mkv|webm|3gp|ogv|ogg|avi|flv|mpe?g|mp3|wav|flac|m4a|aac)",
    re.IGNORECASE,
)
SOUNDS = re.compile(r".+\.(mp3|wav|flac|m4a|aac)", re.IGNORECASE)
PICTURES = ("PNG", "JPEG", "WEBP")
LONGEST_SIDE = 8000


class UploadDesk:
    """`POST /v1/uploads`, the place where the file then goes, and what a create call finds there."""

    def __init__(self, engine: Engine, uploads: Records[Upload]) -> None:
        self._engine = engine
        self._uploads = uploads

    async def begin(self, request: Request, project: str) -> Response:
        """A place for one file."""
        body = await read_json(request)
        name = body.get("filename")
        if not isinstance(name, str) or not 3 <= len(name) <= 255 or not ENDINGS.fullmatch(name):
            raise issue("invalid_string", ["filename"], "Invalid filename or extension")
        if body.get("type") != "ephemeral":
            raise issue("invalid_value", ["type"], 'Expected "ephemeral"', values=["ephemeral"])
        upload = Upload(
            id=str(uuid.uuid4()),
            project=project,
            name=name,
            policy=secrets.token_urlsafe(24),
            at=self._engine.clock.now(),
        )
        self._uploads.put(upload.id, upload)
        root = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
        return JSONResponse(
            {
                "uploadUrl": f"{root}/bucket/",
                "fields": {"key": upload.id, "policy": upload.policy},
                "runwayUri": f"runway://{upload.id}",
            }
        )

    async def take(self, request: Request) -> Response:
        """The file itself. It comes without a key of the API: a bucket stands there, not Runway."""
        if request.headers.get("authorization") or request.headers.get("x-runway-version"):
            return _bucket(400, "InvalidArgument")
        async with request.form(max_part_size=1 << 20) as form:
            parts = form.multi_items()
            upload = self._uploads.get(str(form.get("key", "")))
            if upload is None or form.get("policy") != upload.policy or upload.kind != "none":
                return _bucket(403, "AccessDenied")
            name, file = parts[-1]
            if name != "file" or not isinstance(file, UploadFile):
                return _bucket(400, "InvalidArgument")
            content = await file.read(MOST + 1)
        if not LEAST <= len(content) <= MOST:
            return _bucket(400, "EntityTooSmall" if len(content) < LEAST else "EntityTooLarge")
        await SANDBOX.run(self._keep, upload, content)
        return Response(status_code=204)

    async def find(self, uri: str, project: str, wanted: str) -> Upload:
        """The file behind an address in a create body, which must be of this kind."""
        if uri.startswith("data:"):
            upload = await SANDBOX.run(self._inside, uri, project)
        else:
            upload = self._uploads.get(uri.removeprefix("runway://"))
        now = self._engine.clock.now()
        if upload is None or upload.project != project or now - upload.at > LIVES:
            raise Refusal(400, "Failed to fetch asset")
        if upload.kind != wanted:
            raise Refusal(400, "Unsupported asset type")
        if max(upload.width, upload.height) > LONGEST_SIDE:
            raise Refusal(400, "Invalid asset dimensions")
        return upload

    def path(self, upload_id: str) -> Path:
        """Where a file lies."""
        return self._uploads.beside(upload_id)

    def _inside(self, uri: str, project: str) -> Upload | None:
        head, _, text = uri.partition(",")
        content = unpacked(text) if head.endswith(";base64") else None
        if content is None:
            return None
        # The same bytes are the same file, however often they come.
        name = f"{project}\0{text}".encode()
        made = str(uuid.UUID(bytes=hashlib.sha256(name).digest()[:16]))
        upload = Upload(id=made, project=project, name=head, at=self._engine.clock.now())
        return self._keep(upload, content)

    def _keep(self, upload: Upload, content: bytes) -> Upload:
        path = self._uploads.lay_beside(upload.id, content)
        kept = upload.model_copy(
            update={**_measured(path, upload.name), "sha256": hashlib.sha256(content).hexdigest()}
        )
        return self._uploads.put(upload.id, kept)


def _measured(path: Path, name: str) -> dict[str, str | int | float]:
    if SOUNDS.fullmatch(name):
        return {"kind": "audio"}
    picture = picture_in(path, PICTURES)
    if picture is not None:
        return {"kind": "image", "width": picture.width, "height": picture.height}
    film = film_in(path)
    if film is None:
        return {"kind": "audio"}
    size = {"width": film.width, "height": film.height}
    return {"kind": "video", **size, "seconds": film.seconds or 0.0, "rate": film.rate}


def _bucket(status: int, code: str) -> Response:
    body = f'<?xml version="1.0"?><Error><Code>{code}</Code></Error>'
    return Response(body, status, media_type="application/xml")
