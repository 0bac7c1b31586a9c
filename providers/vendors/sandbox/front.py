"""The front of an emulator: whose key it is, which door leads where, and what stands there when it is down."""

import hashlib
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from pydantic import JsonValue
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

Caller = TypeVar("Caller")
GuardedEndpoint = Callable[[Request, Caller], Awaitable[Response]]
Refuse = Callable[[Request, Exception], Awaitable[Response]]


class WireRefusal(Exception):
    """An answer that is not a success, as it stands on the wire; each vendor has a shape of its own."""

    def __init__(self, status: int, message: str, body: dict[str, JsonValue]) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


def bearer(request: Request) -> str | None:
    """The key in a bearer header. Any is good but one that holds `bad`, or what no header may hold."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    good = scheme.lower() == "bearer" and re.fullmatch(r"[!-~]+", key) and "bad" not in key.lower()
    return key if good else None


def account_of(key: str) -> str:
    """Whose key it is: another key is another account."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def front(
    caller: Callable[[Request], Caller],
    doors: Iterable[tuple[str, str, GuardedEndpoint[Caller]]],
    public: Iterable[BaseRoute],
    no_route: Refuse,
) -> Starlette:
    """An application whose `doors` (method, path, endpoint) know who calls; `public` routes ask nobody.

    A WireRefusal that is raised is the answer; `no_route` answers what there is no door for.
    """

    def guarded(endpoint: GuardedEndpoint[Caller]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await endpoint(request, caller(request))

        return answer

    routes = [Route(path, guarded(endpoint), methods=[method]) for method, path, endpoint in doors]
    answers = {WireRefusal: _refuse, HTTPException: no_route}
    app = Starlette(routes=[*routes, *public], exception_handlers=answers)
    # A path with one slash more or less is another path at the vendors too.
    app.router.redirect_slashes = False
    return app


def bad_gateway() -> Response:
    """What a proxy shows in the place of a vendor that does not answer."""
    words = "502 Bad Gateway"
    page = f"<html><head><title>{words}</title></head><body>{words}</body></html>"
    return HTMLResponse(page, 502)


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, WireRefusal)
    return JSONResponse(error.body, error.status)
