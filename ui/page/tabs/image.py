"""The Image tab: its form, and the stage where results are shown."""

import gradio as gr

from providers.catalogue.models import Catalogue
from ui.page import form


def build(catalogue: Catalogue, shop: form.Shop) -> form.Form:
    """Draw the tab; the form is returned so that the script can reach its controls."""
    with (
        gr.Tab("Image", id="image", elem_id="tab-image") as tab,
        gr.Row(elem_classes=["work"]),
    ):
        made = form.build("image", catalogue.of_kind("image"), shop)
        with gr.Column(elem_classes=["stage-column"], min_width=0):
            form.part("stage", "image")
    form.watch(tab, "image")
    return made
