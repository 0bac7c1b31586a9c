"""Finished files as emulators hand them out: links that expire, byte ranges, downloads that break off."""

import base64
import binascii
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import anyio
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse

LINK_SECONDS = 30 * 3600.0
"""How long a link lives; the vendors speak of one or two days."""

_CLAIMS: TypeAdapter[dict[str, float | str]] = TypeAdapter(dict[str, float | str])


def link(request: Request, name: str, now: float, lives: float = LINK_SECONDS) -> str:
    """An address below `/files/` on the host that was asked, with its expiry in `_jwt`."""
    root = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
    head = _packed({"alg": "HS256", "typ": "JWT"})
    token = f"{head}.{_packed({'keyHash': name[:16], 'exp': now + lives})}.c2FuZGJveA"
    return f"{root}/files/{quote(name)}?_jwt={token}"


def is_alive(request: Request, now: float) -> bool:
    """Whether the link's `_jwt` can be read and has not expired."""
    parts = request.query_params.get("_jwt", "").split(".")
    if len(parts) != 3:
        return False
    try:
        claims = _CLAIMS.validate_json(base64.urlsafe_b64decode(parts[1] + "=="))
    except (ValidationError, binascii.Error):
        return False
    expiry = claims.get("exp")
    return isinstance(expiry, int | float) and expiry > now


def denied() -> Response:
    """What a link that has expired leads to."""
    return Response("Access denied", 403)


def fetched(request: Request, now: float, path: Path | None, media_type: str) -> Response:
    """What a link to a file that was handed in gives; 404 where none lies."""
    if not is_alive(request, now):
        return denied()
    return Response("Not found", 404) if path is None else hand_out(path, media_type)


def hand_out(path: Path, media_type: str) -> Response:
    """The whole file or the range that was asked for."""
    return FileResponse(path, media_type=media_type, headers={"cache-control": "private"})


def break_off(path: Path, media_type: str) -> Response:
    """An answer that promises the whole file and ends after half of it."""
    size = path.stat().st_size
    headers = {"content-length": str(size), "accept-ranges": "bytes"}
    return StreamingResponse(_half(path, size // 2), media_type=media_type, headers=headers)


async def _half(path: Path, length: int) -> AsyncIterator[bytes]:
    async with await anyio.open_file(path, "rb") as file:
        while length > 0 and (chunk := await file.read(min(length, 65536))):
            length -= len(chunk)
            yield chunk


def _packed(value: dict[str, float | str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
