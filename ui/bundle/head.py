"""What stands in the page's head: theme, styles, the catalogue as data, and scripts, Gradio's among them.

Gradio would put a head in only once its own script runs. Written into the page itself, all of it is on
its way while Gradio starts, and the first picture has the right colours.
"""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import Kind
from providers.catalogue.rules import LABELS
from providers.vendors.views import VendorView
from ui import fields
from ui.bundle.assets import ASSETS
from ui.bundle.bundle import Bundle
from ui.gradio_private import MANIFEST
from ui.views import CatalogueView, ControlView

if TYPE_CHECKING:
    from providers.studio.studio import Studio

KINDS: tuple[Kind, ...] = ("image", "video", "multishot")
END = b"</head>"
OWN_MANIFEST = b'<link rel="manifest" href="manifest.json">'

# The page is English: Gradio, which would follow the browser and say so of the page, is told that it is.
LANGUAGE = 'Object.defineProperty(navigator, "language", { get: () => "en" });'

# Controls may speak before the modules have arrived: what they say waits for this promise.
PROMISE = """
window.studio = new Promise(resolve => { window.studioReady = resolve; });
window.studioPushed = (kind, keys) => keys.map(() => ({__type__: "update"}));
"""


class Headed:
    """Writes `head` into the page's own, whichever way the page is made, and who has signed in."""

    def __init__(
        self,
        app: ASGIApp,
        head: Callable[[], str],
        person: Callable[[HTTPConnection], JsonValue],
    ) -> None:
        self._app = app
        self._head = head
        self._person = person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only the page itself is changed; its parts are held until it is whole."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        began: list[Message] = []
        body = bytearray()
        person = data("studio-person", self._person(HTTPConnection(scope)))
        own = f"{person}{self._head()}".encode()

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                began.append(message)
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            whole = bytes(body).replace(MANIFEST, OWN_MANIFEST, 1).replace(END, own + END, 1)
            MutableHeaders(raw=began[0]["headers"])["content-length"] = str(len(whole))
            await send(began[0])
            await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, sending)


def head(studio: "Studio", bundle: Bundle, theme_hash: str, mark: str = "") -> str:
    """The whole head; everything comes from this host. By its mark a page tells that there is a newer one."""
    scripts = [f"assets/{name}" for name in bundle.early.scripts]
    return "\n".join(
        [
            f"<script>{(ASSETS / 'theme.js').read_text(encoding='utf-8')}</script>",
            f'<link rel="stylesheet" href="{bundle.controls}">',
            # Gradio waits for each of its style files unless the page names it: they are in the one above.
            *(
                f'<link rel="stylesheet" href="assets/{name}" disabled>'
                for name in bundle.early.styles
            ),
            styles(bundle),
            *(f'<link rel="modulepreload" href="{name}">' for name in [*scripts, bundle.script]),
            f'<link rel="preload" as="style" href="theme.css?v={theme_hash}">',
            '<link rel="icon" href="assets/icon.svg" type="image/svg+xml">',
            data("studio-catalogue", _catalogue(studio).model_dump(mode="json")),
            data("studio-page", mark),
            f"<script>{LANGUAGE}{PROMISE}</script>",
            f'<script type="module" src="{bundle.script}"></script>',
            "",
        ]
    )


def data(name: str, value: JsonValue) -> str:
    """A value for the page's script, by its element's id."""
    # The script is data for the browser's parser first: a label may not close the element.
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def styles(bundle: Bundle) -> str:
    """Our styles; they have to stand behind Gradio's."""
    return f'<link rel="stylesheet" href="{bundle.styles}">'


def _catalogue(studio: "Studio") -> CatalogueView:
    return CatalogueView(
        specs=tuple(studio.catalogue),
        vendors=tuple(
            VendorView.of(one, sandbox=studio.connections[one.name].is_sandbox)
            for one in studio.vendors
        ),
        labels=LABELS,
        forms={kind: _controls(kind, studio.catalogue.of_kind(kind)) for kind in KINDS},
    )


def _controls(kind: Kind, specs: Sequence[ModelSpec]) -> tuple[ControlView, ...]:
    return tuple(control.facts() for control in fields.controls(kind, specs))
