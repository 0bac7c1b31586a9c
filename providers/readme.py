"""README's tables, written from the code: `python -m providers.readme [--check]`."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import assert_never, get_args

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import OWN_FIELDS, Kind
from providers.catalogue.rules import (
    LABELS,
    Choice,
    FileLimit,
    Flag,
    Limit,
    MediaKind,
    Rule,
    Shots,
    Slot,
    Span,
    Takes,
    Text,
    label,
    listed,
    with_unit,
)
from providers.settings import Settings, usual
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.engine import SANDBOX_WORDS
from providers.vendors.vendor import Vendor

README = Path("README.md")
BEGIN = "<!-- {name}: written by `make docs` -->"
END = "<!-- {name}: end -->"
HEADINGS: Mapping[Kind, str] = {"image": "Images", "video": "Videos", "multishot": "Multishot"}
NONE = "—"
BREAK = "<br>"
COMMON = 0.3
"""Part of a table's models that must have a field before it gets a column of its own."""
UTF16 = "Prompts are counted in UTF-16 units here: most emoji count as two characters."
MANY = 8
"""A list of more choices than this is counted, not spelled out."""


def tables(vendors: Iterable[Vendor]) -> str:
    """All models in Markdown: a fold for each vendor, in it one table for each kind of result."""
    parts: list[str] = []
    for vendor in vendors:
        amount = "1 model" if len(vendor.models) == 1 else f"{len(vendor.models)} models"
        parts.append(f"<details>\n<summary><b>{vendor.label}</b>, {amount}</summary>\n")
        for kind, heading in HEADINGS.items():
            rows = [spec for spec in vendor.models if spec.kind == kind]
            if rows:
                parts.append(f"**{heading}**\n\n{table(rows)}")
        parts.append("</details>\n")
    return "\n".join(parts)


def table(rows: Sequence[ModelSpec]) -> str:
    """A row for each model, a column for each field that is common among them, then the sources."""
    having = {name: sum(name in _told(spec) for spec in rows) for name in LABELS}
    common = [name for name, count in having.items() if count and count >= COMMON * len(rows)]
    rare = [name for name, count in having.items() if 0 < count < COMMON * len(rows)]
    head = ["Model", *(label(name) for name in common), *(["Also"] if rare else [])]
    lines = [head, ["---"] * len(head)]
    for spec in rows:
        model = f"{spec.label}<br>`{spec.id}`" + (" ⚠" if spec.at_risk else "")
        line = [model, *(BREAK.join(cell(spec, name)) for name in common)]
        lines.append([*line, also(spec, rare)] if rare else line)
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
    risks = dict.fromkeys(f"⚠ {spec.at_risk}" for spec in rows if spec.at_risk)
    counted = [UTF16] if any(_is_utf16(spec) for spec in rows) else []
    return text + "".join(
        f"\n{note}\n" for note in (*risks, *counted, *file_note(rows), *sources(rows))
    )


def _is_utf16(spec: ModelSpec) -> bool:
    return any(isinstance(rule, Text) and rule.utf16 for rule in spec.rules.values())


def sources(rows: Iterable[ModelSpec]) -> list[str]:
    """Where the limits were read, a sentence for each day."""
    read: dict[str, dict[str, None]] = {}
    for spec in rows:
        read.setdefault(str(spec.checked), {})[f"[{spec.source}](https://{spec.source})"] = None
    return [f"Limits from {', '.join(links)}, checked {day}." for day, links in read.items()]


def also(spec: ModelSpec, names: Iterable[str]) -> str:
    """The fields that only a few models have, each with its name, a line each."""
    had = [name for name in names if name in _told(spec)]
    lines = [
        f"{label(name)}: {'; '.join(cell(spec, name)).removeprefix(f'{NONE}; ')}" for name in had
    ]
    return BREAK.join(lines) or NONE


def every_rule(spec: ModelSpec) -> set[str]:
    """The names of all fields that the model has in any situation."""
    return {*spec.rules, *(name for when in spec.when for name in when.rules)}


def _told(spec: ModelSpec) -> set[str]:
    """The names of all fields of which its row says something."""
    return every_rule(spec) | ({"audio"} if spec.always_audio else set())


def cell(spec: ModelSpec, name: str) -> list[str]:
    """One field of one model in words, then what changes when another field is filled."""
    rule = spec.rules.get(name)
    none = "always on" if name == "audio" and spec.always_audio else NONE
    parts = [none if rule is None else words(rule)]
    for when in spec.when:
        if name in when.hides:
            parts.append(f"with {label(when.field).lower()}: {NONE}")
        if name in when.rules and words(when.rules[name]) != parts[0]:
            condition = label(when.field).lower()
            parts.append(f"with {condition}: {words(when.rules[name])}")
    if name in spec.needs_any:
        others = [label(other).lower() for other in spec.needs_any if other != name]
        parts.append(f"this or {' or '.join(others)}")
    return parts


