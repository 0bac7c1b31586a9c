"""Legal and illegal fields for any row of the catalogue, made from the shape of its rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import LABELS, Choice, Flag, Rule, Shots, Slot, Span, Text
from providers.vendors.vendor import Vendor
from tests.support.plans import broken, edges, how_many, plan

PROMPT = "A lighthouse on a basalt cliff"
Fields = Mapping[str, JsonValue]


@dataclass(frozen=True)
class Case:
    """Fields of which exactly those in `wrong` break a rule (none: all is legal)."""

    name: str
    given: Fields
    wrong: frozenset[str] = frozenset()


def held(rule: Slot, count: int, name: str = "") -> JsonValue:
    """So many artifact ids in the form in which a request holds them: references are always a list."""
    ids: list[JsonValue] = [f"artifact{number}" for number in range(count)]
    return ids[0] if rule.most == 1 and count == 1 and name != "references" else ids


def plain(rule: Rule, name: str = "") -> JsonValue:
    """A legal value that fills the field."""
    match rule:
        case Choice():
            return rule.options[-1]
        case Span():
            return rule.high
        case Text():
            return PROMPT
        case Flag():
            return not rule.default
        case Slot():
            return held(rule, max(rule.least, 1), name)
        case Shots():
            return plan(rule, how_many(rule)[0])
        case _:
            assert_never(rule)


def minimal(spec: ModelSpec) -> dict[str, JsonValue]:
    """Only what the model cannot do without."""
    given: dict[str, JsonValue] = {}
    for name, rule in spec.rules.items():
        if isinstance(rule, Text) and rule.shortest:
            given[name] = PROMPT
        if isinstance(rule, Slot | Shots) and rule.least:
            given[name] = plain(rule, name)
    for name in spec.needs_any[:1]:
        given[name] = plain(spec.rules[name], name)
    return given


def doomed(vendor: Vendor, word: str) -> tuple[str, Fields]:
    """A picture that this fate is wished."""
    spec = next(
        spec
        for spec in vendor.models
        if spec.kind == "image" and "references" not in minimal(spec)
        and isinstance(spec.rules.get("prompt"), Text)
    )  # fmt: skip
    return spec.id, {**minimal(spec), "prompt": f"A teapot {word}"}


def situations(spec: ModelSpec) -> list[dict[str, JsonValue]]:
    """The minimal request, and for each `when` the same with its field filled."""
    base = minimal(spec)
    filled = [
        {when.field: plain(rule, when.field), **_needs(rule)}
        for when in spec.when
        if (rule := spec.rules.get(when.field)) is not None
    ]
    return [base, *({**base, **extra} for extra in filled if not extra.keys() <= base.keys())]


def legal(spec: ModelSpec) -> Iterator[Case]:
    """Every edge of every rule, in every situation."""
    for base in situations(spec):
        yield Case("as little as possible", base)
        for name, rule in spec.rules_for(base).items():
            room = _room(spec, base, name, rule)
            for value in _edges(rule, name):
                yield Case(f"{name} {_short(value)}", {**room, **_needs(rule), name: value})
        every = {name: plain(rule, name) for name, rule in _all_rules(spec, base)}
        yield Case("all at once", every)


def illegal(spec: ModelSpec) -> Iterator[Case]:
    """One thing wrong at a time, in every situation."""
    for base in situations(spec):
        rules = spec.rules_for(base)
        for name, rule in rules.items():
            yield from _broken(name, rule, {**_room(spec, base, name, rule), **_needs(rule)})
            if isinstance(rule, Slot) and rule.requires:
                given = {**base, name: plain(rule, name)}
                given.pop(rule.requires, None)
                alone = {
                    one for one, other in rules.items() if one in given and _leans(other, rule)
                }
                yield Case(f"{name} without {rule.requires}", given, frozenset(alone))
        yield from _strays(base, rules)
        yield from _hidden(spec, base, rules)
    if spec.needs_any:
        bare = {name: value for name, value in minimal(spec).items() if name not in spec.needs_any}
        yield Case("none of those needed", bare, frozenset({spec.needs_any[0]}))


def _leans(one: Rule, other: Slot) -> bool:
    """Whether both need the same field."""
    return isinstance(one, Slot) and one.requires == other.requires


def _room(spec: ModelSpec, base: Fields, name: str, rule: Rule) -> Fields:
    """The base without what falls away as soon as this field, or one that it needs, is given."""
    causes = {name, *_needs(rule)}
    hidden = {field for when in spec.when if when.field in causes for field in when.hides}
    return {field: value for field, value in base.items() if field not in hidden}


def _needs(rule: Rule) -> dict[str, JsonValue]:
    return {rule.requires: "needed"} if isinstance(rule, Slot) and rule.requires else {}


def _all_rules(spec: ModelSpec, base: Fields) -> Iterator[tuple[str, Rule]]:
    # What may narrow other fields: files, and switches that are turned.
    given = {
        name: plain(rule, name)
        for name, rule in spec.rules.items()
        if isinstance(rule, Slot | Flag)
    }
    yield from spec.rules_for({**base, **given}).items()


def _edges(rule: Rule, name: str) -> Sequence[JsonValue]:
    match rule:
        case Choice():
            return rule.options
        case Span():
            return [rule.low, rule.low + 1, rule.high]
        case Text():
            # Characters outside the basic plane: each counts once, or twice where UTF-16 is counted.
            waves = rule.longest // 2 if rule.utf16 else rule.longest
            return ["x" * max(rule.shortest, 1), "🌊" * waves]
        case Flag():
            return [True, False]
        case Slot():
            counts = range(max(rule.least, 1), rule.most + 1)
            return [held(rule, count, name) for count in counts]
        case Shots():
            return [*edges(rule)]
        case _:
            assert_never(rule)


def _broken(name: str, rule: Rule, base: Fields) -> Iterator[Case]:
    if isinstance(rule, Shots):
        for what, value, wrong in broken(name, rule):
            if wrong:
                yield Case(f"{name} {what}", {**base, name: value}, wrong)
        return
    for value in _wrong(rule):
        yield Case(f"{name} {_short(value)}", {**base, name: value}, frozenset({name}))
    if (isinstance(rule, Text) and rule.shortest) or (isinstance(rule, Slot) and rule.least):
        rest = {other: value for other, value in base.items() if other != name}
        yield Case(f"no {name}", rest, frozenset({name}))


def _wrong(rule: Choice | Span | Text | Flag | Slot) -> list[JsonValue]:
    match rule:
        case Choice():
            numbers = [option for option in rule.options if isinstance(option, int)]
            near: list[JsonValue] = [min(numbers) - 1, max(numbers) + 1] if numbers else []
            same = [
                other for number in numbers for other in (str(number), float(number), number + 0.5)
            ]
            unlisted = "x" * 101 if rule.open else "none of these"
            return [*near, *same, unlisted, "", True, False, [], {}, [rule.options[0]]]
        case Span():
            low, high = rule.beyond or (rule.low, rule.high)
            outside: list[JsonValue] = [low - 1, high + 1, -high - 1, 10**30]
            return [*outside, float(rule.low), str(rule.low), "", True, False, [], {}, [rule.low]]
        case Text():
            blank: list[JsonValue] = [" \n\t "] if rule.shortest else []
            blank += [" x "] if rule.shortest > 1 else []
            return [*blank, "x" * (rule.longest + 1), "a\0b", "a\ud800b", 5, True, ["x"], {"x": 1}]
        case Flag():
            return [0, 1, "true", "on", "", [], {}, 1.0]
        case Slot():
            return [held(rule, rule.most + 1), 5, True, {"id": "x"}, [5], [""], [None], [["x"]]]
        case _:
            assert_never(rule)


def _strays(base: Fields, rules: Mapping[str, Rule]) -> Iterator[Case]:
    for name in (*LABELS, "wibble", "multishot_prompt_1"):
        if name not in rules:
            values: list[JsonValue] = ["16:9", 1, False, True, ["artifact"]]
            for value in values:
                given = {**base, name: value}
                yield Case(f"stray {name} {_short(value)}", given, frozenset({name}))


def _hidden(spec: ModelSpec, base: Fields, rules: Mapping[str, Rule]) -> Iterator[Case]:
    every: list[tuple[str, Rule]] = [*spec.rules.items()]
    every += [pair for when in spec.when for pair in when.rules.items()]
    for name, rule in every:
        here = rules.get(name)
        if isinstance(rule, Choice) and isinstance(here, Choice):
            for option in set(rule.options) - set(here.options):
                given = {**base, name: option}
                yield Case(f"{name} {option} of another situation", given, frozenset({name}))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 24 else f"{text[:20]}… ({len(text)})"
