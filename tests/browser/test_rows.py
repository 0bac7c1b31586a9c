"""Every row of every vendor in the form: its controls, its rules and its price as Python reads them."""

from collections.abc import Iterator, Sequence
from itertools import combinations, product

import pytest
from playwright.sync_api import Page
from pydantic import JsonValue, TypeAdapter

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Frozen, Rule, Slot, Span, label
from tests.browser.forms import KINDS, MODELS, show
from tests.servers import StudioServer
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


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio whose sandbox answers at once."""
    made = StudioServer(tmp_path_factory.mktemp("rows") / "data").start()
    yield made
    made.close()


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
        return ["credits", "free, slow"]
    assert isinstance(rule, Choice | Span)
    options = rule.options if isinstance(rule, Choice) else tuple(range(rule.low, rule.high + 1))
    shown = [f"{option} {rule.unit}".strip() for option in fields.in_order(options)]
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


def cases(spec: ModelSpec) -> Iterator[dict[str, JsonValue]]:
    """Every set of fields that narrows the row, and values that only look given."""
    names = [when.field for when in spec.when]
    for count in range(len(names) + 1):
        for chosen in combinations(names, count):
            yield {field: ["a"] for field in chosen}
    empties: Sequence[JsonValue] = ("", "  ", [], {}, None, "a", 0, False)
    for field in names or ["start_frame"]:
        for empty in empties:
            yield {field: empty}


def prices(spec: ModelSpec) -> Iterator[dict[str, JsonValue]]:
    """Every tier of the row's prices, with several lengths and counts."""
    fields_of = sorted({name for price in spec.prices for name in price.when})
    ranges = [
        list(values(spec.rules[name])) if name in spec.rules else [None] for name in fields_of
    ]
    for chosen in product(*ranges):
        given: dict[str, JsonValue] = dict(zip(fields_of, chosen, strict=True))
        for field in {"count", "duration"} & set(spec.rules):
            yield from ({**given, field: value} for value in values(spec.rules[field]))
        yield given
    yield {"shots": [{"prompt": "a", "seconds": 4}, {"prompt": "b", "seconds": None}]}
    yield {"references": ["a", "b"]}
    yield {"start_frame": "a", "end_frame": "b", "references": []}


def values(rule: Rule) -> Sequence[str | int | bool]:
    if isinstance(rule, Choice):
        return rule.options
    return (rule.low, rule.high) if isinstance(rule, Span) else (True, False)


def test_the_browser_reads_rules_as_python_does(page: Page, server: StudioServer) -> None:
    show(page, server)
    asked = [(spec, given) for spec in MODELS for given in cases(spec)]
    theirs = page.evaluate(
        """async asked => {
          const { rulesFor } = await import("./assets/js/rules.js");
          const { spec } = await import("./assets/js/store.js");
          return asked.map(([id, given]) => rulesFor(spec(id), given));
        }""",
        [[spec.id, given] for spec, given in asked],
    )
    for (spec, given), found in zip(asked, theirs, strict=True):
        ours = {
            field: rule.model_dump(mode="json") for field, rule in spec.rules_for(given).items()
        }
        assert found == ours, f"{spec.id} {given}"


def test_the_browser_knows_prices_as_python_does(page: Page, server: StudioServer) -> None:
    show(page, server)
    asked = [
        (spec, given, seconds)
        for spec in MODELS
        for given in prices(spec)
        for seconds in ((None, 4.0, 9.5) if "driving_video" in spec.rules else (None,))
    ]
    theirs = page.evaluate(
        """async asked => {
          const { estimate } = await import("./assets/js/prices.js");
          const { spec } = await import("./assets/js/store.js");
          return asked.map(([id, given, seconds]) => estimate(spec(id), given, seconds));
        }""",
        [[spec.id, given, seconds] for spec, given, seconds in asked],
    )
    assert sum(found is not None for found in theirs) > 100
    for (spec, given, seconds), found in zip(asked, theirs, strict=True):
        ours = spec.estimate(given, seconds)
        told = None if ours is None else {**ours.model_dump(), "amount": pytest.approx(ours.amount)}
        assert found == told, f"{spec.id} {given} {seconds}"


def test_sizes_stand_from_small_to_large_in_both_places(page: Page, server: StudioServer) -> None:
    show(page, server)
    lists: list[list[str | int]] = [
        ["1K", "512", "2K", "4K"], ["720p", "480p", "1080p", "4K"], ["2k", "720p", "1k"],
        [8, 4, 6], ["16:9", "1:1"], ["high", "low"], ["10", "9.5"], [],
    ]  # fmt: skip
    theirs = page.evaluate(
        """async lists => {
          const { inOrder } = await import("./assets/js/rules.js");
          return lists.map(inOrder);
        }""",
        lists,
    )
    assert theirs == [fields.in_order(one) for one in lists]
    assert theirs[:2] == [["512", "1K", "2K", "4K"], ["480p", "720p", "1080p", "4K"]]
