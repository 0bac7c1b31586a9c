"""Answers that are made once and told again from memory: the page, packed, for each person and address."""

from collections.abc import Callable, Hashable

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PACKED = ("/", "/config")
MOST_PAGES = 32
"""Pages held, of 60 KB each. A studio has few people and few addresses."""
PLACE = ("host", "forwarded")
PROXIES = ("x-forwarded-", "x-gradio-")
"""How the headers begin that tell by which address somebody came; it stands in the page."""
NOT_A_PLACE = "x-forwarded-for"


class Remembered:
    """An application's answers of 200, whole and as they went out. The oldest are forgotten."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most
        self._held: dict[Hashable, tuple[Message, Message]] = {}

    async def answer(self, key: Hashable, scope: Scope, receive: Receive, send: Send) -> None:
        """From memory, or passed on and remembered. `key` says all that the answer depends on."""
        if key not in self._held:
            await self._app(scope, receive, self._remembering(key, send))
            return
        for message in self._held[key]:
            # A copy: those around write into what they pass on.
            await send({**message})

    def _remembering(self, key: Hashable, send: Send) -> Send:
        began: list[Message] = []
        body = bytearray()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                began.append({**message})
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                if began[0]["status"] == 200 and not message.get("more_body", False):
                    self._hold(key, began[0], bytes(body))
            await send(message)

        return sending

    def _hold(self, key: Hashable, began: Message, body: bytes) -> None:
        if len(self._held) >= self._most:
            del self._held[next(iter(self._held))]
        self._held[key] = (began, {"type": "http.response.body", "body": body})


class Compressed:
    """Gzip for the page and its configuration, once for all who see the same; the rest passes as it is.

    Gradio copies, addresses and writes out all of its controls for each visit: 20 ms in which nobody else
    computes, and a studio with forty open tabs stood still for most of a second when they all came back.
    """

    def __init__(self, app: ASGIApp, who: Callable[[HTTPConnection], Hashable]) -> None:
        self._plain = app
        self._packed = GZipMiddleware(app, minimum_size=1000, compresslevel=6)
        self._remembered = Remembered(self._packed, MOST_PAGES)
        self._who = who

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Choose by path; `who` tells all that the page says of whoever asks."""
        if scope["type"] != "http" or scope["path"] not in PACKED:
            await self._plain(scope, receive, send)
        elif _is_plain_visit(scope):
            key = (scope["path"], self._who(HTTPConnection(scope)), *_place(scope))
            await self._remembered.answer(key, scope, receive, send)
        else:
            await self._packed(scope, receive, send)


def _is_plain_visit(scope: Scope) -> bool:
    # What a query asks for, such as a link into a state of the page, is made anew.
    packs = "gzip" in Headers(scope=scope).get("accept-encoding", "")
    return scope["method"] == "GET" and not scope["query_string"] and packs


def _place(scope: Scope) -> tuple[Hashable, ...]:
    told = sorted(
        (name, value)
        for name, value in Headers(scope=scope).items()
        if name in PLACE or (name.startswith(PROXIES) and name != NOT_A_PLACE)
    )
    return scope.get("scheme"), scope.get("root_path"), *told
