"""README's tables, written from the code: `python -m providers.readme [--check]`."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import assert_never

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import Kind
from providers.catalogue.rules import (
    LABELS,
    Choice,
    Flag,
    Rule,
    Shots,
    Slot,
    Span,
    Text,
    label,
    with_unit,
)
from providers.settings import Settings
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
    having = {name: sum(name in every_rule(spec) for spec in rows) for name in LABELS}
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
    return text + "".join(f"\n{note}\n" for note in (*risks, *sources(rows)))


def sources(rows: Iterable[ModelSpec]) -> list[str]:
    """Where the limits were read, a sentence for each day."""
    read: dict[str, dict[str, None]] = {}
    for spec in rows:
        read.setdefault(str(spec.checked), {})[f"[{spec.source}](https://{spec.source})"] = None
    return [f"Limits from {', '.join(links)}, checked {day}." for day, links in read.items()]


def also(spec: ModelSpec, names: Iterable[str]) -> str:
    """The fields that only a few models have, each with its name, a line each."""
    had = [name for name in names if name in every_rule(spec)]
    lines = [
        f"{label(name)}: {'; '.join(cell(spec, name)).removeprefix(f'{NONE}; ')}" for name in had
    ]
    return BREAK.join(lines) or NONE


def every_rule(spec: ModelSpec) -> set[str]:
    """The names of all fields that the model has in any situation."""
    return {*spec.rules, *(name for when in spec.when for name in when.rules)}


def cell(spec: ModelSpec, name: str) -> list[str]:
    """One field of one model in words, then what changes when another field is filled."""
    rule = spec.rules.get(name)
    parts = [NONE if rule is None else words(rule)]
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
            text = _options(rule)
        case Span():
            text = with_unit(f"{rule.low} to {rule.high}", rule.unit) + _default(rule.default)
        case Text():
            need = "required" if rule.shortest else "optional"
            text = f"{need}, ≤ {rule.longest:,}"
            text += f" (perhaps {rule.doubtful:,})" if rule.doubtful is not None else ""
        case Flag():
            text = "on or off" + _default("on" if rule.default else "off")
        case Slot():
            amount = str(rule.most) if rule.least == rule.most else f"{rule.least} to {rule.most}"
            text = amount + (f", needs a {label(rule.requires).lower()}" if rule.requires else "")
        case Shots():
            text = (
                f"{rule.least} to {rule.most}, each {rule.seconds.low} to {rule.seconds.high} s "
                f"with a prompt ≤ {rule.prompt.longest:,}; together ≤ {rule.total} s"
            )
        case _:
            assert_never(rule)
    return text


def _options(rule: Choice) -> str:
    if len(rule.options) > MANY:
        return f"{len(rule.options)} choices"
    shown = [f"**{option}**" if option == rule.default else str(option) for option in rule.options]
    return with_unit(", ".join(shown), rule.unit)


def _default(value: str | int | None) -> str:
    return "" if value is None else f" (**{value}**)"


def settings_table(vendors: Iterable[Vendor]) -> str:
    """Every environment variable that the studio reads, with its option on the command line."""
    lines = ["| Variable | Option | Default | Meaning |", "| --- | --- | --- | --- |"]
    for name, field in Settings.model_fields.items():
        default = "your data folder" if field.default_factory else _shown(field.default)
        option = f"`--{name.replace('_', '-')}`"
        lines.append(f"| `STUDIO_{name.upper()}` | {option} | {default} | {field.description} |")
    for vendor in vendors:
        about = f"Your key for {vendor.label}, from [{vendor.key_page}](https://{vendor.key_page})."
        lines.append(f"| `{vendor.key_variable}` | — | none | {about} |")
        about = f"Replaces {vendor.label}'s address."
        variable = f"STUDIO_{vendor.name.upper()}_BASE_URL"
        lines.append(f"| `{variable}` | — | `{vendor.base_url}` | {about} |")
    return "\n".join(lines) + "\n"


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return "none" if default in (None, "") else f"`{default}`"


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
