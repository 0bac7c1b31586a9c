"""A list of prompts becomes requests: one a line, or a table whose first line names prompt and options."""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from providers.catalogue.checks import check
from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.requests import MEDIA_FIELDS, Request, read_request
from providers.catalogue.rules import LABELS, Choice, Flag, Rule, Slot, Span, label, listed
from providers.catalogue.variants import UNCOUNTED, Misread, Pattern, read_pattern
from providers.errors import InvalidRequest, Problem, Unknown

MOST_ROWS = 200
"""Jobs of one batch."""
MOST_TAKES = 20
MOST_SIGNS = 16_000_000
"""Characters of all rows together, where each repeats its line and the form."""
TOO_MANY = (
    "This makes {count:,} jobs{more}, but the limit is {most} at a time. Remove lines, "
    "alternatives, models or variations."
)
TOO_LONG = Problem(
    "text",
    "These rows are too long in total. Shorten the lines or the form, or send them in parts.",
)
WORDS: Mapping[str, bool] = {
    **dict.fromkeys(("on", "yes", "true", "1"), True),
    **dict.fromkeys(("off", "no", "false", "0"), False),
}
"""How a table says on and off."""
_FIELDS = {words.casefold(): field for field, words in LABELS.items()}
_WHOLE = re.compile(r"-?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class ListRow:
    """One job of a list, before anybody has checked it."""

    line: int
    """The line of the text that it comes from, counted from 1."""
    request: Request
    note: str = ""
    """What of the form this model does not take."""
    problem: str = ""
    """Why the line could not be read; its request holds the line as it stands."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a list makes. `count` may be more than the rows that are told; a million stands for more."""

    rows: tuple[ListRow, ...]
    count: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    prompt: str
    cells: Mapping[str, str]
    """Further columns by field; `model` is one of them."""

    @property
    def length(self) -> int:
        """Characters that a row made from it has at most."""
        return len(self.prompt) + sum(len(name) + len(cell) for name, cell in self.cells.items())


def read_list(
    text: str, form: Request, catalogue: Catalogue, models: Sequence[str] = (), takes: int = 1
) -> Rows:
    """Every job that a text asks for, with the form's model, options and files where it says nothing else.

    `models`: the same prompts on each of them. `takes`: every prompt so often, each with its own seed.
    Raises InvalidRequest for models of another kind, for numbers out of reach and for rows too long to be told.
    """
    if not 1 <= takes <= MOST_TAKES:
        raise InvalidRequest(
            [Problem("takes", f"takes must be a whole number from 1 to {MOST_TAKES}.")]
        )
    specs = [_spec(catalogue, form, name) for name in dict.fromkeys(models or [form.model])]
    by_name = _by_name(catalogue, form)
    rows: list[ListRow] = []
    count = signs = 0
    each = len(form.model_dump_json())
    for line in _lines(text):
        try:
            pattern, problem = read_pattern(line.prompt), ""
        except Misread as error:
            pattern, problem = Pattern(((line.prompt,),)), str(error)
        name = line.cells.get("model", "")
        on = [by_name.get(name.casefold(), name)] if name else specs
        more = pattern.count * len(on) * takes
        count = min(count + more, UNCOUNTED)
        if count <= MOST_ROWS:
            signs += more * (each + line.length)
            if signs > MOST_SIGNS:
                raise InvalidRequest([TOO_LONG])
            rows += [
                _row(line, prompt, form, spec, take, problem)
                for prompt in pattern.prompts()
                for spec in on
                for take in range(takes)
            ]
    if count <= MOST_ROWS:
        return Rows(tuple(rows), count)
    more = " or more" if count == UNCOUNTED else ""
    return Rows(tuple(rows), count, TOO_MANY.format(count=count, more=more, most=MOST_ROWS))


def _left_out(spec: ModelSpec, gone: Sequence[str]) -> str:
    names = listed([label(name).lower() for name in gone])
    return f"{spec.label} doesn't support {names}, so {'it was' if len(gone) == 1 else 'they were'} dropped."


def _row(
    line: _Line, prompt: str, form: Request, spec: ModelSpec | str, take: int, problem: str
) -> ListRow:
    if isinstance(spec, str):
        # A name that nobody knows: the validator says so.
        request = form.model_copy(update={"model": spec, "prompt": prompt})
        return ListRow(line.number, request, problem=problem)
    request, left_out = _carried(form, spec)
    rules = spec.rules_for(request.fields())
    given = {
        name: _value(rules.get(name), cell)
        for name, cell in line.cells.items()
        if name != "model" and cell
    }
    options = {**request.options, **given}
    seed = options.get("seed")
    if take and isinstance(seed, int):
        options["seed"] = seed + take
    asked = request.model_copy(update={"prompt": prompt, "options": options})
    gone = [name for name in left_out if name not in given]
    note = _left_out(spec, gone) if gone else ""
    return ListRow(line.number, asked, note, problem)


# The text


def _lines(text: str) -> Iterator[_Line]:
    table = _table(text)
    if table is not None:
        yield from table
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _Line(number, line.strip(), {})


def _table(text: str) -> list[_Line] | None:
    """The lines of a table, where the first line is its head: it names the prompt, and options only."""
    head = text.lstrip("\ufeff").splitlines()[:1]
    if not head:
        return None
    mark = max("\t,;", key=head[0].count) if any(sign in head[0] for sign in "\t,;") else "\t"
    columns = [_field(cell) for cell in head[0].split(mark)]
    known = [name for name in columns if name in LABELS or name == "model"]
    if "prompt" not in columns or (len(columns) > 1 and len(known) < 2):
        return None
    lines: list[_Line] = []
    reader = csv.reader(
        io.StringIO(text.lstrip("\ufeff")), delimiter=mark, skipinitialspace=True, strict=True
    )
    begins = 1
    try:
        for cells in reader:
            number, begins = begins, reader.line_num + 1
            if number == 1 or not any(cell.strip() for cell in cells):
                continue
            lines.append(_line(number, columns, cells))
    except csv.Error:
        message = "This table can't be read because its quotation marks don't match up. Fix them."
        raise InvalidRequest([Problem("text", message)]) from None
    return lines


def _line(number: int, columns: Sequence[str], cells: Sequence[str]) -> _Line:
    named = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    # What stands beyond the head is no option: it is told under a name that no model has.
    beyond = {f"column {place + 1}": cells[place] for place in range(len(columns), len(cells))}
    return _Line(number, named.pop("prompt", ""), {**named, **beyond})


def _field(cell: str) -> str:
    """The field that a column's name stands for; a name that nobody knows stays."""
    name = cell.strip().strip('"').strip().casefold()
    plain = name.replace(" ", "_")
    return plain if plain in LABELS or plain == "model" else _FIELDS.get(name, name)


# Models and values


def _spec(catalogue: Catalogue, form: Request, name: str) -> ModelSpec:
    try:
        spec = catalogue[name]
    except Unknown as error:
        raise InvalidRequest([Problem("models", str(error))]) from None
    if spec.kind != form.kind:
        message = f"{spec.label} does not make this kind of result. Pick another model."
        raise InvalidRequest([Problem("models", message)])
    return spec


def _by_name(catalogue: Catalogue, form: Request) -> Mapping[str, ModelSpec]:
    """The models that a cell may name, by id and by label in lower case."""
    # Several vendors may sell one: the form's own comes last, so it stays.
    here = form.model.partition(":")[0]
    specs = [*catalogue.of_kind(form.kind)][::-1]
    specs.sort(key=lambda spec: spec.vendor == here)
    return {name.casefold(): spec for spec in specs for name in (spec.label, spec.id)}


def _carried(form: Request, spec: ModelSpec) -> tuple[Request, list[str]]:
    """The form's request with another model: what that takes of it, and what was left out."""
    if spec.id == form.model:
        return form, []
    given = form.fields()
    media: dict[str, JsonValue] = {}
    left_out: list[str] = []
    for name in MEDIA_FIELDS:
        rule, value = spec.rules.get(name), given.get(name)
        held: list[JsonValue] = [*value] if isinstance(value, list) else [value] if value else []
        kept: list[JsonValue] = held[: rule.most] if isinstance(rule, Slot) else []
        if kept and isinstance(value, list):
            media[name] = kept
        elif kept:
            media[name] = kept[0]
        if len(kept) < len(held):
            left_out.append(name)
    rules = spec.rules_for({**form.options, **media})
    options = {name: value for name, value in form.options.items() if _fits(rules, name, value)}
    left_out += [name for name in form.options if name not in options]
    body: dict[str, JsonValue] = {"kind": form.kind, "model": spec.id, "options": options, **media}
    return read_request(body), left_out


def _fits(rules: Mapping[str, Rule], name: str, value: JsonValue) -> bool:
    rule = rules.get(name)
    return rule is not None and not any(True for _ in check(name, rule, value))


def _value(rule: Rule | None, cell: str) -> JsonValue:
    """A cell as the rule counts it; what is no such value stays a text, and the validator says so."""
    text = cell.casefold()
    match rule:
        case Choice():
            named = {f"{one} {rule.unit}".strip().casefold(): one for one in rule.options}
            named |= {str(one).casefold(): one for one in rule.options}
            return named.get(text, cell)
        case Span():
            whole = text.removesuffix(rule.unit.casefold()).strip()
            return int(whole) if _WHOLE.fullmatch(whole) else cell
        case Flag():
            return WORDS.get(text, cell)
        case _:
            return cell
