"""Legal and illegal lists of shots for any rule about them."""

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from providers.catalogue.rules import Shots

Broken = tuple[str, JsonValue, frozenset[str]]
"""What is wrong, the shots, and the names of exactly those fields that are refused for it."""


def shots(rule: Shots, count: int, *seconds: int) -> list[JsonValue]:
    """So many shots; the first ones last as long as told, the others as short as may be."""
    lengths = [*seconds, *[rule.seconds.low] * (count - len(seconds))]
    return [shot(f"Shot {n}", length) for n, length in enumerate(lengths)]


def shot(prompt: JsonValue, seconds: JsonValue, **more: JsonValue) -> dict[str, JsonValue]:
    return {"prompt": prompt, "seconds": seconds, **more}


def is_length(rule: Shots, total: int) -> bool:
    """Whether all shots together may last so long, with or without a warning."""
    if "total" in rule.soft:
        return True
    return total in rule.sums if rule.sums else rule.total_least <= total <= rule.total


def totals(rule: Shots, count: int) -> list[int]:
    """Every length that so many shots may have together without a warning, the shortest first."""
    low, high = count * rule.seconds.low, count * rule.seconds.high
    known = rule.sums or range(max(rule.total_least, low), rule.total + 1)
    return [total for total in known if low <= total <= high]


def plan(rule: Shots, count: int, total: int | None = None) -> list[JsonValue]:
    """So many legal shots, the first ones as long as may be; None: together as short as may be."""
    spare = (totals(rule, count)[0] if total is None else total) - count * rule.seconds.low
    seconds: list[int] = []
    for _ in range(count):
        more = min(spare, rule.seconds.high - rule.seconds.low)
        seconds.append(rule.seconds.low + more)
        spare -= more
    return shots(rule, count, *seconds)


def how_many(rule: Shots) -> list[int]:
    """How many shots there may be without a warning."""
    return [count for count in range(rule.least, rule.most + 1) if totals(rule, count)]


def edges(rule: Shots) -> Iterator[list[JsonValue]]:
    """Plans at every edge: each count, shortest and longest, with the shortest and the longest texts."""
    for count in how_many(rule):
        for total in {totals(rule, count)[0], totals(rule, count)[-1]}:
            yield plan(rule, count, total)
    fewest = plan(rule, how_many(rule)[0])
    waves = rule.prompt.longest // 2 if rule.prompt.utf16 else rule.prompt.longest
    many = "x" if rule.in_one_text is not None else "🌊" * waves
    longest: Sequence[str] = ["🌊" * waves, *[many] * (len(fewest) - 1)]
    yield [_reworded(one, text) for one, text in zip(fewest, longest, strict=True)]
    yield [_reworded(one, "x" * max(rule.prompt.shortest, 1)) for one in fewest]


def _reworded(one: JsonValue, prompt: str) -> JsonValue:
    assert isinstance(one, dict)
    return {**one, "prompt": prompt}


def broken(name: str, rule: Shots) -> Iterator[Broken]:
    """One thing wrong at a time with shots that are legal otherwise."""
    shapeless: list[JsonValue] = [[], "shots", 5, True, shot("Another", rule.seconds.low), None]
    for value in shapeless:
        yield f"{value!r}", value, frozenset({name})
    for what, count in (("too few", rule.least - 1), ("too many", rule.most + 1)):
        found = _judged(name, rule, shots(rule, count))
        yield what, shots(rule, count), found
    high = rule.seconds.high
    over = shots(rule, 2, min(high, rule.total), max(rule.total - high + 1, rule.seconds.low))
    yield "too long together", over, _judged(name, rule, over)
    base = plan(rule, next(count for count in how_many(rule) if count > 1))
    yield from _seconds(name, rule, base)
    low = base[1]
    assert isinstance(low, dict)
    texts: list[JsonValue] = ["", " ", "x" * (rule.prompt.longest + 1), 5, None, "a\0b"]
    texts += [" x "] if rule.prompt.shortest > 1 else []
    for text in texts:
        yield f"prompt {text!r:.20}", _with(base, {**low, "prompt": text}), _at(name, "prompt")
    yield "stray field", _with(base, {**low, "ratio": "16:9"}), _at(name, "ratio")
    holed = _with(base, "x")
    yield "not an object", holed, _judged(name, rule, holed) | {f"{name}.2"}


def _seconds(name: str, rule: Shots, base: list[JsonValue]) -> Iterator[Broken]:
    low, high = rule.seconds.low, rule.seconds.high
    told: list[JsonValue] = [low - 1, 0, -low, True, low + 0.5, str(low), None, [low], high + 1]
    for value in told:
        bad = _with(base, shot("Another", value))
        whole = value if isinstance(value, int) and not isinstance(value, bool) else 0
        soft = "seconds" in rule.soft and whole > 0
        place = frozenset[str]() if soft else _at(name, "seconds")
        yield f"seconds {value!r}", bad, place | _judged(name, rule, bad)


def _with(base: list[JsonValue], second: JsonValue) -> list[JsonValue]:
    return [base[0], second, *base[2:]]


def _at(name: str, part: str) -> frozenset[str]:
    return frozenset({f"{name}.2.{part}"})


def _judged(name: str, rule: Shots, held: list[JsonValue]) -> frozenset[str]:
    """The name of the whole where its count or its length is refused."""
    lengths = [one.get("seconds") for one in held if isinstance(one, dict)]
    wholes = [one for one in lengths if isinstance(one, int) and not isinstance(one, bool)]
    # Less than nothing takes nothing away from the others.
    total = sum(one for one in wholes if one > 0)
    counted = rule.least <= len(held) <= rule.most or ("count" in rule.soft and bool(held))
    return frozenset() if counted and is_length(rule, total) else frozenset({name})
