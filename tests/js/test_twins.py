"""What Python and the page read alike: rules, prices, words and filters, the page's modules run by Node."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

import pytest
from pydantic import JsonValue, TypeAdapter

from providers.catalogue.checks import check
from providers.catalogue.models import ModelSpec
from providers.catalogue.plans import final, slots_in
from providers.catalogue.rules import Choice, Rule, Shots, Span, Text
from providers.history.batch import FAILED
from providers.history.jobs import RECENT
from providers.history.sought import WORD, folded
from providers.jobs.failures import FREE
from providers.jobs.job import FOUND, OPEN
from tests.browser.forms import KINDS, MODELS
from tests.js.answers import told
from tests.support.sought import NOT_THERE, PARTS, SPELLINGS
from ui import fields

LENGTH = Span(low=1, high=30, unit="s")
UP_TO = Shots(least=1, most=6, prompt=Text(longest=99), seconds=LENGTH, total=15)
LENGTHS = [
    UP_TO,
    UP_TO.model_copy(update={"total_least": 3}),
    UP_TO.model_copy(update={"sums": (5, 10, 15)}),
]
SHAPES = [
    *LENGTHS,
    UP_TO.model_copy(update={"least": 2, "most": 3, "seconds": Span(low=3, high=12)}),
    UP_TO.model_copy(update={"prompt": Text(shortest=3, longest=12, doubtful=8)}),
    UP_TO.model_copy(update={"prompt": Text(shortest=1, longest=8, utf16=True), "in_one_text": 60}),
    UP_TO.model_copy(update={"most": 2, "total": 9, "soft": ("count", "seconds", "total")}),
]
PROMPTS = [
    "",
    "  ",
    "ab",
    " ab ",
    "A door",
    "A long door opens",
    "🎬🎬🎬🎬🎬",
    "a;b",
    "a\nb",
    "shot 2, 3, c",
    "a\0",
]
SECONDS: list[JsonValue] = [0, 1, 3, 5, 12, 13, 31, -4, 4.5, None]


class Constants(NamedTuple):
    """What the page's modules name as Python does."""

    OPEN: list[str]
    FAILED: list[str]
    RECENT: int
    FOUND: str
    FREE: str


CONSTANTS = TypeAdapter(Constants)
COUNTS = TypeAdapter(list[tuple[str, int]])
FAULTS = TypeAdapter(list[list[str | bool]])
REPAIRED = TypeAdapter(list[tuple[str, list[JsonValue]]])
OPTIONS = TypeAdapter(list[list[str | int]])


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


def test_the_browser_reads_rules_as_python_does() -> None:
    asked = [(spec, given) for spec in MODELS for given in cases(spec)]
    theirs = told("rules", [[spec.id, given] for spec, given in asked])
    for (spec, given), found in zip(asked, theirs, strict=True):
        ours = {
            field: rule.model_dump(mode="json") for field, rule in spec.rules_for(given).items()
        }
        assert found == ours, f"{spec.id} {given}"


def test_the_browser_knows_prices_as_python_does() -> None:
    asked = [
        (spec, given, seconds)
        for spec in MODELS
        for given in prices(spec)
        for seconds in ((None, 4.0, 9.5) if "driving_video" in spec.rules else (None,))
    ]
    theirs = told("prices", [[spec.id, given, seconds] for spec, given, seconds in asked])
    assert sum(found is not None for found in theirs) > 100
    for (spec, given, seconds), found in zip(asked, theirs, strict=True):
        ours = spec.estimate(given, seconds)
        wanted = (
            None if ours is None else {**ours.model_dump(), "amount": pytest.approx(ours.amount)}
        )
        assert found == wanted, f"{spec.id} {given} {seconds}"


def test_sizes_stand_from_small_to_large_in_both_places() -> None:
    lists: list[JsonValue] = [
        ["1K", "512", "2K", "4K"], ["720p", "480p", "1080p", "4K"], ["2k", "720p", "1k"],
        [8, 4, 6], ["16:9", "1:1"], ["high", "low"], ["10", "9.5"], [],
    ]  # fmt: skip
    theirs = told("order", lists)
    assert theirs == [fields.in_order(one) for one in OPTIONS.validate_python(lists)]
    assert theirs[:2] == [["512", "1K", "2K", "4K"], ["480p", "720p", "1080p", "4K"]]


def test_the_browser_folds_words_as_python_does() -> None:
    texts = [text for prompt, asked in SPELLINGS for text in (prompt, *asked)]
    theirs = told("words", [*texts])
    assert theirs == [[folded(text), WORD.findall(folded(text))] for text in texts]


def test_the_browser_names_states_as_python_does() -> None:
    told_there = CONSTANTS.validate_python(told("constants", [None])[0])
    assert set(told_there.OPEN) == set(OPEN)
    # A batch does not count what a person cancelled as failed.
    assert set(told_there.FAILED) == {*FAILED, "cancelled"}
    assert (told_there.RECENT, told_there.FOUND, told_there.FREE) == (RECENT, FOUND, FREE)


