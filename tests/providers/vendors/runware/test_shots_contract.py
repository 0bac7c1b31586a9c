"""Multishots at Runware: limits, fields and price as in the vendor's contract, and which limits are soft."""

import pytest
from pydantic import JsonValue

from providers.catalogue.models import Estimate, ModelSpec
from providers.catalogue.rules import Shots
from providers.vendors.runware import VENDOR
from providers.vendors.runware.bodies import create_task
from tests.support.cases import Fields
from tests.support.limits import flag, only, several
from tests.support.meeting import request_of
from tests.support.runware_table import READ, SHOTS, VIDEOS, ShotsContract

MULTISHOTS = {spec.name: spec for spec in VENDOR.models if spec.kind == "multishot"}
RATIOS = ("1:1", "16:9", "9:16", "3:2", "4:3", "21:9", "auto")
TIERS = ("480p", "720p", "1080p", "1K", "4K", "auto")
every_multishot = pytest.mark.parametrize("name", SHOTS)
PLAN: list[JsonValue] = [
    {"prompt": "A tailor unrolls blue cloth", "seconds": 4},
    {"prompt": "The chalk line, close", "seconds": 3},
    {"prompt": "The jacket by the window", "seconds": 5},
]


def sent(spec: ModelSpec, fields: Fields) -> dict[str, JsonValue]:
    """The task object for the plan with these fields."""
    request = request_of(VENDOR, spec.id, {"shots": PLAN, **fields})
    return create_task(request, {one: one for _, one in request.media()}, "0" * 32)


def plan(*seconds: int) -> list[JsonValue]:
    return [{"prompt": "x", "seconds": length} for length in seconds]


@every_multishot
def test_a_plan_is_refused_by_what_its_contract_says_and_warned_about_by_what_others_say(
    name: str,
) -> None:
    spec, contract = MULTISHOTS[name], SHOTS[name]
    for first in range(1, 18):
        for count in range(1, 9):
            lengths = [first, *[contract.seconds[0]] * (count - 1)]
            met = (
                contract.shots[0] <= count <= contract.shots[1]
                and all(contract.seconds[0] <= n <= contract.seconds[1] for n in lengths)
                and contract.together[0] <= sum(lengths) <= contract.together[1]
            )
            found = spec.problems({"shots": plan(*lengths)})
            assert bool(found) == (not met), lengths
            assert all(problem.soft == contract.soft for problem in found), lengths
    longest: list[JsonValue] = [{"prompt": "🌊" * contract.characters, "seconds": 4}, *plan(4)]
    assert spec.problems({"shots": longest}) == []
    too_long: list[JsonValue] = [
        {"prompt": "x" * (contract.characters + 1), "seconds": 4},
        *plan(4),
    ]
    (problem,) = spec.problems({"shots": too_long})
    assert (problem.field, problem.soft) == ("shots.1.prompt", contract.soft)


@every_multishot
def test_all_shots_as_one_text_have_room_as_in_their_contract(name: str) -> None:
    spec, contract = MULTISHOTS[name], SHOTS[name]
    rule = spec.rules["shots"]
    assert isinstance(rule, Shots)
    if contract.prompt is None:
        assert rule.in_one_text is None
        return
    alone, framed = contract.prompt
    # `shot N, S, …;` and a blank between two of them.
    around = 6 * len("shot 1, 2, ;") + 5
    for longest, frames in ((alone, {}), (framed, {"start_frame": "a"})):
        for over in (0, 1):
            texts = [(longest - around) // 6] * 5
            texts.append(longest - around - sum(texts) + over)
            shots: list[JsonValue] = [{"prompt": "x" * n, "seconds": 2} for n in texts]
            wrong = {problem.field for problem in spec.problems({"shots": shots, **frames})}
            expected = {"shots"} if over else set[str]()
            # Six of the longest shots do not fill the text that may stand alone.
            assert wrong - {f"shots.{n}.prompt" for n in range(1, 7)} == expected


@every_multishot
def test_a_multishot_has_no_other_fields_than_those_of_its_contract(name: str) -> None:
    spec, video = MULTISHOTS[name], VIDEOS[name]
    for frames in ({}, {"start_frame": "a"}):
        base: Fields = {"shots": PLAN, **frames}
        only(spec, base, "ratio", RATIOS, None if frames else next(iter(video.pairs.values())))
        only(spec, base, "resolution", TIERS, several(tuple(video.pairs)))
        only(spec, base, "audio", (True, False), flag(video.sound_field is not None))
        for field in ("prompt", "duration", "end_frame", "driving_video", "references", "seed"):
            only(spec, base, field, (5, "b", ["b"]), None)


@every_multishot
def test_shots_are_sent_as_their_contract_writes_them(name: str) -> None:
    spec, contract, video = MULTISHOTS[name], SHOTS[name], VIDEOS[name]
    body = sent(spec, {})
    assert (body["model"], body["duration"]) == (name, 12)
    size = body.pop("width"), body.pop("height")
    assert size == next(iter(video.pairs.values()))["16:9"]
    told = {"taskType", "taskUUID", "model", "outputType", "includeCost", "deliveryMethod"}
    assert body.keys() == {*told, "duration", *_carriers(contract)}
    if contract.field == "positivePrompt":
        assert body["positivePrompt"] == (
            "shot 1, 4, A tailor unrolls blue cloth; shot 2, 3, The chalk line, close; "
            "shot 3, 5, The jacket by the window;"
        )
        return
    listed = [
        {"prompt": "A tailor unrolls blue cloth", "duration": 4},
        {"prompt": "The chalk line, close", "duration": 3},
        {"prompt": "The jacket by the window", "duration": 5},
    ]
    for sound in (True, False):
        settings = sent(spec, {"audio": sound})["providerSettings"]
        assert settings == {"klingai": {"sound": sound, contract.field: listed}}


def _carriers(contract: ShotsContract) -> set[str]:
    return {"positivePrompt" if contract.prompt else "providerSettings"}


@every_multishot
def test_a_multishot_from_a_frame_takes_its_size_from_it(name: str) -> None:
    spec, video = MULTISHOTS[name], VIDEOS[name]
    body = sent(spec, {"start_frame": "a"})
    assert body["inputs"] == {"frameImages": [{"image": "a", "frame": "first"}]}
    assert not body.keys() & {"width", "height"}
    assert body.get("resolution") == (video.resolution[0] if video.resolution else None)


@every_multishot
def test_a_multishots_price_is_that_of_all_its_seconds(name: str) -> None:
    spec, video = MULTISHOTS[name], VIDEOS[name]
    for (tier, sound), dollars in video.dollars.items():
        fields: Fields = {"resolution": tier} if tier else {}
        fields |= {"audio": sound} if video.sound_field else {}
        estimate = spec.estimate({"shots": PLAN, **fields})
        assert estimate == Estimate(amount=round(12 * dollars, 4), unit="$")
    for price in spec.prices:
        assert price.source.startswith(READ[0])
        assert price.checked.year == READ[1]
