"""The six shapes of a limit, and the one place where a value meets one.

A rule is data: the form, the validator, the sandbox, README and the tests all read the same row.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from typing_extensions import TypeIs

from providers.errors import Problem

MediaKind = Literal["image", "video"]

LABELS: Mapping[str, str] = {
    "prompt": "Prompt",
    "shots": "Shots",
    "start_frame": "Start frame",
    "end_frame": "End frame",
    "references": "References",
    "driving_video": "Driving video",
    "ratio": "Ratio",
    "duration": "Length",
    "resolution": "Resolution",
    "count": "Images",
    "style": "Style",
    "diversity": "Diversity",
    "seed": "Seed",
    "audio": "Audio",
    "explore": "Explore queue",
    "people": "People in references",
    "quality": "Quality",
    "background": "Background",
    "format": "File type",
    "edit": "Edit the reference",
    "web_search": "Web search",
    "tolerance": "Safety tolerance",
    "content_check": "Content check",
    "rewrite": "Prompt rewriting",
    "public_figures": "Public figures",
    "gestures": "Body movement",
    "expression": "Expression",
    "scale": "Upscale",
    "creativity": "Creativity",
    "sharpness": "Sharpness",
    "grain": "Grain",
    "detail": "Fine detail",
    "smooth": "Smoother motion",
}
"""Catalogue field names in the order of a form, with their names for people."""


class Frozen(BaseModel):
    """A value: immutable, and strict about names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Choice(Frozen):
    """One of a list. Without a default nothing is sent unless a person chooses."""

    rule: Literal["choice"] = "choice"
    options: tuple[str | int, ...]
    default: str | int | None = None
    unit: str = ""


class Span(Frozen):
    """A whole number from `low` to `high`."""

    rule: Literal["span"] = "span"
    low: int
    high: int
    default: int | None = None
    unit: str = ""


class Text(Frozen):
    """Characters, counted as Unicode code points. `shortest` 1 means required."""

    rule: Literal["text"] = "text"
    shortest: int = 0
    longest: int
    doubtful: int | None = None
    """A newer source names this lower maximum: above it a warning, not a refusal."""
    utf16: bool = False
    """The vendor counts UTF-16 units: most emoji are two characters there."""


class Flag(Frozen):
    """On or off."""

    rule: Literal["flag"] = "flag"
    default: bool = False


class Slot(Frozen):
    """References of one role: how many, of what kind."""

    rule: Literal["slot"] = "slot"
    kind: MediaKind = "image"
    least: int = 0
    most: int = 1
    label: str = ""
    """What the field is called here, where its usual name does not fit."""
    requires: str | None = None
    """Another field that must be filled first (an end frame needs a start frame)."""
    tag: str | None = None
    """How the prompt names the n-th one, e.g. `@IMG_{n}`."""
    doubtful: int | None = None
    """From here on a warning, not a refusal: sources disagree about the maximum."""


class Shots(Frozen):
    """The shots of a multishot video; `total` is the most seconds of all together."""

    rule: Literal["shots"] = "shots"
    least: int
    most: int
    prompt: Text
    seconds: Span
    total: int


Rule = Annotated[Choice | Span | Text | Flag | Slot | Shots, Field(discriminator="rule")]


class When(Frozen):
    """While `field` is given, these rules replace the row's own (or join them), and `hides` fall away."""

    field: str
    rules: Mapping[str, Rule] = {}
    hides: tuple[str, ...] = ()


MANY = frozenset({"shots", "references"})
"""Fields whose names for people speak of several."""


def wanted(field: str, rule: Rule | None = None) -> str:
    """The field as one asks for it: "a prompt", "an end frame", "references"."""
    own = rule.label if isinstance(rule, Slot) else ""
    named = (own or label(field)).lower()
    if field in MANY and not (isinstance(rule, Slot) and own and rule.most == 1):
        return named
    return f"{'an' if named[0] in 'aeiou' else 'a'} {named}"


def label(field: str) -> str:
    """The field's name for people."""
    return LABELS.get(field, field.replace("_", " ").capitalize())


def with_unit(value: str | int, unit: str) -> str:
    """A value as people write it: `15 s`, `2×`."""
    return f"{value}{unit}" if unit == "×" else f"{value} {unit}".strip()


def length(rule: Text, text: str) -> int:
    """How many characters the vendor counts in a text."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2 if rule.utf16 else len(text)


def is_given(value: JsonValue) -> bool:
    """Whether a field holds anything: blank text, an empty list and null do not."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, list | dict):
        return bool(value)
    return value is not None


def check(field: str, rule: Rule, value: JsonValue) -> Iterator[Problem]:
    """Every problem of one value with one rule."""
    match rule:
        case Choice():
            yield from _check_choice(field, rule, value)
        case Span():
            yield from _check_span(field, rule, value)
        case Text():
            yield from _check_text(field, rule, value)
        case Flag():
            if value is not None and not isinstance(value, bool):
                yield Problem(field, f"{label(field)} must be on or off, not {_shown(value)}.")
        case Slot():
            yield from _check_slot(field, rule, value)
        case Shots():
            yield from _check_shots(field, rule, value)
        case _:
            assert_never(rule)