@pytest.mark.parametrize("kind", KINDS)
def test_every_filter_tells_models_apart(kind: str) -> None:
    counts = COUNTS.validate_python(told("filters", [kind])[0])
    assert len(counts) <= 6
    of_kind = [spec for spec in MODELS if spec.kind == kind]
    assert all(0 < count < len(of_kind) for _, count in counts), counts
    if kind == "video":
        assert [name for name, _ in counts] == [
            "text",
            "image",
            "end frame",
            "audio",
            "4K",
            "low price",
        ]


def test_the_library_finds_what_a_search_finds() -> None:
    there: list[JsonValue] = [
        [text, search] for text, asked in (*SPELLINGS, *PARTS) for search in asked
    ]
    not_there: list[JsonValue] = [[text, search] for text, asked in NOT_THERE for search in asked]
    said = told("found", [*there, *not_there])
    asked = zip([*there, *not_there], said, strict=True)
    assert [pair for pair, is_found in asked if is_found != (pair in there)] == []


def test_the_browser_knows_the_lengths_of_all_shots_as_python_does() -> None:
    asked = [(rule, total) for rule in LENGTHS for total in range(1, 33)]
    shots: list[JsonValue] = [[{"prompt": "a", "seconds": total}] for _, total in asked]
    limits: list[JsonValue] = [rule.model_dump(mode="json") for rule, _ in asked]
    theirs = told("totals", [[one, rule] for one, rule in zip(shots, limits, strict=True)])
    for (rule, total), one, found in zip(asked, shots, theirs, strict=True):
        ours = [problem for problem in check("shots", rule, one) if problem.field == "shots"]
        assert bool(ours) == (found is not None), f"{rule} {total}"
        if isinstance(found, dict):
            changes = [f"{way} {found[way]} s" for way in ("add", "remove") if found[way]]
            assert all(change in ours[0].message.lower() for change in changes)


def test_the_browser_finds_what_is_wrong_with_a_plan_as_python_does() -> None:
    each: list[JsonValue] = [
        {"prompt": prompt, "seconds": length} for prompt, length in product(PROMPTS, SECONDS)
    ]
    plans = [each[start : start + 1 + start % 8] for start in range(len(each))]
    asked = [(rule, plan) for rule in SHAPES for plan in [[], *plans]]
    theirs = told("faults", [[plan, rule.model_dump(mode="json")] for rule, plan in asked])
    for (rule, plan), found in zip(asked, theirs, strict=True):
        ours = [[one.field, one.soft] for one in check("shots", rule, plan)]
        assert sorted(FAULTS.validate_python(found)) == sorted(ours), f"{rule} {plan}"


LINES = [
    "",
    " ",
    "35 mm",
    "Early light.",
    "Mara (60)",
    "„Nacht”",
    "雨の街",
    "\ufeff",
    "\x1c",
    "🎬",
    "A\n",
    "½",
    "…",
]
BRACES = [
    "A {subject} at {the door}", "{}", "{ }", "{1}", "{a1 }", "{ a}", '{"a": 1}', "{{a}}", "{a}{b}{a}",
    "${x}", "{a\nb}", "{été}", "{名前}", "{🎬}", "{x y-z_9}", "{" + "n" * 40 + "}", "{" + "n" * 41 + "}",
    "{it's}", "{'it}", "{a|b}", "{a,b}", "{a", "a}", "{\u00a0a}", "{a\u00a0}", "{\ta}",
]  # fmt: skip


def test_the_browser_puts_lines_before_a_shot_as_python_does() -> None:
    asked = list(product(LINES, LINES, ["", " ", "A door", " A door ", "\ufeff", "A door\x1f"]))
    theirs = told("texts", [list[JsonValue](one) for one in asked])
    for (style, cast, prompt), found in zip(asked, theirs, strict=True):
        assert found == final(style, cast, prompt), (style, cast, prompt)


def test_the_browser_finds_words_in_braces_as_python_does() -> None:
    theirs = told("slots", [*BRACES])
    assert theirs == [list(slots_in(text)) for text in BRACES]
    assert theirs[0] == ["subject", "the door"]
    assert sum(map(bool, theirs)) > 8


def test_each_repair_ends_in_a_plan_that_its_model_takes() -> None:
    rules = {spec.id: rule for spec in MODELS if isinstance(rule := spec.rules.get("shots"), Shots)}
    assert len(rules) > 8
    asked = [(name, rule, plan) for name, rule in rules.items() for plan in crooked(rule)]
    theirs = told("repaired", [[plan, rule.model_dump(mode="json")] for _, rule, plan in asked])
    ended = Counter[str]()
    for (name, rule, plan), found in zip(asked, theirs, strict=True):
        for repair, made in REPAIRED.validate_python(found):
            wrong = [one for one in check("shots", rule, made) if not one.soft]
            assert wrong == [], (name, repair, plan)
            ended[repair] += 1
    assert set(ended) == {"scale", "spread", "merge", "trim", "line"}, ended


def crooked(rule: Shots) -> Iterator[list[JsonValue]]:
    """Plans with one thing or another wrong: too many shots, lengths, a text too long or with signs."""
    texts = ["A door", "x " * (rule.prompt.longest // 2 + 9), "A door; a hand\nshot 2, 3, c"]
    for count, length, text in product((1, 3, 5, 8), (1, 5, 12), texts):
        shots: list[JsonValue] = [{"prompt": "A hand", "seconds": length} for _ in range(count - 1)]
        yield [{"prompt": text, "seconds": length}, *shots]
