"""The Video tab: its form, and the stage where results are shown."""

import gradio as gr

from providers.catalogue.models import Catalogue
from ui.page import form


def build(catalogue: Catalogue, shop: form.Shop) -> form.Form:
    """Draw the tab; the form is returned so that the script can reach its controls."""
    with (
        gr.Tab("Video", id="video", elem_id="tab-video") as tab,
        gr.Row(elem_classes=["work"]),
    ):
        made = form.build("video", catalogue.of_kind("video"), shop)
        with gr.Column(elem_classes=["stage-column"], min_width=0):
            form.part("stage", "video")
    form.watch(tab, "video")
    return made
