"""The routes of sign-in: the form, signing in and out, and a new password of one's own."""

import html
from string import Template

from pydantic import JsonValue
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import Message, Receive

from providers.errors import Denied, InvalidRequest, Problem, StudioError, Unknown
from providers.people.person import LONGEST
from providers.people.register import OLDEST
from providers.pools import PAGES
from providers.settings import is_loopback
from ui.answers import (
    NotAnswered,
    answer,
    failed,
    read_body,
    read_json,
    route,
    status_of,
)
from ui.bundle.assets import ASSETS
from ui.views import PersonView
from ui.web.mounted import cookie_path
from ui.web.routes import text_of
from ui.web.visitors import Visitors

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
"""What Gradio's client for JavaScript sends."""
MOST_FORM = 8 * 1024
PAGE = Template((ASSETS / "login.html").read_text(encoding="utf-8"))
FIELDS = Template("""\
$said<form method="post" action="login">
<label>Name<input name="username" value="$name" autocomplete="username" autocapitalize="none" \
spellcheck="false" maxlength="80" required $first></label>
<label>Password<input name="password" type="password" autocomplete="current-password" \
maxlength="1024" required $second></label>
<button>Sign in</button>
</form>
$note""")
SAID = Template('<p class="door-said" role="alert">$text</p>\n')
NOTE = Template('<p class="door-note">$text</p>')
PLAIN = (
    "This connection isn't encrypted, so others on the network could read what you send. Use it "
    "only on a network you trust."
)
FRAMED = """\
<p>Another site shows this page in a frame, where nobody can sign in.</p>
<a class="door-go" href="login" target="_blank" rel="noopener">Open it in its own window</a>"""
NOBODY_HAS_TO = "You don't have to sign in here. Open the page."


class SignIn:
    """`/login` and `/logout`. The form needs no script, and leads nowhere but to the page."""

    def __init__(self, visitors: Visitors) -> None:
        self._visitors = visitors
        theme = (ASSETS / "theme.js").read_text(encoding="utf-8")
        self._page = {"theme": theme}

    def all(self) -> list[BaseRoute]:
        """The routes, to be put before the page's, whose framework has a `/login` too."""
        return [
            route("/login", self.form, _anybody),
            route("/login", self.sign_in, _anybody, "POST"),
            route("/password", self.change_password, self._visitors.owner, "POST"),
            route("/logout", self.sign_out, self._visitors.owner, "POST"),
        ]

    async def form(self, request: Request, _owner: str) -> Response:
        """`GET /login`: the form; the page itself for who has signed in already."""
        if self._visitors.owner(request) is not None:
            return _to_page()
        return self._shown(request)

    async def sign_in(self, request: Request, _owner: str) -> Response:
        """`POST /login` `username=…&password=…`: a session, as a cookie. A browser is led to the page."""
        entrance = self._visitors.entrance
        if not entrance.is_closed:
            raise Unknown(NOBODY_HAS_TO)
        name, password = await _read(request)
        try:
            secret = await entrance.sign_in(name, password, _address(request))
        except StudioError as error:
            return self._refused(request, error, name)
        # What was signed in before in this browser is over.
        before = self._visitors.session(request)
        if before:
            await PAGES.run(entrance.sign_out, before)
        told = _to_page() if _wants_page(request) else answer({"success": True})
        told.set_cookie(
            self._visitors.cookie, secret, max_age=int(OLDEST), path=cookie_path(request.scope),
            httponly=True, samesite="lax", secure=request.url.scheme == "https",
        )  # fmt: skip
        return told

    async def change_password(self, request: Request, _owner: str) -> Response:
        """`POST /password` `{"old", "new"}`: one's own. Every other session and pass of this person's ends."""
        body = await read_json(request)
        old, new = (text_of(body, name, most=LONGEST) for name in ("old", "new"))
        person = self._visitors.person(request)
        if person is None:
            raise Unknown(NOBODY_HAS_TO)
        try:
            await self._visitors.entrance.change_password(
                person,
                old,
                new,
                address=_address(request),
                session=self._visitors.session(request),
            )
        except Denied as error:
            if error.why != "stranger":
                raise
            # They are who they are: only the field is wrong, and the page must not think otherwise.
            raise InvalidRequest([Problem("old", str(error))]) from None
        return answer({"success": True})

    async def sign_out(self, request: Request, _owner: str) -> Response:
        """`POST /logout` `{"everywhere": true}`: end this session, or all of this person's."""
        everywhere = (await read_json(request)).get("everywhere") is True
        person = self._visitors.person(request)
        if person is None:
            raise Unknown(NOBODY_HAS_TO)
        if everywhere:
            await PAGES.run(self._visitors.entrance.sign_out_everywhere, person)
        await PAGES.run(self._visitors.entrance.sign_out, self._visitors.session(request))
        told = answer({"success": True})
        told.delete_cookie(
            self._visitors.cookie, path=cookie_path(request.scope), httponly=True, samesite="lax"
        )
        told.headers["Clear-Site-Data"] = '"cache"'
        return told

    def _refused(self, request: Request, error: StudioError, name: str) -> Response:
        if not _wants_page(request):
            return failed(error)
        told = self._shown(request, str(error), name[:80])
        told.status_code = status_of(error)
        if isinstance(error, Denied) and error.wait:
            told.headers["Retry-After"] = str(int(error.wait) + 1)
        return told

    def _shown(self, request: Request, said: str = "", name: str = "") -> Response:
        if request.headers.get("sec-fetch-dest") == "iframe":
            content = FRAMED
        else:
            host = request.url.hostname or ""
            safe = request.url.scheme == "https" or is_loopback(host)
            content = FIELDS.substitute(
                said=SAID.substitute(text=html.escape(said)) if said else "",
                name=html.escape(name),
                first="" if name else "autofocus",
                second="autofocus" if name else "",
                note="" if safe else NOTE.substitute(text=PLAIN),
            )
        page = PAGE.substitute(self._page, content=content)
        return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def person_json(visitors: Visitors, connection: HTTPConnection) -> dict[str, JsonValue] | None:
    """Who has signed in, for the page; None where nobody has to."""
    found = visitors.person(connection)
    if found is None:
        return None
    return PersonView(name=found.name, admin=found.is_admin).model_dump(mode="json")


def _anybody(_connection: HTTPConnection) -> str:
    return ""


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _to_page() -> Response:
    return RedirectResponse("./", 303, headers={"Cache-Control": "no-store"})


async def _read(request: Request) -> tuple[str, str]:
    """Name and password of a form, in either of a form's two shapes."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (FORM, MULTIPART):
        raise NotAnswered(415, f"Send username and password as a form, with Content-Type: {FORM}.")
    held = await read_body(request, MOST_FORM)
    if held is None:
        raise NotAnswered(413, "username or password is too long.")
    whole = Request(request.scope, _again(held))
    try:
        async with whole.form(max_files=0, max_fields=10) as form:
            name, password = form.get("username", ""), form.get("password", "")
    except HTTPException:
        raise NotAnswered(400, "username or password is missing.") from None
    if not isinstance(name, str) or not isinstance(password, str):
        raise NotAnswered(400, "username or password is missing.")
    return name, password


def _again(body: bytes) -> Receive:
    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