def _check_choice(field: str, rule: Choice, value: JsonValue) -> Iterator[Problem]:
    if value is None:
        return
    # True == 1 == 1.0 in Python, and a vendor would be sent `true` or `1.0`.
    if isinstance(value, bool | float) or value not in rule.options:
        options = listed([with_unit(option, rule.unit) for option in rule.options])
        yield Problem(field, f"{label(field)} must be {options}, not {_shown(value)}.")


def _check_span(field: str, rule: Span, value: JsonValue) -> Iterator[Problem]:
    if value is None:
        return
    if not _is_whole(value) or not rule.low <= value <= rule.high:
        unit = f" {rule.unit}" if rule.unit else ""
        limits = f"a whole number from {rule.low} to {rule.high}{unit}"
        yield Problem(field, f"{label(field)} must be {limits}, not {_shown(value)}.")


def _check_text(field: str, rule: Text, value: JsonValue) -> Iterator[Problem]:
    if value is not None and not isinstance(value, str):
        yield Problem(field, f"{label(field)} must be text, not {_shown(value)}.")
        return
    text = value or ""
    if any(0xD800 <= ord(character) <= 0xDFFF or character == "\0" for character in text):
        yield Problem(field, f"{label(field)} contains a character that can't be sent. Retype it.")
    if rule.shortest and not text.strip():
        yield Problem(field, f"{label(field)} is missing. Describe what you want to see.")
    elif len(text.strip()) < rule.shortest:
        least = _amount(rule.shortest, "character")
        yield Problem(field, f"{label(field)} is too short. It needs at least {least}.")
    used = length(rule, text)
    if used > rule.longest:
        over = used - rule.longest
        yield Problem(
            field,
            f"{label(field)} is {over:,} {_plural('character', over)} too long: "
            f"{used:,} of {rule.longest:,}.",
        )
    elif rule.doubtful is not None and used > rule.doubtful:
        yield Problem(
            field,
            f"{label(field)} is longer than {rule.doubtful:,} characters, which may be the "
            "limit here.",
            soft=True,
        )


def _check_slot(field: str, rule: Slot, value: JsonValue) -> Iterator[Problem]:
    held: list[JsonValue] = value if isinstance(value, list) else [] if value is None else [value]
    name = rule.label or label(field)
    if not all(isinstance(one, str) and one for one in held):
        yield Problem(field, f"{name} must be files from this studio, not {_shown(value)}.")
        return
    if len(held) < rule.least:
        yield Problem(field, f"{name}: add {_amount(rule.least, rule.kind)}. This model needs it.")
    if len(held) > rule.most:
        yield Problem(
            field, f"{name}: up to {_amount(rule.most, rule.kind)} allowed, not {len(held)}."
        )
    elif rule.doubtful is not None and len(held) > rule.doubtful:
        sentence = f"{name}: more than {_amount(rule.doubtful, rule.kind)} may be rejected here."
        yield Problem(field, sentence, soft=True)


def _check_shots(field: str, rule: Shots, value: JsonValue) -> Iterator[Problem]:
    shots = value if isinstance(value, list) else []
    if len(shots) < rule.least:
        missing = rule.least - len(shots)
        yield Problem(
            field,
            f"Add {missing} more {_plural('shot', missing)}. This model takes {rule.least} to "
            f"{rule.most}.",
        )
    if len(shots) > rule.most:
        over = len(shots) - rule.most
        yield Problem(
            field, f"Remove {over} {_plural('shot', over)}. This model takes up to {rule.most}."
        )
    total = 0
    for number, shot in enumerate(shots, start=1):
        if not isinstance(shot, dict):
            yield Problem(
                f"{field}.{number}", f"Shot {number} needs a prompt and a length in seconds."
            )
            continue
        yield from _check_shot(f"{field}.{number}", number, rule, shot)
        seconds = shot.get("seconds")
        total += seconds if _is_whole(seconds) else 0
    if total > rule.total:
        yield Problem(
            field,
            f"The shots add up to {total} s, but the limit is {rule.total} s. Remove {total - rule.total} "
            "s.",
        )


def _check_shot(
    field: str, number: int, rule: Shots, shot: Mapping[str, JsonValue]
) -> Iterator[Problem]:
    for problem in _check_text("prompt", rule.prompt, shot.get("prompt")):
        yield Problem(f"{field}.prompt", f"Shot {number}: {problem.message}", problem.soft)
    seconds, span = shot.get("seconds"), rule.seconds
    if not _is_whole(seconds) or not span.low <= seconds <= span.high:
        yield Problem(
            f"{field}.seconds",
            f"Shot {number} must be {span.low} to {span.high} whole seconds long, not "
            f"{_shown(seconds)}.",
        )
    for stray in sorted(set(shot) - {"prompt", "seconds"}):
        yield Problem(f"{field}.{stray}", f"Shot {number} has no field {stray!r}.")


def _is_whole(value: JsonValue) -> TypeIs[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: JsonValue) -> str:
    # Text is quoted, so that "4" is seen to differ from 4.
    text = "nothing" if value is None else f"“{value}”" if isinstance(value, str) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


def _amount(count: int, noun: str) -> str:
    return f"{'one' if count == 1 else count} {_plural(noun, count)}"


def listed(options: list[str]) -> str:
    """`a, b or c`."""
    return options[0] if len(options) == 1 else f"{', '.join(options[:-1])} or {options[-1]}"
