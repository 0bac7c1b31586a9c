"""The Multishot tab: its form, the shot editor, and the stage below it."""

import gradio as gr

from providers.catalogue.models import Catalogue
from ui.page import form


def build(catalogue: Catalogue, shop: form.Shop) -> form.Form:
    """Draw the tab; the form is returned so that the script can reach its controls."""
    with (
        gr.Tab("Multishot", id="multishot", elem_id="tab-multishot") as tab,
        gr.Row(elem_classes=["work"]),
    ):
        made = form.build("multishot", catalogue.of_kind("multishot"), shop)
        with gr.Column(elem_classes=["stage-column"], min_width=0):
            form.part("shots", "multishot")
            form.part("stage", "multishot")
    form.watch(tab, "multishot")
    return made
