"""A rule becomes a control: one superset of controls a tab, narrowed in the browser by the rows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import gradio as gr
from gradio.components import Component

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import LABELS, SIZE, Choice, Flag, Rule, Span, label, with_unit
from ui.views import ControlView, Shape

SEGMENTS = 6
"""Up to so many values stand side by side; more are a list to search."""
RATIOS = 16
"""Ratios are small drawings, so more of them fit, on two lines."""
SLIDER = 60
"""Up to so many steps a slider is quicker than typing."""
SWITCH_WORDS: Mapping[str, tuple[str, str]] = {
    "explore": ("Fast (uses credits)", "Explore (free, slow)")
}
"""Flags whose two sides have better names than off and on."""
UNSET_WORDS: Mapping[str, str] = {"style": "none"}
"""What a choice without a default is called while nothing is chosen; else `auto`."""


class _Look(TypedDict):
    elem_id: str
    elem_classes: list[str]
    visible: bool


@dataclass(frozen=True, slots=True)
class Control:
    """One control of a form: the field that it fills, the kind of rule that it takes, its shape."""

    tab: str
    field: str
    takes: str
    shape: Shape
    rules: tuple[Rule, ...]
    """Every rule of this kind that any row has for the field."""
    elem_id: str

    def facts(self) -> ControlView:
        """What the script must know."""
        return ControlView(field=self.field, takes=self.takes, shape=self.shape, id=self.elem_id)


def controls(tab: str, specs: Iterable[ModelSpec]) -> list[Control]:
    """Every control that some row needs, in the order of a form."""
    found: dict[tuple[str, str], list[Rule]] = {}
    for field, rule in _all_rules(specs):
        if isinstance(rule, Choice | Span | Flag):
            found.setdefault((field, rule.rule), []).append(rule)
    order = list(LABELS)
    # Lists before ranges: where a field has both, the list keeps the plain element id.
    keys = sorted(found, key=lambda key: (_place(order, key[0]), key[1] != "choice"))
    made: list[Control] = []
    for field, takes in keys:
        rules = tuple(found[field, takes])
        taken = any(control.field == field for control in made)
        # A field that is a list in one row and a range in another gets two controls.
        elem_id = f"{tab}-{field}-{takes}" if taken else f"{tab}-{field}"
        made.append(Control(tab, field, takes, _shape(field, rules), rules, elem_id))
    return made


def component(control: Control, now: Rule | None) -> Component:
    """The Gradio component as the first row's rule `now` wants it; without one it waits to be built."""
    name = label(control.field)
    look: _Look = {
        "elem_id": control.elem_id,
        "elem_classes": ["option", f"option-{control.field}"],
        "visible": now is not None,
    }
    if now is not None:
        control = replace(control, rules=(now,))
    start = None if now is None else getattr(now, "default", None)
    if control.shape == "switch":
        return gr.Checkbox(value=start is True, label=name, **look)
    if control.shape == "segments":
        return gr.Radio(_choices(control), value=_start(control, start), label=name, **look)
    if control.shape == "list":
        value = _start(control, start)
        return gr.Dropdown(_choices(control), value=value, label=name, filterable=True, **look)
    low, high = _reach(control)
    name = _with_unit(name, control)
    if control.shape == "slider":
        value = start if isinstance(start, int) else low
        return gr.Slider(
            low, high, value=value, step=1, precision=0, label=name, buttons=[], **look
        )
    hint = "random" if control.field == "seed" else "auto"
    return gr.Number(
        value=None,
        label=name,
        placeholder=hint,
        precision=0,
        step=1,
        minimum=low,
        maximum=high,
        **look,
    )


def slots(specs: Iterable[ModelSpec]) -> list[str]:
    """Every field that holds files, in the order of a form."""
    names = {name for name, rule in _all_rules(specs) if rule.rule == "slot"}
    return [name for name in LABELS if name in names]


def _place(order: list[str], field: str) -> int:
    return order.index(field) if field in order else len(order)


def _all_rules(specs: Iterable[ModelSpec]) -> Iterator[tuple[str, Rule]]:
    for spec in specs:
        yield from spec.rules.items()
        for when in spec.when:
            yield from when.rules.items()


def _shape(field: str, rules: tuple[Rule, ...]) -> Shape:
    if isinstance(rules[0], Flag):
        return "segments" if field in SWITCH_WORDS else "switch"
    spans = [rule for rule in rules if isinstance(rule, Span)]
    if spans:
        steps = max(span.high - span.low + 1 for span in spans)
        settled = all(span.default is not None for span in spans)
        return (
            "segments"
            if steps <= SEGMENTS - 1
            else "slider"
            if settled and steps <= SLIDER
            else "number"
        )
    # A choice that may be left open has one more place, for that.
    most = max(
        len(rule.options) + (rule.default is None) for rule in rules if isinstance(rule, Choice)
    )
    return "segments" if most <= (RATIOS if field == "ratio" else SEGMENTS) else "list"


def in_order(options: Sequence[str | int]) -> list[str | int]:
    """Sizes and numbers from small to large, others as they stand. `inOrder` in rules.js does the same."""
    sizes = [SIZE.fullmatch(str(option)) for option in options]
    if not all(sizes):
        return list(options)
    return sorted(options, key=_size)


def _size(option: str | int) -> float:
    text = str(option).lower()
    return float(text.rstrip("pk")) * (1000 if text.endswith("k") else 1)


def _choices(control: Control) -> list[tuple[str, str | int]]:
    """(words, value) of every option of every row; whole numbers in their order."""
    if control.takes == "flag":
        off, on = SWITCH_WORDS[control.field]
        return [(off, "off"), (on, "on")]
    options: dict[str | int, str] = {}
    for rule in control.rules:
        for option in _options(rule):
            options[option] = with_unit(option, getattr(rule, "unit", ""))
    named = [(options[value], value) for value in in_order(list(options))]
    unset = [(UNSET_WORDS.get(control.field, "auto"), "")] if _may_be_unset(control) else []
    return [*unset, *named]


def _options(rule: Rule) -> Iterable[str | int]:
    if isinstance(rule, Choice):
        return rule.options
    return range(rule.low, rule.high + 1) if isinstance(rule, Span) else ()


def _may_be_unset(control: Control) -> bool:
    return any(isinstance(rule, Choice | Span) and rule.default is None for rule in control.rules)


def _start(control: Control, start: str | int | bool | None) -> str | int:
    if control.takes == "flag":
        return "on" if start is True else "off"
    choices = _choices(control)
    return choices[0][1] if start is None else start


def _reach(control: Control) -> tuple[int, int]:
    spans = [rule for rule in control.rules if isinstance(rule, Span)]
    return min(span.low for span in spans), max(span.high for span in spans)


def _with_unit(name: str, control: Control) -> str:
    unit = getattr(control.rules[0], "unit", "")
    return f"{name} ({unit})" if unit else name
