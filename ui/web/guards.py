"""The guard around every request and socket: which host, which origin, which file, and what headers go out."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.jobs.callback import CALLBACKS
from providers.settings import is_address, is_loopback
from ui.gradio_private import FILE, OWN, PROXY

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
SANDBOXED = (
    "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
)
"""The content policy of a file that people or vendors made: it is shown, and nothing in it runs."""

_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:\[\]/@\\]+)(:\d{1,5})?", re.IGNORECASE)
_LOCAL_FILE = re.compile(r"(/(?![/\\])|[A-Za-z]:[/\\](?![/\\]))[^\x00]*")


@dataclass(frozen=True, slots=True)
class Policy:
    """Under which names the page may be opened, and who may frame it."""

    names: frozenset[str]
    """Host names without port, lower case; IPv6 in brackets."""
    proxied: frozenset[str] = frozenset()
    """Names that a proxy in front may show in the browser while it asks us under another one."""
    any_address: bool = False
    """Whether any IP address is a good host too. DNS rebinding needs a name, never an address."""
    frame_ancestors: str = "'none'"

    @classmethod
    def of(cls, host: str, allowed_hosts: str, environment: Mapping[str, str]) -> "Policy":
        """The policy for an address to listen on, STUDIO_ALLOWED_HOSTS, and a Space's own variables."""
        listed = {name.strip().lower() for name in allowed_hosts.split(",") if name.strip()}
        space = environment.get("SPACE_HOST", "").strip().lower()
        proxied = frozenset(listed | ({space} if space else set()))
        own = set() if is_address(host) else {host.lower()}
        return cls(
            names=frozenset(LOOPBACK_NAMES | proxied | own),
            proxied=proxied,
            any_address=not is_loopback(host),
            frame_ancestors="https://huggingface.co" if "SPACE_ID" in environment else "'none'",
        )

    def knows(self, host: str) -> bool:
        """Whether a Host header names us."""
        name = _name(host)
        return name in self.names or (self.any_address and is_address(name.strip("[]")))

    def owns(self, origin: str, host: str) -> bool:
        """Whether a page of this origin is our own page."""
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            return False
        return parts.netloc.lower() == host.lower() or _name(parts.netloc) in self.proxied


def _name(host: str) -> str:
    found = _HOST.fullmatch(host)
    return found[1].lower() if found else ""


def page_policy(frame_ancestors: str) -> str:
    """The content policy of the page. Gradio compiles its own events, hence eval; nothing leaves this host."""
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "frame-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def is_callback(scope: Scope) -> bool:
    """Whether this comes to the one address below which a vendor calls: the only route that is open without a
    session and under any host name. Its answer is empty whatever comes, so there is nothing to guard."""
    return scope["type"] == "http" and str(scope["path"]).startswith(CALLBACKS)


class Guard:
    """Pure ASGI around the application; what it refuses is answered before anything is read."""

    def __init__(self, app: ASGIApp, policy: Policy) -> None:
        self._app = app
        self._policy = policy
        self._headers = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Content-Security-Policy": page_policy(policy.frame_ancestors),
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
        }
        if policy.frame_ancestors == "'none'":
            self._headers["X-Frame-Options"] = "DENY"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is ours; everything else gets 400 or 403, or a closed socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = None if is_callback(scope) else self._refusal(scope, headers)
        if scope["type"] == "websocket":
            if refused is None:
                await self._app(scope, receive, send)
            else:
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        file = FILE.fullmatch(scope["path"]) is not None
        sending = self._sender(send, file=file)
        if refused is not None:
            status, sentence = refused
            body = {"problems": [{"field": "", "message": sentence, "soft": False}]}
            await JSONResponse(body, status)(scope, receive, sending)
            return
        await self._app(_without_range(scope) if file else scope, receive, sending)

    def _sender(self, send: Send, *, file: bool) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if file:
                    headers["Content-Security-Policy"] = SANDBOXED
            await send(message)

        return sending

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, str] | None:
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not self._policy.knows(hosts[0]):
            return 400, (
                "The studio doesn't recognize this address. Open it at its own address, or add "
                "this name to STUDIO_ALLOWED_HOSTS."
            )
        if self._is_foreign(scope, headers, hosts[0]):
            return 403, "This request came from another site. Open the studio's own page."
        if not _may_serve(scope["path"]):
            return 403, "This file isn't available on the web."
        return None

    def _is_foreign(self, scope: Scope, headers: Headers, host: str) -> bool:
        origins = headers.getlist("origin")
        if any(not self._policy.owns(origin, host) for origin in origins):
            return True
        if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
            return False
        # A link on another site may open our page, and a Space's frame holds it. Nothing more.
        places = (
            ("document",) if self._policy.frame_ancestors == "'none'" else ("document", "iframe")
        )
        return not (
            scope["type"] == "http"
            and scope["method"] in ("GET", "HEAD")
            and headers.get("sec-fetch-mode") == "navigate"
            and headers.get("sec-fetch-dest") in places
            and not OWN.fullmatch(scope["path"])
        )


def _may_serve(path: str) -> bool:
    if PROXY.match(path):
        return False
    file = FILE.fullmatch(path)
    return file is None or _LOCAL_FILE.fullmatch(file["target"]) is not None


def _without_range(scope: Scope) -> Scope:
    # Gradio answers a closed range with the request's own headers, cookies included.
    kept: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return {**scope, "headers": [(name, value) for name, value in kept if name.lower() != b"range"]}
