"""Below which path the studio stands: as STUDIO_ROOT_PATH says, or as a trusted proxy tells of a request.

Some proxies take that path off before they pass a request on, and some leave it. Either way everything inside
knows one address of each thing, `/jobs` and not `/studio/jobs`; only the router gets the whole path again,
from which Gradio makes its addresses.
"""

from collections.abc import Iterable

from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from providers.settings import read_root_path

PREFIX = b"x-forwarded-prefix"
HOST = b"x-forwarded-host"


class Proxied:
    """Around the whole application: what a trusted proxy says of the visitor, of HTTPS and of the path.

    `trusted`: addresses and networks, separated by commas.
    """

    def __init__(self, app: ASGIApp, trusted: str) -> None:
        # uvicorn's types of an application and Starlette's are the same but in name.
        self._app = ProxyHeadersMiddleware(app, trusted)  # pyright: ignore[reportArgumentType]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with `root_path` as it was told, and with nothing untrusted about it."""
        if scope["type"] in ("http", "websocket"):
            client = scope.get("client")
            is_trusted = client is not None and client[0] in self._app.trusted_hosts
            scope = {**scope, "root_path": _told(scope) if is_trusted else ""}
        await self._app(scope, receive, send)  # pyright: ignore[reportArgumentType]


def _told(scope: Scope) -> str:
    values = [value for name, value in scope["headers"] if name == PREFIX]
    try:
        return read_root_path(values[0].decode("latin-1")) if len(values) == 1 else ""
    except ValueError:
        return ""


class Mounted:
    """Outermost in the application: takes the path off, however much of it a proxy has left."""

    def __init__(self, app: ASGIApp, root_path: str = "") -> None:
        self._app = app
        self._root = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on without it. The path alone leads to the page, whose links need the slash behind it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        root = self._root or str(scope.get("root_path", ""))
        path = str(scope["path"])
        if root and (path == root or path.startswith(f"{root}/")):
            path = path.removeprefix(root)
        if root and not path and scope["type"] == "http":
            await RedirectResponse(f"{root}/", 307)(scope, receive, send)
            return
        await self._app({**scope, "path": path, "root_path": root}, receive, send)


class Routed:
    """Innermost: gives the router the whole path, and Gradio the same beside the host that a proxy names."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on with the path put on again."""
        root = str(scope.get("root_path", ""))
        if root:
            # Of this header Gradio makes whole addresses, as if every page stood at the top.
            headers = [
                (name, value + root.encode() if name == HOST and b"," not in value else value)
                for name, value in scope["headers"]
            ]
            scope = {**scope, "path": root + scope["path"], "headers": headers}
        await self._app(scope, receive, send)


def cookie_path(scope: Scope) -> str:
    """Below which path a browser shows its session: nobody else on this host gets it."""
    return f"{scope.get('root_path', '')}/"


def is_taken(root_path: str, routes: Iterable[BaseRoute]) -> bool:
    """Whether one of these, or one that is mounted at the top, stands below the path as well."""
    begins = f"{root_path}/"
    return root_path != "" and any(
        is_taken(root_path, route.routes)
        if isinstance(route, Mount) and not route.path
        else f"{getattr(route, 'path', '')}/".startswith(begins)
        for route in routes
    )
