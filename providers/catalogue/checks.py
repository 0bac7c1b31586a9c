"""The one place where a value meets its rule: every problem of it, each named by its field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import assert_never

from pydantic import JsonValue
from typing_extensions import TypeIs

from providers.catalogue.rules import (
    Choice,
    Flag,
    Rule,
    Shots,
    Slot,
    Span,
    Text,
    label,
    length,
    listed,
    with_unit,
    written,
)
from providers.errors import Problem

LONGEST_WORD = 100
"""Characters of a value that stands in no list."""


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
        if rule.open and isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_WORD:
            known = f"{label(field)} is usually {options}; {_shown(value)} may be rejected here."
            yield Problem(field, known, soft=True)
            return
        yield Problem(field, f"{label(field)} must be {options}, not {_shown(value)}.")


def _check_span(field: str, rule: Span, value: JsonValue) -> Iterator[Problem]:
    if value is None:
        return
    if not _is_whole(value) or not rule.low <= value <= rule.high:
        unit = f" {rule.unit}" if rule.unit else ""
        limits = f"a whole number from {rule.low} to {rule.high}{unit}"
        if rule.beyond and _is_whole(value) and rule.beyond[0] <= value <= rule.beyond[1]:
            known = f"{label(field)} is usually {limits}; {value} may be rejected here."
            yield Problem(field, known, soft=True)
            return
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
    yield from _check_count(field, rule, len(shots))
    for number, shot in enumerate(shots, start=1):
        place = f"{field}.{number}"
        if isinstance(shot, dict):
            yield from _check_shot(place, number, rule, shot)
        else:
            yield Problem(place, f"Shot {number} needs a prompt and a length in seconds.")
    plan = [_planned(shot) for shot in shots if isinstance(shot, dict)]
    if shots:
        yield from _check_total(field, rule, sum(seconds for _, seconds in plan))
    if rule.in_one_text is not None:
        yield from _check_one_text(field, rule.in_one_text, plan)


def _planned(shot: Mapping[str, JsonValue]) -> tuple[str, int]:
    prompt, seconds = shot.get("prompt"), shot.get("seconds")
    counted = seconds if _is_whole(seconds) and seconds > 0 else 0
    return prompt if isinstance(prompt, str) else "", counted


def _check_count(field: str, rule: Shots, count: int) -> Iterator[Problem]:
    if "count" in rule.soft and count and not rule.least <= count <= rule.most:
        taken = f"{rule.least} to {rule.most} shots"
        yield Problem(field, f"This model may take only {taken}, not {count}.", soft=True)
    elif count < rule.least:
        missing = rule.least - count
        taken = f"This model takes {rule.least} to {rule.most}."
        yield Problem(field, f"Add {missing} more {_plural('shot', missing)}. {taken}")
    elif count > rule.most:
        over = count - rule.most
        taken = f"This model takes up to {rule.most}."
        yield Problem(field, f"Remove {over} {_plural('shot', over)}. {taken}")


def _check_total(field: str, rule: Shots, total: int) -> Iterator[Problem]:
    soft = "total" in rule.soft
    added = f"The shots add up to {total} s"
    if rule.sums and total not in rule.sums:
        lengths = listed([str(length) for length in rule.sums])
        below = [f"remove {total - length} s" for length in rule.sums if length < total][-1:]
        above = [f"add {length - total} s" for length in rule.sums if length > total][:1]
        ways = " or ".join(below + above).capitalize()
        yield Problem(field, f"{added}, but this model makes {lengths} s. {ways}.", soft)
    elif total > rule.total:
        over = total - rule.total
        yield Problem(field, f"{added}, but the limit is {rule.total} s. Remove {over} s.", soft)
    elif total < rule.total_least:
        short = rule.total_least - total
        least = f"this model makes at least {rule.total_least} s"
        yield Problem(field, f"{added}, but {least}. Add {short} s.", soft)


def _check_shot(
    field: str, number: int, rule: Shots, shot: Mapping[str, JsonValue]
) -> Iterator[Problem]:
    for problem in _check_text("prompt", rule.prompt, shot.get("prompt")):
        yield Problem(f"{field}.prompt", f"Shot {number}: {problem.message}", problem.soft)
    seconds, span = shot.get("seconds"), rule.seconds
    if not _is_whole(seconds) or not span.low <= seconds <= span.high:
        limits = f"{span.low} to {span.high} whole seconds long, not {_shown(seconds)}"
        soft = "seconds" in rule.soft and _is_whole(seconds) and seconds > 0
        must = "may have to be" if soft else "must be"
        yield Problem(f"{field}.seconds", f"Shot {number} {must} {limits}.", soft)
    for stray in sorted(set(shot) - {"prompt", "seconds"}):
        yield Problem(f"{field}.{stray}", f"Shot {number} has no field {stray!r}.")


_BEGINS_A_SHOT = re.compile(r"\s*shot\s+\d+\s*,\s*\d+\s*,", re.IGNORECASE)


def _check_one_text(
    field: str, longest: int, shots: Sequence[tuple[str, int]]
) -> Iterator[Problem]:
    for number, (prompt, _) in enumerate(shots, start=1):
        said = [
            ";" in prompt and "A semicolon ends a shot for this model. Use a comma instead.",
            bool(re.search(r"[\r\n]", prompt.strip()))
            and "This model reads all shots as one line. Remove the line breaks.",
            _BEGINS_A_SHOT.match(prompt) is not None
            and "This model would take the first words for a new shot. Begin with others.",
        ]
        for sentence in filter(None, said):
            yield Problem(f"{field}.{number}.prompt", f"Shot {number}: {sentence}")
    over = len(written(shots)) - longest
    if over > 0:
        characters = f"{over:,} {_plural('character', over)}"
        yield Problem(
            field,
            f"The shots together are {characters} too long: {longest + over:,} of {longest:,}.",
        )


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
