"""The guard before Gradio's own calls: no call may name a file that was not uploaded, or an address to fetch.

Gradio checks the paths in a call only for an application that it launched itself, and fetches addresses.
"""

from pathlib import Path

from pydantic import JsonValue
from pydantic_core import from_json
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.errors import Problem
from ui.answers import MOST_JSON, answer, problems_json, read_body
from ui.gradio_private import CALL, OWN, UPLOAD


class CallGuard:
    """Pure ASGI around the application; reads a call whole, at most 1 MiB, before Gradio does."""

    def __init__(self, app: ASGIApp, uploads: Path) -> None:
        self._app = app
        self._uploads = uploads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is no Gradio call, uploads, and calls that name nothing but uploads."""
        if (
            scope["type"] != "http"
            or scope["method"] in ("GET", "HEAD", "OPTIONS")
            or not OWN.fullmatch(scope["path"])
            or UPLOAD.fullmatch(scope["path"])
        ):
            await self._app(scope, receive, send)
            return
        if not CALL.fullmatch(scope["path"]):
            await _refuse(404, "There's nothing here. Check the address.", scope, receive, send)
            return
        try:
            body = await read_body(Request(scope, receive), MOST_JSON)
        except ClientDisconnect:
            return
        if body is None:
            sentence = "This request is larger than 1 MB. Upload files separately."
            await _refuse(413, sentence, scope, receive, send)
            return
        if not self._is_clean(body):
            sentence = "The call names a file that wasn't uploaded here. Upload it first."
            await _refuse(403, sentence, scope, receive, send)
            return
        await self._app(scope, _again(body, receive), send)

    def _is_clean(self, body: bytes) -> bool:
        try:
            call: JsonValue = from_json(body or b"{}")
        except ValueError:
            return False
        return all(is_upload(path, self._uploads) for path in _paths(call))


def is_upload(path: str, uploads: Path) -> bool:
    """Whether this is a file in the folder of uploads, links followed."""
    if "\x00" in path:
        return False
    folder = uploads.resolve()
    found = Path(path).resolve()
    return found.is_relative_to(folder) and found.is_file()


def _paths(value: JsonValue) -> list[str]:
    if isinstance(value, list):
        return [path for item in value for path in _paths(item)]
    if isinstance(value, dict):
        found = [path for item in value.values() for path in _paths(item)]
        own = value.get("path")
        return [*found, own] if isinstance(own, str) else found
    return []


def _again(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


async def _refuse(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    response = answer(problems_json([Problem("", sentence)]), status)
    await response(scope, receive, send)
