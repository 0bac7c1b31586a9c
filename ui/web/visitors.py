"""Who is asking: the one answer for routes, socket and Gradio. And the gate that strangers do not pass."""

import hashlib
from collections.abc import Callable
from urllib.parse import unquote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.errors import Denied, StudioError
from providers.people.entrance import Entrance
from providers.people.person import LOCAL, Person
from ui.answers import NOBODY, CurrentUser, failed
from ui.web.guards import is_callback

BEARERS = ("authorization", "x-hf-authorization")
"""Where a program shows its pass. Gradio's client sends what it is given as the first as the second."""
OPEN = frozenset(
    {
        *("/healthz", "/login", "/manifest.json"),
        *("/assets/studio.css", "/assets/login.css", "/assets/icon.svg"),
    }
)
"""What needs nobody to be signed in; everything else does, whoever adds it. `/live` answers by itself.

These tell of the studio and of nobody's jobs. The one route that is about a job and open without a session is
where vendors call (`guards.is_callback`): who knows the job's secret may ask for a look, and learns nothing."""
FEED = "/live"
CLAIM = "x-studio-person"


class Visitors:
    """Who comes with a request or a socket. Without people everybody is the one owner."""

    def __init__(self, entrance: Entrance) -> None:
        self.entrance = entrance
        # Cookies do not tell ports apart: two studios on one machine must not sign each other out.
        folder = str(entrance.register.folder.resolve())
        self.cookie = f"studio_{hashlib.sha256(folder.encode()).hexdigest()[:8]}"

    def person(self, connection: HTTPConnection) -> Person | None:
        """Who has signed in. None: nobody, or nobody has to. StoreProblem."""
        if not self.entrance.is_closed:
            return None
        found = self._carried(connection)
        claimed = _claimed(connection)
        return found if found is None or claimed in (None, found.name) else None

    def _carried(self, connection: HTTPConnection) -> Person | None:
        found = self.entrance.visitor(self.session(connection), "session")
        return found or next(filter(None, map(self._program, bearers(connection))), None)

    def session(self, connection: HTTPConnection) -> str:
        """The secret of a browser's session, as it was sent.

        Of several cookies of this name the first counts, whose path is the longest: another one is of what
        stood at the top of this host before, or of anybody else's page there.
        """
        told = (
            cookie.partition("=")
            for header in connection.headers.getlist("cookie")
            for cookie in header.split(";")
        )
        return next((secret.strip() for name, _, secret in told if name.strip() == self.cookie), "")

    def owner(self, connection: HTTPConnection) -> str | None:
        """Whose jobs and files these are; None for a stranger. StoreProblem."""
        if not self.entrance.is_closed:
            return LOCAL
        person = self.person(connection)
        return None if person is None else person.owner

    def admin(self, connection: HTTPConnection) -> str | None:
        """The same for those who may see and change what is everybody's; None for all others."""
        if not self.entrance.is_closed:
            return LOCAL
        person = self.person(connection)
        return person.owner if person is not None and person.is_admin else None

    def _program(self, secret: str) -> Person | None:
        return self.entrance.visitor(secret, "pass")


def _claimed(connection: HTTPConnection) -> str | None:
    """Whose page says it is: another one may have signed in through the same browser since."""
    if connection.scope["type"] == "websocket":
        # A socket takes no headers from a page.
        return connection.query_params.get("person")
    told = connection.headers.get(CLAIM)
    return None if told is None else unquote(told)


def bearers(connection: HTTPConnection) -> list[str]:
    """The secrets that a program shows, as they were sent."""
    given = (connection.headers.get(name, "") for name in BEARERS)
    parts = (text.partition(" ") for text in given)
    return [secret.strip() for scheme, _, secret in parts if scheme.lower() == "bearer"]


class SignInGate:
    """Pure ASGI inside the guards and around everything else: strangers see the sign-in page and no more."""

    def __init__(
        self, app: ASGIApp, user: CurrentUser, is_closed: Callable[[], bool] = lambda: False
    ) -> None:
        self._app = app
        self._user = user
        self._is_closed = is_closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on who has signed in."""
        kind, path = scope["type"], str(scope.get("path", ""))
        is_open = path in OPEN or (kind, path) == ("websocket", FEED)
        if kind not in ("http", "websocket") or is_open or is_callback(scope):
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(HTTPConnection(scope))
        if refusal is None:
            closed = kind == "http" and self._is_closed()
            await self._app(scope, receive, _private(send, path) if closed else send)
        elif kind == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
        elif path == "/" and _is_page(Request(scope)):
            await RedirectResponse("login", 303, headers={"Cache-Control": "no-store"})(
                scope, receive, send
            )
        else:
            await refusal(scope, receive, send)

    def _refusal(self, connection: HTTPConnection) -> Response | None:
        try:
            if self._user(connection) is not None:
                return None
        except StudioError as error:
            return failed(error)
        return failed(Denied(NOBODY.message, why="stranger"))


def _is_page(request: Request) -> bool:
    return request.method in ("GET", "HEAD") and "text/html" in request.headers.get("accept", "")


def _private(send: Send, path: str) -> Send:
    """Somebody's answer is nobody else's: no cache of a browser hands it to the next person."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.add_vary_header("Cookie")
            if path == "/":
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
