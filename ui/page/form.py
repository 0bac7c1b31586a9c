"""A form: the left column of a generating tab, and the js-only events that tell the script of it.

The script (`assets/js/form/form.js`) holds what a person asked for and sends it itself, so that a press during
an outage loses nothing. No event here calls Python.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import gradio as gr
from gradio.components import Component

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import Kind
from providers.catalogue.rules import label
from providers.vendors.vendor import Vendor
from ui import fields

MOUNT = "window.studio.then(studio => studio.mount(element))"
ALL_VENDORS = ("All services", "*")
PROMPTS: Mapping[str, str] = {"multishot": "Prompt for all shots"}
"""What the prompt is called where it is not the whole of what is asked."""
LISTED: tuple[Kind, ...] = ("image", "video")
"""Where one prompt is the whole of what is asked, so that a list of them is many jobs."""
PLACEHOLDERS: Mapping[str, str] = {
    "image": "Describe the image",
    "video": "Describe the video: what moves, how the camera follows, the light",
    "multishot": "Place, light, style, characters. Each shot adds the rest",
}


@dataclass(frozen=True, slots=True)
class Shop:
    """Who sells models, in the order of a list, and which of them a key is there for."""

    vendors: tuple[Vendor, ...]
    live: frozenset[str]

    def home(self, specs: Sequence[ModelSpec]) -> ModelSpec:
        """The model that a form begins with. `assets/js/form/offers.js` does the same."""
        return next((spec for spec in specs if spec.vendor in self.live), specs[0])

    def offered(self, first: ModelSpec, sellers: Sequence[tuple[str, str]]) -> str:
        """Whose models are offered at first. `assets/js/form/offers.js` does the same."""
        return first.vendor if first.vendor in self.live or len(sellers) == 1 else ALL_VENDORS[1]


@dataclass(frozen=True, slots=True)
class Form:
    """One tab's controls by their key in the script, in the order of the bridge's outputs."""

    kind: Kind
    parts: Mapping[str, Component]
    generate: gr.Button


def part(
    name: str, tab: str = "", *, elem_id: str | None = None, fields_held: Sequence[str] = ()
) -> gr.HTML:
    """A place on the page that the script fills."""
    more = f' data-tab="{tab}"' if tab else ""
    more += f' data-fields="{" ".join(fields_held)}"' if fields_held else ""
    return gr.HTML(
        f'<div data-part="{name}"{more}></div>',
        js_on_load=MOUNT,
        elem_id=elem_id,
        elem_classes=["part", f"part-{name}"],
        apply_default_css=False,
    )


def build(kind: Kind, specs: Sequence[ModelSpec], shop: Shop) -> Form:
    """Draw the form for one kind: picker, prompt, tray, options, and Generate at its foot."""
    first = shop.home(specs)
    parts: dict[str, Component] = {}
    with gr.Column(elem_classes=["maker"], min_width=0):
        with gr.Column(elem_classes=["maker-scroll"], min_width=0):
            parts.update(_picker(kind, specs, shop, first))
            part("summary", kind)
            parts["prompt"] = _prompt(kind, first)
            if any("shots" in spec.rules for spec in specs):
                part("lines", kind)
            if held := fields.slots(specs):
                part("tray", kind, fields_held=held)
            made = fields.controls(kind, specs)
            with gr.Column(elem_classes=["option-grid"], min_width=0):
                for control in made:
                    now = first.rules.get(control.field)
                    fits = now if now is not None and now.rule == control.takes else None
                    parts[control.elem_id] = fields.component(control, fits)
        with gr.Column(elem_classes=["maker-foot"], min_width=0):
            part("problems", kind, elem_id=f"{kind}-problems")
            generate = gr.Button("Generate", variant="primary", elem_id=f"{kind}-generate")
            if kind in LISTED:
                part("many", kind)
    form = Form(kind, parts, generate)
    _tell_script(form)
    return form


def connect(bridge: gr.HTML, form: Form) -> None:
    """Let the script push values into this form's controls through the bridge."""
    push = getattr(bridge, f"push_{form.kind}")
    push(
        None, None, list(form.parts.values()),
        js=f"() => window.studioPushed({json.dumps(form.kind)}, {json.dumps(list(form.parts))})",
        show_progress="hidden", trigger_mode="multiple", api_visibility="private",
    )  # fmt: skip


def watch(tab: gr.Tab, name: str) -> None:
    """Tell the script when a tab is opened."""
    tab.select(
        None, None, None,
        js=f"() => window.studio.then(s => s.tab({json.dumps(name)}))",
        show_progress="hidden", trigger_mode="multiple", api_visibility="private",
    )  # fmt: skip


def _picker(
    kind: Kind, specs: Sequence[ModelSpec], shop: Shop, first: ModelSpec
) -> dict[str, Component]:
    selling = {spec.vendor for spec in specs}
    sellers = [(vendor.label, vendor.name) for vendor in shop.vendors if vendor.name in selling]
    if len(sellers) > 1:
        sellers.insert(0, ALL_VENDORS)
    with gr.Column(elem_classes=["picker"], min_width=0):
        # The way of the keyboard is that of the eye: the filter stands above the models.
        part("finder", kind)
        part("picker", kind, elem_id=f"{kind}-model")
        vendor = gr.Dropdown(
            sellers, value=shop.offered(first, sellers), label="Service", filterable=True,
            elem_id=f"{kind}-vendor", elem_classes=["pick-vendor", *(["only"] if len(sellers) == 1 else [])],
        )  # fmt: skip
        if len(sellers) > 1:
            part("doors", kind)
    return {"vendor": vendor}


def _prompt(kind: Kind, first: ModelSpec) -> Component:
    return gr.Textbox(
        value="",
        label=PROMPTS.get(kind, label("prompt")),
        placeholder=PLACEHOLDERS[kind],
        lines=4,
        max_lines=14,
        elem_id=f"{kind}-prompt",
        elem_classes=["prompt"],
        visible=True if "prompt" in first.rules else "hidden",
    )


def _tell_script(form: Form) -> None:
    kind = json.dumps(form.kind)
    for key, control in form.parts.items():
        listen = getattr(control, "change")  # noqa: B009 - every control has it, the base class does not say so
        listen(
            None, [control], None,
            js=f"value => window.studio.then(s => s.heard({kind}, {json.dumps(key)}, value))",
            show_progress="hidden", trigger_mode="multiple", api_visibility="private",
        )  # fmt: skip
    form.generate.click(
        None, None, None,
        js=f"() => window.studio.then(s => s.generate({kind}))",
        show_progress="hidden", trigger_mode="multiple", api_visibility="private",
    )  # fmt: skip
