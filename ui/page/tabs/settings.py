"""The Settings tab: a place that the script fills from `/settings`."""

import gradio as gr

from ui.page import form


def build() -> None:
    """Draw the tab."""
    with gr.Tab("Settings", id="settings", elem_id="tab-settings") as tab:
        form.part("settings")
    form.watch(tab, "settings")
