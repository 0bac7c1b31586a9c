"""The front of an emulator: whose key it is, which door leads where, and what stands there when it is down."""

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

Caller = TypeVar("Caller")
Endpoint = Callable[[Request, Caller], Awaitable[Response]]
Refuse = Callable[[Request, Exception], Awaitable[Response]]


def bearer(request: Request) -> str | None:
    """The key in a bearer header. Any is good but one that holds `bad`, or what no header may hold."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    good = scheme.lower() == "bearer" and re.fullmatch(r"[!-~]+", key) and "bad" not in key.lower()
    return key if good else None


def front(
    caller: Callable[[Request], Caller],
    doors: Iterable[tuple[str, str, Endpoint[Caller]]],
    public: Iterable[BaseRoute],
    refusal: type[Exception],
    refuse: Refuse,
    no_route: Refuse,
) -> Starlette:
    """An application whose `doors` (method, path, endpoint) know who calls; `public` routes ask nobody.

    `refuse` answers a `refusal` that was raised, `no_route` what there is no door for.
    """

    def guarded(endpoint: Endpoint[Caller]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await endpoint(request, caller(request))

        return answer

    routes = [Route(path, guarded(endpoint), methods=[method]) for method, path, endpoint in doors]
    answers = {refusal: refuse, HTTPException: no_route}
    app = Starlette(routes=[*routes, *public], exception_handlers=answers)
    # A path with one slash more or less is another path at the vendors too.
    app.router.redirect_slashes = False
    return app


def bad_gateway() -> Response:
    """What a proxy shows in the place of a vendor that does not answer."""
    words = "502 Bad Gateway"
    page = f"<html><head><title>{words}</title></head><body>{words}</body></html>"
    return HTMLResponse(page, 502)
