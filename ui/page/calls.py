"""The guard before Gradio's own calls: no call may name a file that was not uploaded.

Gradio checks the paths in a call only for an application that it launched itself, and fetches addresses by
itself. Here a file that is named by its address is fetched before Gradio sees the call, from public addresses
alone, and stands in it as an upload.
"""

import secrets
import shutil
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from pydantic import JsonValue
from pydantic_core import from_json, to_json
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.errors import InvalidRequest, Problem, StudioError
from providers.pools import FILES
from ui.answers import MOST_JSON, answer, problems_json, read_body
from ui.gradio_private import CALL, OWN, UPLOAD
from ui.page.broken import tell

Fetch = Callable[[str, Path], Awaitable[None]]
MOST_ADDRESSES = 16
MOST_PATH = 60
"""Characters of a path that a line of the log quotes."""
NO_ANSWER = "This call can't be answered. Check its name, its values and the ID of its event."
TOO_MANY = f"A call can name up to {MOST_ADDRESSES} files by their addresses. Upload the others."


class CallGuard:
    """Pure ASGI around the application; reads a call whole, at most 1 MiB, before Gradio does.

    `fetch` brings the file at an address to a path. StudioError.
    """

    def __init__(self, app: ASGIApp, uploads: Path, fetch: Fetch) -> None:
        self._app = app
        self._uploads = uploads
        self._fetch = fetch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is no Gradio call, uploads, and calls that name nothing but uploads."""
        if scope["type"] != "http" or not OWN.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        if scope["method"] in ("GET", "HEAD", "OPTIONS") or UPLOAD.fullmatch(scope["path"]):
            await self._answered(scope, receive, send)
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
        try:
            body = await self._clean(body)
        except StudioError as error:
            await _refuse(_status(scope), str(error), scope, receive, send)
            return
        await self._answered(scope, _again(body, receive), send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on. What breaks there is one line of the log, and an answer all the same."""
        answered = _Answered(send)
        try:
            await self._app(scope, receive, answered)
        except Exception as error:  # noqa: BLE001 — all that it raises for a name it does not know
            tell(error, f"{scope['method']} {scope['path'][:MOST_PATH]}")
            if answered.begun:
                await answered.end()
            else:
                await _refuse(500, NO_ANSWER, scope, receive, send)
        else:
            await answered.let_go()

    async def _clean(self, body: bytes) -> bytes:
        """The call with nothing in it but uploads. InvalidRequest, StoreProblem."""
        try:
            call: JsonValue = from_json(body or b"{}")
        except ValueError:
            raise _no_upload() from None
        named = list(_files(call))
        paths = [str(file["path"]) for file in named]
        far = [file for file in named if is_address(str(file["path"]))]
        if not all(is_address(path) or is_upload(path, self._uploads) for path in paths):
            raise _no_upload()
        if len(far) > MOST_ADDRESSES:
            raise InvalidRequest([Problem("", TOO_MANY)])
        for file in far:
            await self._bring(file)
        return to_json(call) if far else body

    async def _bring(self, file: dict[str, JsonValue]) -> None:
        url = str(file["path"])
        given = file.get("orig_name")
        name = given if isinstance(given, str) and given else url_name(url)
        folder = self._uploads / secrets.token_hex(16)
        # The folder's name is nobody's to guess, and Gradio clears it with the other uploads.
        await FILES.run(lambda: folder.mkdir(parents=True))
        path = folder / f"file{PurePosixPath(url_name(url)).suffix[:8]}"
        try:
            await self._fetch(url, path)
        except BaseException:
            await FILES.run(lambda: shutil.rmtree(folder, ignore_errors=True))
            raise
        file |= {"path": str(path), "orig_name": name, "url": None}


class _Answered:
    """What is answered on its way out, with a refusal of Gradio's own held back: ours may take its place."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._held: list[Message] = []
        self.begun = self._ended = False

    async def __call__(self, message: Message) -> None:
        """Send, unless this is the answer to a call that broke."""
        if self._held or message.get("status") == 500:
            self._held.append(message)
            return
        self.begun = True
        self._ended = message["type"] == "http.response.body" and not message.get("more_body")
        await self._send(message)

    async def let_go(self) -> None:
        """Send what was held back after all."""
        for message in self._held:
            await self._send(message)

    async def end(self) -> None:
        """Let nobody wait for more of an answer that has begun."""
        if not self._ended:
            self._ended = True
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def is_upload(path: str, uploads: Path) -> bool:
    """Whether this is a file in the folder of uploads, links followed."""
    if "\x00" in path:
        return False
    folder = uploads.resolve()
    found = Path(path).resolve()
    return found.is_relative_to(folder) and found.is_file()


def is_address(path: str) -> bool:
    """Whether this names a file on the web."""
    return path.lower().startswith(("http://", "https://"))


def url_name(url: str) -> str:
    """What a file at an address is called there."""
    return unquote(PurePosixPath(urlsplit(url).path).name)[:200]


def _files(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    """All that names a file by its path, however deep it lies."""
    if isinstance(value, list):
        for each in value:
            yield from _files(each)
    if isinstance(value, dict):
        for each in value.values():
            yield from _files(each)
        if isinstance(value.get("path"), str):
            yield value


def _no_upload() -> InvalidRequest:
    sentence = "The call names a file that wasn't uploaded here. Upload it first."
    return InvalidRequest([Problem("", sentence)])


def _status(scope: Scope) -> int:
    # Gradio's client for Python shows the words of no other refusal than this one.
    agent = dict(scope["headers"]).get(b"user-agent", b"")
    return 422 if b"gradio_client" in agent else 403


def _again(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


async def _refuse(status: int, sentence: str, scope: Scope, receive: Receive, send: Send) -> None:
    # Each of Gradio's clients looks for the words in a place of its own.
    detail: JsonValue = sentence
    if status == 422:
        detail = [{"__type__": "validate", "is_valid": False, "message": sentence}]
    body = {**problems_json([Problem("", sentence)]), "detail": detail, "error": sentence}
    await answer(body, status)(scope, receive, send)
