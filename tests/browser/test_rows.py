"""Every row of every vendor in the form: its controls as Python reads them."""

import pytest
from playwright.sync_api import Page
from pydantic import TypeAdapter

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Frozen, Rule, Slot, Span, label, with_unit
from tests.browser.forms import KINDS, MODELS, show
from tests.support.servers import StudioServer
from ui import fields
from ui.fields import Control

SEEN = """async ([kind, models, slots]) => {
  const { form } = await window.studio;
  const tab = document.querySelector(`#tab-${kind}`);
  let still = 0;
  new MutationObserver(() => { still = 0; }).observe(tab, {subtree: true, childList: true, attributes: true, characterData: true});
  const settled = async () => {
    for (still = 0; still < 8; still += 1) await new Promise(requestAnimationFrame);
  };
  const seen = {};
  for (const model of models) {
    form.choose(kind, model);
    await settled();
    const options = [...tab.querySelectorAll(".option")].filter(block => block.checkVisibility());
    const field = block => [...block.classList].find(name => name.startsWith("option-")).slice(7);
    const words = block => [...block.querySelectorAll("label[data-testid] span")].map(span => span.textContent.trim());
    const title = block => block.querySelector("[data-testid=block-info], .label-text")?.textContent.trim() ?? "";
    const cut = block => [...block.querySelectorAll(".wrap > label")].some(one => one.offsetLeft + one.offsetWidth > one.parentElement.offsetWidth + 1);
    const drawn = [...tab.querySelectorAll(".option-ratio label.shape")].filter(one => one.title !== one.querySelector("input").value);
    seen[model] = {
      controls: options.map(block => [field(block), title(block), words(block)]),
      cut: options.filter(cut).map(field),
      drawn: drawn.map(one => one.title),
      prompt: tab.querySelector(`#${kind}-prompt`).checkVisibility(),
      slots: slots.filter(name => tab.querySelector(`#${kind}-${name}`)?.checkVisibility()),
    };
  }
  return seen;
}"""  # noqa: E501 - a script for the page


class Shown(Frozen):
    """What the form shows for one row."""

    controls: list[tuple[str, str, list[str]]]
    """Field, name, and the words of its segments."""
    cut: list[str]
    """Fields with segments outside their frame."""
    drawn: list[str]
    """Ratios whose drawing shows another one."""
    prompt: bool
    slots: list[str]


SHOWN = TypeAdapter(dict[str, Shown])


def of_kind(kind: str) -> list[ModelSpec]:
    return [spec for spec in MODELS if spec.kind == kind]


def drawn(control: Control, rule: Rule) -> list[str]:
    """How a control shows one row's rule: its field, its name, and its choices where they are segments."""
    name = label(control.field)
    if control.shape in ("slider", "number") and isinstance(rule, Span) and rule.unit:
        name = f"{name} ({rule.unit})"
    return [control.field, name, *(unset(words(rule)) if control.shape == "segments" else [])]


def words(rule: Rule) -> list[str]:
    """The choices of a rule as segments."""
    if isinstance(rule, Flag):
        return ["Fast (uses credits)", "Explore (free, slow)"]
    assert isinstance(rule, Choice | Span)
    options = rule.options if isinstance(rule, Choice) else tuple(range(rule.low, rule.high + 1))
    shown = [with_unit(option, rule.unit) for option in fields.in_order(options)]
    return shown if rule.default is not None else ["", *shown]


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_shows_exactly_its_controls(page: Page, server: StudioServer, kind: str) -> None:
    show(page, server, kind)
    specs = of_kind(kind)
    seen = SHOWN.validate_python(
        page.evaluate(SEEN, [kind, [spec.id for spec in specs], fields.slots(specs)])
    )
    for spec in specs:
        wanted = [
            drawn(control, rule)
            for control in fields.controls(kind, specs)
            if (rule := spec.rules.get(control.field)) is not None and rule.rule == control.takes
        ]
        found = seen[spec.id]
        controls = [[field, title, *unset(choices)] for field, title, choices in found.controls]
        assert controls == wanted, spec.id
        assert not found.cut, f"{spec.id}: choices that cannot be seen"
        assert not found.drawn, f"{spec.id}: a ratio drawn as another one"
        assert found.prompt == ("prompt" in spec.rules), spec.id
        slots = {name for name, rule in spec.rules.items() if isinstance(rule, Slot)}
        assert set(found.slots) == slots, spec.id


def unset(choices: list[str]) -> list[str]:
    """Whatever leaving it open is called, it comes first."""
    return ["", *choices[1:]] if choices[:1] in (["auto"], ["none"]) else choices


def test_every_field_of_every_row_has_a_name_for_people() -> None:
    named = set(fields.LABELS)
    for spec in MODELS:
        for rules in (spec.rules, *(when.rules for when in spec.when)):
            assert set(rules) <= named, spec.id
