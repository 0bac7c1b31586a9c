"""What stands in the page's head: theme, styles, the catalogue as data, and scripts, Gradio's among them.

Gradio would put a head in only once its own script runs. Written into the page itself, all of it is on
its way while Gradio starts, and the first picture has the right colours.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import gradio as gr
from pydantic import JsonValue
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import LABELS
from providers.vendors.vendor import Vendor
from ui import fields
from ui.assets import ASSETS

if TYPE_CHECKING:
    from providers.studio import Studio

GRADIO = Path(gr.__file__).parent / "templates" / "frontend" / "assets"
KINDS = ("image", "video", "multishot")
STYLES = ("studio.css", "views.css", "money.css", "doors.css", "tools.css")
END = b"</head>"
LOADS = r"[,{{]{}:{{(?:[^}}]*,)?component:\(\)=>\w+\(\(\)=>import\(`\./([\w.-]+)`"
"""How Gradio's core says which file holds a kind of control."""

# Controls may speak before the modules have arrived: what they say waits for this promise.
PROMISE = """
window.studio = new Promise(resolve => { window.studioReady = resolve; });
window.studioPushed = (kind, keys) => keys.map(() => ({__type__: "update"}));
"""


class Headed:
    """Writes `head` into the page's own, whichever way the page is made, and who has signed in."""

    def __init__(
        self, app: ASGIApp, head: str, person: Callable[[HTTPConnection], JsonValue]
    ) -> None:
        self._app = app
        self._head = head.encode()
        self._person = person

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Only the page itself is changed; its parts are held until it is whole."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        began: list[Message] = []
        body = bytearray()
        own = data("studio-person", self._person(HTTPConnection(scope))).encode() + self._head

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
            whole = bytes(body).replace(END, own + END, 1)
            MutableHeaders(raw=began[0]["headers"])["content-length"] = str(len(whole))
            await send(began[0])
            await send({"type": "http.response.body", "body": whole})

        await self._app(scope, receive, sending)


def head(studio: "Studio", kinds_of_control: Iterable[str] = ()) -> str:
    """The whole head, for a page with these kinds of Gradio controls; everything comes from this host."""
    modules = [f"assets/js/{path.name}" for path in sorted((ASSETS / "js").glob("*.js"))]
    return "\n".join(
        [
            f"<script>{(ASSETS / 'theme.js').read_text(encoding='utf-8')}</script>",
            styles(),
            '<link rel="icon" href="assets/icon.svg" type="image/svg+xml">',
            *(f'<link rel="modulepreload" href="{name}">' for name in early(kinds_of_control)),
            *(f'<link rel="modulepreload" href="{module}">' for module in modules),
            data("studio-catalogue", _catalogue(studio)),
            f"<script>{PROMISE}</script>",
            '<script type="module" src="assets/studio.js"></script>',
            "",
        ]
    )


def data(name: str, value: JsonValue) -> str:
    """A value for the page's script, by its element's id."""
    # The script is data for the browser's parser first: a label may not close the element.
    text = json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>'


def styles() -> str:
    """Our styles. They stand in the head for the first picture, and once more behind Gradio's own, over which
    they win by their order."""
    return "\n".join(f'<link rel="stylesheet" href="assets/{name}">' for name in STYLES)


def early(kinds: Iterable[str], folder: Path = GRADIO) -> list[str]:
    """Gradio's scripts for these kinds of controls, which it asks for only once it has started.

    They are named in the list by which its core loads them. If a later Gradio writes that otherwise, none is
    found, and the page is ready a little later.
    """
    core = "".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("core-*.js")))
    found = (re.search(LOADS.format(re.escape(kind)), core) for kind in sorted(set(kinds)))
    return [f"assets/{match[1]}" for match in found if match]


def _catalogue(studio: "Studio") -> dict[str, JsonValue]:
    specs = list(studio.catalogue)
    return {
        "specs": [_row(spec) for spec in specs],
        "vendors": [_vendor(studio, vendor) for vendor in studio.vendors],
        "labels": dict(LABELS),
        "forms": {kind: _controls(kind, studio.catalogue.of_kind(kind)) for kind in KINDS},
    }


def _row(spec: ModelSpec) -> JsonValue:
    row: dict[str, JsonValue] = spec.model_dump(mode="json", exclude={"wire"})
    return {**row, "vendor": spec.vendor, "kind": spec.kind, "name": spec.name}


def _vendor(studio: "Studio", vendor: Vendor) -> JsonValue:
    return {
        "name": vendor.name,
        "label": vendor.label,
        "sandbox": studio.connections[vendor.name].is_sandbox,
        "cancel_note": vendor.cancel_note,
        "lists_tasks": vendor.lists_tasks,
    }


def _controls(kind: str, specs: Sequence[ModelSpec]) -> JsonValue:
    return [dict(control.facts()) for control in fields.controls(kind, specs)]
