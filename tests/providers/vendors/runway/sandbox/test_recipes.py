"""What the emulated recipe Multi-Shot Video refuses, as its documents say, and nothing else."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue

from tests.support.runway_meeting import meeting, unpainted

pytestmark = pytest.mark.anyio

PATH = "/v1/recipes/multi_shot_video"
CUSTOM: dict[str, JsonValue] = {
    "version": "2026-06", "mode": "custom", "duration": 5,
    "shots": [{"prompt": "A door", "duration": 2}, {"prompt": "A hall", "duration": 2},
              {"prompt": "A sky", "duration": 1}],
}  # fmt: skip
AUTO: dict[str, JsonValue] = {"version": "2026-06", "mode": "auto", "prompt": "A courier"}


def shots(*plan: tuple[JsonValue, JsonValue]) -> JsonValue:
    return [{"prompt": prompt, "duration": seconds} for prompt, seconds in plan]


Fields = Mapping[str, JsonValue]


def changed(body: Fields, change: Fields) -> dict[str, JsonValue]:
    """The body with these fields; None takes one away."""
    whole: dict[str, JsonValue] = {**body, **change}
    return {name: value for name, value in whole.items() if value is not None}


TWO, THREE = shots(("abc", 3), ("abc", 2)), shots(("abc", 1), ("abc", 1), ("abc", 3))
ONE: tuple[JsonValue, JsonValue] = ("abc", 1)
SIX = shots(ONE, ONE, ONE, ONE, ONE, ONE)
LONG = shots(("a" * 513, 1), ("ab", 1), ("abc", 3))
HALF = shots(("abc", 1.5), ("abc", 1.5), ("abc", 2))


BROKEN: list[tuple[Fields, list[list[JsonValue]]]] = [
    ({"version": None}, [["version"]]),
    ({"version": "2026-07"}, [["version"]]),
    ({"mode": "director"}, [["mode"]]),
    ({"mode": ["custom"]}, [["mode"]]),
    ({"duration": 7}, [["duration"], ["shots"]]),
    ({"duration": 10}, [["shots"]]),
    ({"ratio": "16:9"}, [["ratio"]]),
    ({"audio": "yes"}, [["audio"]]),
    ({"prompt": "A story"}, [[]]),
    ({"seed": 5}, [[]]),
    ({"model": "kling3.0_pro"}, [[]]),
    ({"promptImage": "https://example.com/a.png"}, [[]]),
    ({"firstFrame": "https://example.com/a.png"}, [["firstFrame"]]),
    ({"shots": "A door"}, [["shots"]]),
    ({"shots": TWO}, [["shots"]]),
    ({"shots": SIX}, [["shots"], ["shots"]]),
    ({"shots": LONG}, [["shots", 0, "prompt"], ["shots", 1, "prompt"]]),
    ({"shots": HALF}, [["shots", 0, "duration"], ["shots", 1, "duration"], ["shots"]]),
    ({"shots": shots(("abc", 0), ("abc", 2), ("abc", 3))}, [["shots", 0, "duration"]]),
]


@pytest.mark.parametrize(("change", "places"), BROKEN)
async def test_shots_that_break_a_rule_are_refused_where_they_break_it(
    change: Fields, places: list[list[JsonValue]], tmp_path: Path
) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        answer = await met.post(PATH, changed(CUSTOM, change))
        assert answer.status_code == 400
        assert [issue["path"] for issue in answer.json()["issues"]] == places
        assert not met.engine.book


@pytest.mark.parametrize(
    "change",
    [{"prompt": ""}, {"prompt": "a" * 2501}, {"prompt": None}, {"shots": THREE}, {"duration": "5"}],
)
async def test_a_story_that_breaks_a_rule_is_refused(change: Fields, tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        assert (await met.post(PATH, changed(AUTO, change))).status_code == 400
        assert not met.engine.book


@pytest.mark.parametrize(
    ("body", "credits"),
    [
        (CUSTOM, 65),
        ({**CUSTOM, "shots": shots(("abc", 2.0), ("abc", 2), ("abc", 1)), "duration": 5.0}, 65),
        ({**CUSTOM, "version": "unsafe-latest", "ratio": "1440:1440"}, 85),
        ({**CUSTOM, "shots": shots(("abc", 13), ("abc", 1), ("abc", 1)), "duration": 15}, 195),
        (AUTO, 130),
        ({**AUTO, "prompt": "a" * 2500, "duration": 15, "audio": False}, 195),
    ],
)
async def test_what_keeps_the_rules_is_taken_and_told_its_price(
    body: JsonValue, credits: int, tmp_path: Path
) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        answer = await met.post(PATH, body)
        assert answer.status_code == 200
        assert answer.json()["estimatedCost"] == {"credits": credits}


async def test_the_recipe_has_no_limits_of_its_own_in_the_organization(tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        await met.post(PATH, AUTO)
        spent = (await met.post("/v1/organization/usage", {})).json()
        assert spent["models"] == ["multi_shot_video"]
        checked = await met.provider.check()
        assert checked.ok
