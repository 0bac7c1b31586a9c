"""The page: header, five tabs, job list and viewer, and the bridge through which the script fills controls."""

from typing import TYPE_CHECKING

import gradio as gr

from providers.studio.about import NAME
from ui.page import form
from ui.page.tabs import image, library, multishot, settings, video

if TYPE_CHECKING:
    from providers.studio.studio import Studio

TITLE = NAME

# Gradio reads the names of custom events from the quotes in this text.
BRIDGE = """
const events = ["push_image", "push_video", "push_multishot"];
window.studio.then(studio => studio.bridge(events, name => trigger(name, {})));
"""


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
