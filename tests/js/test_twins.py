"""What Python and the page read alike: rules, prices, words and filters, the page's modules run by Node."""

import json
from collections.abc import Iterator, Sequence
from itertools import combinations, product

import pytest
from pydantic import JsonValue, TypeAdapter

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Rule, Span
from providers.history.sought import WORD, folded
from tests.browser.forms import KINDS, MODELS
from tests.js import tools
from tests.providers.history.test_sought import NOT_THERE, PARTS, SPELLINGS
from ui import fields

ANSWERS = TypeAdapter(list[JsonValue])
COUNTS = TypeAdapter(list[tuple[str, int]])
OPTIONS = TypeAdapter(list[list[str | int]])


def told(question: str, asked: list[JsonValue]) -> list[JsonValue]:
    """What the page's own modules answer, with the rows that the page begins with."""
    catalogue = {"specs": [spec.model_dump(mode="json") for spec in MODELS]}
    words = json.dumps({"catalogue": catalogue, "question": question, "asked": asked})
    run = tools.node(
        "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "tests/js/twins.js", words=words
    )
    assert run.ok, run.text
    return ANSWERS.validate_json(run.text)


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
            "cheap",
        ]


def test_the_library_finds_what_a_search_finds() -> None:
    there: list[JsonValue] = [
        [text, search] for text, asked in (*SPELLINGS, *PARTS) for search in asked
    ]
    not_there: list[JsonValue] = [[text, search] for text, asked in NOT_THERE for search in asked]
    said = told("found", [*there, *not_there])
    asked = zip([*there, *not_there], said, strict=True)
    assert [pair for pair, is_found in asked if is_found != (pair in there)] == []
