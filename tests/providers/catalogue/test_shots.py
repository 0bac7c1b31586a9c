"""Shots: how many, how long one and all of them, what their texts may hold; firm limits, and soft ones."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Limit, Rule, Shots, Slot, Span, Text, written
from providers.errors import Problem

SECONDS = Span(low=3, high=12, default=5, unit="s")
FIRM = Shots(least=2, most=5, prompt=Text(shortest=1, longest=512), seconds=SECONDS, total=15)
SOFT = FIRM.model_copy(update={"total_least": 3, "soft": ("count", "seconds", "total")})
SUMS = Shots(
    least=3,
    most=5,
    prompt=Text(shortest=3, longest=512),
    seconds=Span(low=1, high=15, unit="s"),
    total=15,
    sums=(5, 10, 15),
)
IN_ONE_TEXT = Shots(
    least=1,
    most=6,
    prompt=Text(shortest=1, longest=60),
    seconds=Span(low=1, high=15, unit="s"),
    total=15,
    total_least=3,
    in_one_text=120,
)
Plan = list[tuple[str, int]]


def problems(rule: Shots, plan: Plan, **beside: JsonValue) -> list[Problem]:
    """What a row with this rule says of a plan."""
    rules: dict[str, Rule] = {"shots": rule, "references": Slot(most=7, tag="@IMG_{n}")}
    spec = ModelSpec(
        id="acme:multishot/reel", label="Reel", summary="", rules=rules, source="", checked=date.min
    )
    shots: JsonValue = [{"prompt": prompt, "seconds": seconds} for prompt, seconds in plan]
    return spec.problems({"shots": shots, **beside})


def said(rule: Shots, plan: Plan) -> dict[str, str]:
    return {problem.field: problem.message for problem in problems(rule, plan)}


def of(*seconds: int) -> Plan:
    return [("A door", length) for length in seconds]


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (of(3, 4, 4), "The shots add up to 11 s, but this model makes 5, 10 or 15 s. Remove 1 s or add 4 s."),
        (of(1, 1, 1), "The shots add up to 3 s, but this model makes 5, 10 or 15 s. Add 2 s."),
        (of(9, 9, 9), "The shots add up to 27 s, but this model makes 5, 10 or 15 s. Remove 12 s."),
    ],
)  # fmt: skip
def test_where_few_lengths_are_sold_the_way_to_the_next_ones_is_told(
    plan: Plan, sentence: str
) -> None:
    assert said(SUMS, plan) == {"shots": sentence}


@pytest.mark.parametrize("plan", [of(1, 1, 3), of(5, 4, 1), of(13, 1, 1), of(3, 3, 3, 3, 3)])
def test_a_plan_of_a_length_that_is_sold_is_fine(plan: Plan) -> None:
    assert not problems(SUMS, plan)


def test_too_short_a_plan_says_what_is_missing() -> None:
    least = FIRM.model_copy(update={"total_least": 8})
    assert said(least, of(3, 3)) == {
        "shots": "The shots add up to 6 s, but this model makes at least 8 s. Add 2 s."
    }


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (of(5), "shots"),
        (of(3, 3, 3, 2, 2, 2), "shots"),
        (of(5, 2), "shots.2.seconds"),
        (of(3, 13), "shots.2.seconds"),
        (of(12, 12), "shots"),
    ],
)
def test_a_limit_that_no_page_of_the_vendor_says_warns_and_does_not_refuse(
    plan: Plan, field: str
) -> None:
    softly, firmly = problems(SOFT, plan), problems(FIRM, plan)
    assert field in {problem.field for problem in softly}
    assert all(problem.soft for problem in softly)
    assert field in {problem.field for problem in firmly if not problem.soft}


@pytest.mark.parametrize("seconds", [0, -3])
def test_no_limit_is_so_soft_that_a_shot_may_last_no_time(seconds: int) -> None:
    found = problems(SOFT, of(5, seconds))
    assert "shots.2.seconds" in {problem.field for problem in found if not problem.soft}


def test_no_limit_is_so_soft_that_there_may_be_no_shot() -> None:
    assert [problem.soft for problem in problems(SOFT, [])] == [False]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A door; it opens", "comma"),
        ("A door\nit opens", "line breaks"),
        ("shot 3, 4, a door", "Begin with others"),
        ("  Shot 12 , 4, a door", "Begin with others"),
    ],
)
def test_a_text_that_would_end_or_begin_a_shot_is_refused_on_its_own_card(
    text: str, words: str
) -> None:
    plan = [("A hand", 3), (text, 3)]
    found = {problem.field: problem for problem in problems(IN_ONE_TEXT, plan)}
    assert set(found) == {"shots.2.prompt"}
    assert words in found["shots.2.prompt"].message
    assert not found["shots.2.prompt"].soft
    assert not problems(FIRM, plan)


def test_the_shots_of_one_text_are_counted_as_they_are_sent() -> None:
    plan = [("x" * 50, 3), ("y" * 50, 4)]
    assert written(plan) == f"shot 1, 3, {'x' * 50}; shot 2, 4, {'y' * 50};"
    over = len(written(plan)) - 120
    assert said(IN_ONE_TEXT, plan) == {
        "shots": f"The shots together are {over} characters too long: {120 + over} of 120."
    }


def test_a_reference_that_a_shot_mentions_must_be_there() -> None:
    plan = [("@IMG_1 opens a door", 4), ("@IMG_2 and @IMG_9 wave", 4)]
    found = problems(FIRM, plan, references=["a", "b"])
    assert [(one.field, one.soft) for one in found] == [("shots.2.prompt", True)]
    assert "@IMG_9" in found[0].message


lengths = st.lists(st.integers(-2, 20), max_size=8)


@given(lengths=lengths, rule=st.sampled_from([FIRM, SOFT, SUMS, IN_ONE_TEXT]))
def test_a_plan_has_no_firm_problem_only_where_every_limit_is_met(
    lengths: list[int], rule: Shots
) -> None:
    def met(limit: Limit, low: int, high: int, value: int) -> bool:
        return limit in rule.soft or low <= value <= high

    wanted = (
        bool(lengths)
        and all(length > 0 for length in lengths)
        and met("count", rule.least, rule.most, len(lengths))
        and all(met("seconds", rule.seconds.low, rule.seconds.high, length) for length in lengths)
        and met("total", rule.total_least, rule.total, sum(lengths))
        and (not rule.sums or sum(lengths) in rule.sums)
    )
    texts: Plan = [("A b", length) for length in lengths]
    if rule.in_one_text is not None:
        wanted = wanted and len(written(texts)) <= rule.in_one_text
    hard = [problem for problem in problems(rule, texts) if not problem.soft]
    assert (not hard) == wanted