def words(rule: Rule) -> str:
    """A limit as a table cell. The default of a list is bold."""
    match rule:
        case Choice():
            text = _options(rule) + (" or others" if rule.open else "")
        case Span():
            perhaps = "perhaps " if rule.beyond else ""
            text = perhaps + with_unit(f"{rule.low} to {rule.high}", rule.unit)
            text += _default(rule.default)
        case Text():
            need = "required" if rule.shortest else "optional"
            text = f"{need}, ≤ {rule.longest:,}"
            text += f" (perhaps {rule.doubtful:,})" if rule.doubtful is not None else ""
        case Flag():
            text = "on or off" + _default("on" if rule.default else "off")
        case Slot():
            text = _count(rule) + (
                f", needs a {label(rule.requires).lower()}" if rule.requires else ""
            )
            text = "; ".join([text, *_files(rule.takes)])
        case Shots():
            text = _shots(rule)
        case _:
            assert_never(rule)
    return text


def _count(rule: Slot) -> str:
    if rule.open:
        return f"{rule.least} to {rule.doubtful}, perhaps more"
    amount = str(rule.most) if rule.least == rule.most else f"{rule.least} to {rule.most}"
    return amount + (f" (perhaps {rule.doubtful})" if rule.doubtful is not None else "")


def _files(takes: Takes) -> list[str]:
    """What each file must be like, but for what holds of all that the service takes."""
    seconds = _between(takes.least_seconds, takes.most_seconds)
    shape = _between(takes.least_shape, takes.most_shape)
    told: Mapping[FileLimit, str] = {
        "sides": f"≥ {takes.least_side} px" if takes.least_side else "",
        "shape": f"{shape} times as wide as high" if shape else "",
        "seconds": f"{seconds} s" if seconds else "",
        "rate": f"≤ {takes.most_rate:g} fps" if takes.most_rate else "",
        "made": f"≤ {takes.most_made / 1e6:g} megapixels made" if takes.most_made else "",
    }
    found = [
        ("perhaps " if limit in takes.soft else "") + text for limit, text in told.items() if text
    ]
    return [*found, *([f"≤ {takes.most_lines}p"] if takes.most_lines else [])]


def _between(low: float | None, high: float | None) -> str:
    if high is None:
        return "" if low is None else f"≥ {low:g}"
    return f"≤ {high:g}" if low is None else f"{low:g} to {high:g}"


def file_note(rows: Sequence[ModelSpec]) -> list[str]:
    """What a service takes of every file, in a sentence; the tables tell what a model takes beside it."""
    slots = [rule for spec in rows for rule in spec.rules.values() if isinstance(rule, Slot)]
    told: list[str] = []
    for kind in get_args(MediaKind):
        of_kind = [rule.takes for rule in slots if rule.kind == kind]
        if not of_kind:
            continue
        side = min((takes.most_side or 0 for takes in of_kind), default=0)
        weight = min((takes.most_bytes or 0 for takes in of_kind), default=0)
        perhaps = "perhaps " if any("bytes" in takes.soft for takes in of_kind) else ""
        limits = [f"{side} px on each side"] if side else []
        limits += [f"{perhaps}{weight / 1e6:.3g} MB"] if weight else []
        if limits:
            told.append(f"{kind}s of up to {' and '.join(limits)}")
    return [f"Files, as they are sent: {'; '.join(told)}."] if told else []


def _shots(rule: Shots) -> str:
    perhaps = {name: "perhaps " if name in rule.soft else "" for name in get_args(Limit)}
    together = f"≤ {rule.total} s"
    if rule.total_least:
        together = f"{rule.total_least} to {rule.total} s"
    if rule.sums:
        together = with_unit(listed([str(length) for length in rule.sums]), "s")
    least = f"{rule.prompt.shortest} to " if rule.prompt.shortest > 1 else "≤ "
    longest = f"{rule.prompt.longest:,}"
    longest += f" (perhaps {rule.prompt.doubtful:,})" if rule.prompt.doubtful is not None else ""
    text = (
        f"{perhaps['count']}{rule.least} to {rule.most}, "
        f"each {perhaps['seconds']}{rule.seconds.low} to {rule.seconds.high} s "
        f"with a prompt {least}{longest}; together {perhaps['total']}{together}"
    )
    if rule.in_one_text is not None:
        text += f" and ≤ {rule.in_one_text:,} characters"
    return text + ("; reworded by the service" if rule.rewritten else "")


