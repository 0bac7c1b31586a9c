"""`GET /metrics` for Prometheus: who may read it, and how long requests take."""

import hmac
import time
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from pydantic import SecretStr
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.studio.studio import Studio
from ui.answers import CurrentUser, route
from ui.web.visitors import bearers

PATH = "/metrics"
METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS"})
PAGE, ASSETS, OTHER = "page", "/assets", "other"
"""Names for what has no route of ours: the page's framework and addresses without anything; and for methods."""
BROKEN = 500
"""The status of an answer that never began."""


class MetricsRoute:
    """For admins, and for a program that shows the token as a bearer and may do nothing else."""

    def __init__(self, studio: Studio, token: SecretStr | None) -> None:
        self._studio = studio
        self._token = token.get_secret_value().encode() if token is not None else b""
        # Of its own: what else in this process counts something is not told.
        self._registry = CollectorRegistry()
        self._registry.register(studio.metrics)
        ProcessCollector(registry=self._registry)
        self.seconds = Histogram(
            "studio_request_seconds",
            "Seconds until an answer was out.",
            ("route", "method", "status"),
            registry=self._registry,
        )

    def admits(self, user: CurrentUser) -> CurrentUser:
        """The same, and whoever shows the token at this one path: as the owner of nothing."""
        return lambda asked: "" if self._is_shown(asked) else user(asked)

    def route(self, user: CurrentUser, admin: CurrentUser) -> Route:
        """The route, to be put before the page's."""
        return route(PATH, self.told, self.admits(user), admin=self.admits(admin))

    async def told(self, _request: Request, _owner: str) -> Response:
        """`GET /metrics`: in the text format of Prometheus."""
        text = await self._studio.opened.aside(lambda: generate_latest(self._registry))
        headers = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_PLAIN_0_0_4}
        return Response(text, headers=headers)

    def _is_shown(self, asked: HTTPConnection) -> bool:
        if not self._token or asked.scope["path"] != PATH:
            return False
        shown = (secret.encode("utf-8", "replace") for secret in bearers(asked))
        return any(hmac.compare_digest(secret, self._token) for secret in shown)


class Timed:
    """Pure ASGI around all answers: how long each took, by its route's name and never by its own path."""

    def __init__(self, app: ASGIApp, seconds: Histogram, routes: Iterable[BaseRoute]) -> None:
        self._app = app
        self._seconds = seconds
        own = [one for one in routes if isinstance(one, Route)]
        self._plain = {one.path for one in own if not one.param_convertors}
        self._filled = [one for one in own if one.param_convertors]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and note how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), BROKEN

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            method = scope["method"] if scope["method"] in METHODS else OTHER
            labels = (self._name(scope["path"]), method, f"{status // 100}xx")
            self._seconds.labels(*labels).observe(time.perf_counter() - began)

    def _name(self, path: str) -> str:
        if path.startswith(f"{ASSETS}/"):
            return ASSETS
        if path in self._plain:
            return path
        return next((one.path for one in self._filled if one.path_regex.match(path)), PAGE)
