"""Fields that fall away, characters that count twice, and files beyond a doubtful number."""

from datetime import date

from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Slot, Text, When, length, wanted
from providers.readme import cell

SPEC = ModelSpec(
    id="acme:video/one",
    label="One",
    summary="",
    rules={
        "prompt": Text(longest=10, utf16=True),
        "start_frame": Slot(),
        "references": Slot(most=4, doubtful=2, label="Guides"),
        "ratio": Choice(options=("16:9", "1:1"), default="16:9"),
    },
    when=(When(field="start_frame", hides=("references", "ratio")),),
    source="acme.example",
    checked=date(2026, 11, 1),
)


def test_a_field_that_falls_away_is_neither_taken_nor_filled_in() -> None:
    given: dict[str, JsonValue] = {"start_frame": "a"}
    assert set(SPEC.rules_for(given)) == {"prompt", "start_frame"}
    assert SPEC.complete(given) == {}
    assert SPEC.complete({}) == {"ratio": "16:9"}
    problems = SPEC.problems({**given, "references": ["b"], "ratio": "1:1"})
    assert [problem.message for problem in problems] == [
        "One doesn't support references together with a start frame. Remove it.",
        "One doesn't support ratio together with a start frame. Remove it.",
    ]


def test_a_switch_narrows_other_fields_only_while_it_is_on() -> None:
    small = Choice(options=("480p",), default="480p")
    spec = SPEC.model_copy(
        update={
            "rules": {"explore": Flag(), "resolution": Choice(options=("480p", "1080p"))},
            "when": (When(field="explore", rules={"resolution": small}),),
        }
    )
    for off in ({}, {"explore": False}):
        assert not spec.problems({**off, "resolution": "1080p"})
        assert spec.complete(off) == {"explore": False}
    (problem,) = spec.problems({"explore": True, "resolution": "1080p"})
    assert problem.field == "resolution"
    assert spec.complete({"explore": True})["resolution"] == "480p"


def test_a_table_shows_what_falls_away() -> None:
    assert cell(SPEC, "ratio") == ["**16:9**, 1:1", "with start frame: —"]


def test_an_emoji_counts_twice_where_utf_16_is_counted() -> None:
    assert (length(Text(longest=9), "a🌊"), length(Text(longest=9, utf16=True), "a🌊")) == (2, 3)
    assert not SPEC.problems({"prompt": "🌊" * 5})
    (problem,) = SPEC.problems({"prompt": "🌊" * 6})
    assert "2 characters too long: 12 of 10" in problem.message


def test_files_beyond_a_doubtful_number_are_a_warning_and_beyond_the_most_a_problem() -> None:
    (soft,) = SPEC.problems({"references": ["a", "b", "c"]})
    assert (soft.soft, soft.message) == (
        True,
        "Guides: more than 2 images may be rejected here.",
    )
    (hard,) = SPEC.problems({"references": ["a", "b", "c", "d", "e"]})
    assert not hard.soft


def test_what_is_missing_is_asked_for_with_the_right_article() -> None:
    fields: dict[str, JsonValue] = {}
    needs = ("prompt", "start_frame", "references")
    for names, words in (
        (needs, "a prompt, a start frame or guides"),
        (needs[:2], "a prompt or a start frame"),
        (needs[:1], "a prompt"),
    ):
        (problem,) = SPEC.model_copy(update={"needs_any": names}).problems(fields)
        assert problem.message == f"Add {words}. One needs one of them."
    rules = {"start_frame": Slot(requires="end_frame"), "end_frame": Slot()}
    (problem,) = SPEC.model_copy(update={"rules": rules, "when": ()}).problems({"start_frame": "a"})
    assert problem.message == "Start frame needs an end frame. Add one, or remove the start frame."
    assert wanted("references") == "references"
    assert wanted("references", Slot(label="Image to upscale")) == "an image to upscale"
