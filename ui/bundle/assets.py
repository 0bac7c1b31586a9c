"""Scripts and styles, ours and Gradio's: packed once and answered from memory."""

import gzip
import hashlib
import mimetypes
from collections.abc import Iterator, Mapping
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.gradio_private import HASHED
from ui.remembered import Remembered

ASSETS = Path(__file__).resolve().parents[2] / "assets"
SERVED = (".js", ".css", ".svg")
FOR_GOOD = "public, max-age=31536000, immutable"
MOST_FILES = 4000
"""Gradio has about a thousand."""


def routes(folder: Path = ASSETS) -> Iterator[BaseRoute]:
    """One route for each file that a page needs, because Gradio's own lie under the same folder name."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in SERVED:
            name = path.relative_to(folder).as_posix()
            yield _route(f"/assets/{name}", path.read_bytes())
    yield _route("/manifest.json", (ASSETS / "manifest.json").read_bytes())


def joined(files: Mapping[str, bytes]) -> Iterator[BaseRoute]:
    """One route for each of these contents by their address; browsers keep what carries a hash for good."""
    for name, content in files.items():
        yield _route(f"/{name}", content)


def _route(address: str, content: bytes) -> Route:
    packed = gzip.compress(content, 9)
    media_type = mimetypes.guess_type(address)[0]
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    kept = FOR_GOOD if HASHED.fullmatch(address) else "no-cache"
    headers = {"Cache-Control": kept, "ETag": etag, "Vary": "Accept-Encoding"}

    async def asset(request: Request) -> Response:
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(content, headers=headers, media_type=media_type)
        return Response(
            packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type
        )

    return Route(address, asset)


class PackedAnswers:
    """Remembers Gradio's answers to names that carry a hash, as packed, and lets browsers keep them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._remembered = Remembered(_for_good(app), MOST_FILES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """From memory, or passed on and remembered."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or not HASHED.fullmatch(scope["path"])
        ):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asked = headers.get("accept-encoding", "")
        if "gzip" not in asked or {"range", "if-none-match"} & set(headers.keys()):
            await self._app(scope, receive, send)
            return
        await self._remembered.answer((scope["path"], "br" in asked), scope, receive, send)


def _for_good(app: ASGIApp) -> ASGIApp:
    async def kept(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                MutableHeaders(raw=message["headers"])["Cache-Control"] = FOR_GOOD
            await send(message)

        await app(scope, receive, sending)

    return kept