def _options(rule: Choice) -> str:
    if len(rule.options) > MANY:
        return f"{len(rule.options)} choices"
    words = {option: with_unit(option, "") for option in rule.options}
    shown = [f"**{word}**" if option == rule.default else word for option, word in words.items()]
    return with_unit(", ".join(shown), rule.unit)


def _default(value: str | int | None) -> str:
    return "" if value is None else f" (**{value}**)"


def options_table(vendors: Iterable[Vendor]) -> str:
    """Every option that a program may give, and how many models of each kind have it."""
    specs = [spec for vendor in vendors for spec in vendor.models]
    lines = ["| Option | On the page | Takes | Models |", "| --- | --- | --- | --- |"]
    for name in LABELS:
        having = [spec for spec in specs if name in every_rule(spec)]
        if name in OWN_FIELDS or not having:
            continue
        kinds = [
            f"{sum(spec.kind == kind for spec in having)} {kind}"
            for kind in HEADINGS
            if any(spec.kind == kind for spec in having)
        ]
        lines.append(f"| `{name}` | {label(name)} | {_takes(having, name)} | {', '.join(kinds)} |")
    return "\n".join(lines) + "\n"


def _takes(having: Iterable[ModelSpec], name: str) -> str:
    rules = [
        rules[name]
        for spec in having
        for rules in (spec.rules, *(when.rules for when in spec.when))
        if name in rules
    ]
    texts = any(isinstance(rule, Choice) and isinstance(rule.options[0], str) for rule in rules)
    wholes = any(
        isinstance(rule, Span) or (isinstance(rule, Choice) and isinstance(rule.options[0], int))
        for rule in rules
    )
    switch = any(isinstance(rule, Flag) for rule in rules)
    words = {"a text": texts, "a whole number": wholes, "true or false": switch}
    return listed([word for word, holds in words.items() if holds])


def settings_table(vendors: Iterable[Vendor]) -> str:
    """Every environment variable that the studio reads, with its option on the command line."""
    lines = ["| Variable | Option | Default | Meaning |", "| --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "your data folder" if field.default_factory else _shown(usual(name))
        option = f"`--{name.replace('_', '-')}`"
        lines.append(f"| `STUDIO_{name.upper()}` | {option} | {default} | {field.description} |")
    for vendor in vendors:
        about = f"Your key for {vendor.label}, from [{vendor.key_page}](https://{vendor.key_page})."
        lines.append(f"| `{vendor.key_variable}` | — | none | {about} |")
        if vendor.callbacks is not None and vendor.callbacks.secret_variable:
            about = f"What {vendor.label} signs its calls with: one that isn't is passed over."
            lines.append(f"| `{vendor.callbacks.secret_variable}` | — | none | {about} |")
        about = f"Replaces {vendor.label}'s address."
        variable = f"STUDIO_{vendor.name.upper()}_BASE_URL"
        lines.append(f"| `{variable}` | — | `{vendor.base_url}` | {about} |")
    return "\n".join(lines) + "\n"


def _shown(default: str) -> str:
    return default if default in ("on", "off", "none") else f"`{default}`"


def words_table(effects: Mapping[str, str]) -> str:
    """The words that choose a fate in the sandbox."""
    lines = [f"| `{word}` | {effect} |" for word, effect in effects.items()]
    return "\n".join(["| Word in a prompt | What happens |", "| --- | --- |", *lines]) + "\n"


def updated(readme: str, name: str, text: str) -> str:
    """README with the text between this name's marks. Raises ValueError when a mark is missing."""
    begin, end = BEGIN.format(name=name), END.format(name=name)
    before, has_begin, rest = readme.partition(begin)
    _, has_end, after = rest.partition(end)
    if not has_begin or not has_end:
        raise ValueError(f"README.md has lost the marks {begin!r} and {end!r}. Put them back.")
    return f"{before}{begin}\n\n{text}\n{end}{after}"


def current(readme: str) -> str:
    """README with all its tables as the code has them now."""
    readme = updated(readme, "models", tables(VENDORS))
    readme = updated(readme, "options", options_table(VENDORS))
    readme = updated(readme, "settings", settings_table(VENDORS))
    return updated(readme, "sandbox", words_table(SANDBOX_WORDS))


def main(arguments: Sequence[str]) -> int:
    """Write the tables, or with --check only say whether they are current."""
    readme = README.read_text(encoding="utf-8")
    wanted = current(readme)
    if "--check" in arguments:
        print("README.md is current." if readme == wanted else "README.md is old. Run `make docs`.")
        return 0 if readme == wanted else 1
    README.write_text(wanted, encoding="utf-8")
    print("README.md holds the current tables.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
