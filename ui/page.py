"""The page: header, five tabs, job list and viewer, and the bridge through which the script fills controls."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import gradio as gr
from gradio.themes import Base
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import LABELS
from providers.vendors.vendor import Vendor
from ui import fields, form
from ui.tabs import image, library, multishot, settings, video
from ui.theme import theme

if TYPE_CHECKING:
    from providers.studio import Studio

TITLE = "Multishot Studio"
ASSETS = Path(__file__).resolve().parent.parent / "assets"
KINDS = ("image", "video", "multishot")
STYLES = ("studio.css", "views.css", "money.css", "doors.css")

# Gradio reads the names of custom events from the quotes in this text.
BRIDGE = """
const events = ["push_image", "push_video", "push_multishot"];
window.studio.then(studio => studio.bridge(events, name => trigger(name, {})));
"""
# Controls may speak before the modules have arrived: what they say waits for this promise.
PROMISE = """
window.studio = new Promise(resolve => { window.studioReady = resolve; });
window.studioPushed = (kind, keys) => keys.map(() => ({__type__: "update"}));
"""


class Dressing(TypedDict):
    """Arguments of `gr.mount_gradio_app` that belong to the look."""

    theme: Base
    head: str


def build(studio: "Studio") -> gr.Blocks:
    """The whole page. No event in it calls Python: the script talks to the studio's own routes."""
    live = {name for name, found in studio.connections.items() if not found.is_sandbox}
    shop = form.Shop(tuple(studio.vendors), frozenset(live))
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as page:
        form.part("header")
        bridge = gr.HTML(
            "<i></i>", js_on_load=BRIDGE, elem_id="bridge", elem_classes=["part-bridge"]
        )
        with gr.Tabs(elem_id="tabs", overflow_behavior="wrap"):
            forms = [
                image.build(studio.catalogue, shop),
                video.build(studio.catalogue, shop),
                multishot.build(studio.catalogue, shop),
            ]
            library.build()
            settings.build()
        form.part("jobs")
        form.part("viewer")
        for made in forms:
            form.connect(bridge, made)
    return page


def dressing(studio: "Studio") -> Dressing:
    """Theme and head for `gr.mount_gradio_app(app, build(studio), path="/", **dressing(studio))`."""
    return {"theme": theme(), "head": head(studio)}


def head(studio: "Studio") -> str:
    """Styles, the catalogue as data, and the script's modules; everything comes from this host."""
    # The script is data for the browser's parser first: a label may not close the element.
    data = json.dumps(_catalogue(studio), ensure_ascii=False).replace("<", "\\u003c")
    modules = [f"assets/js/{path.name}" for path in sorted((ASSETS / "js").glob("*.js"))]
    return "\n".join(
        [
            *(f'<link rel="stylesheet" href="assets/{name}">' for name in STYLES),
            '<link rel="icon" href="assets/icon.svg" type="image/svg+xml">',
            *(f'<link rel="modulepreload" href="{module}">' for module in modules),
            f'<script type="application/json" id="studio-catalogue">{data}</script>',
            f"<script>{PROMISE}</script>",
            '<script type="module" src="assets/studio.js"></script>',
        ]
    )


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
