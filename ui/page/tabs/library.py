"""The Library tab: a place that the script fills from `/jobs`."""

import gradio as gr

from ui.page import form


def build() -> None:
    """Draw the tab."""
    with gr.Tab("Library", id="library", elem_id="tab-library") as tab:
        form.part("library")
    form.watch(tab, "library")
