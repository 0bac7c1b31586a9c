"""Our rows for Runway against its documents: every call that they can make, and nothing beyond."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from math import ceil, floor

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.vendors.runway.models import MODELS
from tests.support.cases import Fields
from tests.support.runway_calls import call_of, everything
from tests.support.runway_contract import Call, Plain, Tier
from tests.support.runway_contract_table import CALLS
from tests.support.runway_differences import (
    FIELDS_BEYOND,
    FIELDS_LEFT_OUT,
    VALUES_BEYOND,
    VALUES_LEFT_OUT,
)
from tests.support.runway_types import called

Name = tuple[str, str]
"""Endpoint and model, as in the table."""
Body = Mapping[str, JsonValue]
MEDIA = {
    "referenceImages", "references", "promptImage", "character", "reference", "keyframes",
    "firstFrame", "shots", "providerSettings",
}  # fmt: skip


@dataclass
class Sent:
    """What the bodies of one call ever hold."""

    bodies: list[Body] = field(default_factory=list[Body])
    asked: list[tuple[ModelSpec, Fields]] = field(default_factory=list[tuple[ModelSpec, Fields]])
    """What each of them stands for, in the same order."""

    def values(self, name: str) -> set[Plain]:
        """A plain field's values."""
        held = [body[name] for body in self.bodies if name in body]
        return {value for value in held if isinstance(value, str | int)}

    def fields(self) -> set[str]:
        """The names of all plain fields but the prompt."""
        names = {name for body in self.bodies for name in body}
        return names - MEDIA - {"model", "promptText", "prompt", "contentModeration", "cfgScale"}

    def lengths(self) -> set[int]:
        """UTF-16 units of the prompts, 0 without one."""
        return {units(body.get("promptText", body.get("prompt", ""))) for body in self.bodies}

    def shots(self) -> list[list[Mapping[str, JsonValue]]]:
        """The shots of every body."""
        return [segments(body) for body in self.bodies]


def units(prompt: JsonValue) -> int:
    """Characters as JavaScript counts them."""
    return len(str(prompt).encode("utf-16-le")) // 2


def listed(body: Body, name: str) -> list[Mapping[str, JsonValue]]:
    """The items of a list in a body."""
    held = body.get(name)
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def segments(body: Body) -> list[Mapping[str, JsonValue]]:
    """The shots, wherever they stand."""
    return listed(body, "shots") or listed(settings(body), "multiPrompt")


def settings(body: Body) -> Body:
    """The provider's settings, where there are any."""
    told = body.get("providerSettings")
    return told if isinstance(told, dict) else {}


def references(body: Body) -> list[Mapping[str, JsonValue]]:
    """The references, whatever they are called."""
    return listed(body, "referenceImages") or listed(body, "references")


def place(endpoint: str, body: Body) -> Name:
    """The line of the table that a body belongs to: the most special one."""
    fitting = [
        name
        for name, call in CALLS[endpoint].items()
        if name.partition(" ")[0] == called(body)
        and len(references(body)) in (call.beside if call.frames else call.media.pictures)
        and settings(body).get("shotType") in call.settings.get("shotType", (None,))
        and body.get("mode") in (*call.fields.get("mode", ()), None)
    ]
    assert fitting, (endpoint, body)
    return endpoint, fitting[-1]


def requests(spec: ModelSpec) -> Iterator[Fields]:
    """Every legal case, and where that is legal, too, each with a frame and without its prompt."""
    for given in everything(spec):
        framed = {**given, "start_frame": "artifact0"}
        bare = {name: value for name, value in given.items() if name != "prompt"}
        yield given
        for other in (framed, bare):
            if not any(not problem.soft for problem in spec.problems(other)):
                yield other


@cache
def sent() -> dict[Name, Sent]:
    """All bodies of all rows."""
    found: dict[Name, Sent] = {}
    for spec in MODELS:
        for given in requests(spec):
            endpoint, body = call_of(spec, given)
            of_call = found.setdefault(place(endpoint, body), Sent())
            of_call.bodies.append(body)
            of_call.asked.append((spec, given))
    return found


TABLE = {(endpoint, name): call for endpoint, arms in CALLS.items() for name, call in arms.items()}
every_call = pytest.mark.parametrize("name", TABLE, ids="/".join)


def test_the_rows_make_every_call_of_the_documents_and_no_other() -> None:
    assert sent().keys() == TABLE.keys()
    assert {place[:2] for place in (*FIELDS_BEYOND, *VALUES_BEYOND)} <= TABLE.keys()


@every_call
def test_every_field_of_the_documents_is_sent_or_left_out_with_a_reason(name: Name) -> None:
    call, ours = TABLE[name], sent()[name].fields()
    beyond = {one for endpoint, line, one in FIELDS_BEYOND if (endpoint, line) == name}
    assert ours - {call.source} - call.fields.keys() == beyond
    assert call.fields.keys() - ours <= FIELDS_LEFT_OUT.keys()
    assert not call.source or all(call.source in body for body in sent()[name].bodies)
    moderated = any("contentModeration" in body for body in sent()[name].bodies)
    assert moderated == call.looser


def differences(name: Name) -> Iterator[tuple[str, set[Plain], set[Plain]]]:
    """Of every field that is sent: values that the documents have alone, and those that we have alone."""
    call, ours = TABLE[name], sent()[name]
    for one in call.fields.keys() & ours.fields():
        theirs = call.fields[one]
        if one == "ratio" and call.frames is not None and call.frames.ratios:
            theirs = call.frames.ratios
        held = ours.values(one)
        if isinstance(theirs, range):
            # The rows' edges are among the cases: what lies between needs no look.
            held = {min(held, key=int), max(held, key=int)}
            theirs = (theirs.start, theirs[-1])
        yield one, set(theirs) - held, held - set(theirs)


@every_call
def test_every_field_takes_the_values_of_the_documents(name: Name) -> None:
    model = name[1].partition(" ")[0]
    for one, theirs, ours in differences(name):
        left, _ = VALUES_LEFT_OUT.get((model, one), (frozenset[Plain](), ""))
        beyond, _ = VALUES_BEYOND.get((*name, one), (frozenset[Plain](), ""))
        assert theirs <= left, (one, theirs)
        assert ours == beyond, (one, ours)


@every_call
def test_prompts_have_the_lengths_of_the_documents(name: Name) -> None:
    call, lengths = TABLE[name], sent()[name].lengths()
    if call.prompt is None:
        assert lengths == {0}
        return
    assert (min(lengths), max(lengths)) == (call.prompt.start, call.prompt[-1])


@every_call
def test_references_and_frames_have_the_forms_of_the_documents(name: Name) -> None:
    call, bodies = TABLE[name], sent()[name].bodies
    counts = call.beside if call.frames else call.media.pictures
    assert {len(references(body)) for body in bodies} == set(counts)
    keys = {key for body in bodies for item in references(body) for key in item}
    assert ("tag" in keys, "subject" in keys) == (call.media.tags, call.media.subjects)
    # A lone frame may go as its address.
    places = [
        ("first",)
        if isinstance(body.get("promptImage"), str)
        else tuple(frame["position"] for frame in listed(body, "promptImage"))
        for body in bodies
    ]
    ends = [("first",), ("first", "last")] if call.frames and call.frames.last else [("first",)]
    assert set(places) == (set(ends) if call.frames else {()})


def test_pictures_without_positions_are_sent_as_references_as_many_as_could_be_frames() -> None:
    for (endpoint, model), call in TABLE.items():
        if call.frames and call.frames.pictures:
            twins = [
                twin
                for name, twin in CALLS["text_to_video"].items()
                if name.partition(" ")[0] == model
            ]
            assert endpoint == "image_to_video"
            assert max(twin.media.pictures[-1] for twin in twins) == call.frames.pictures


@every_call
def test_shots_have_the_numbers_lengths_and_texts_of_the_documents(name: Name) -> None:
    told, plans = TABLE[name].shots, sent()[name].shots()
    if told is None:
        assert not any(plans)
        return
    lengths = [int(str(shot["duration"])) for plan in plans for shot in plan]
    texts = [units(shot["prompt"]) for plan in plans for shot in plan]
    sums = {sum(int(str(shot["duration"])) for shot in plan) for plan in plans}
    held = {len(plan) for plan in plans}
    if told.certain:
        assert held == {*told.counts}
        assert (min(texts), max(texts)) == (told.characters.start, told.characters[-1])
        assert min(lengths) == told.seconds.start
        assert sums == {*told.together}
    assert max(lengths) <= told.seconds[-1]
    assert sums <= {*told.together}
    assert all(shot.keys() == {"prompt", "duration"} for plan in plans for shot in plan)


@every_call
def test_a_first_frame_stands_where_the_documents_have_it(name: Name) -> None:
    frames = [body["firstFrame"] for body in sent()[name].bodies if "firstFrame" in body]
    assert bool(frames) == TABLE[name].first_frame
    assert all(isinstance(frame, dict) and frame.keys() == {"uri"} for frame in frames)


@every_call
def test_the_providers_settings_are_those_of_the_documents(name: Name) -> None:
    call, bodies = TABLE[name], sent()[name].bodies
    told = {
        f"{key} {value}"
        for body in bodies
        for key, value in settings(body).items()
        if key != "multiPrompt"
    }
    assert told == {f"{key} {value}" for key, values in call.settings.items() for value in values}
    scales = [body["cfgScale"] for body in bodies if "cfgScale" in body]
    assert (0 in scales and 1 in scales) if call.adherence else not scales
    assert all(isinstance(scale, int | float) and 0 <= scale <= 1 for scale in scales)


SECONDS = (None, 6.0, 9.5)
"""Lengths of the video that is handed in; None: not known yet."""
FRAMES = 24
"""In a second, at least."""


@every_call
def test_prices_are_those_of_the_documents_and_bounds_where_they_are_bounds(name: Name) -> None:
    call = TABLE[name]
    for body, (spec, given) in zip(sent()[name].bodies, sent()[name].asked, strict=True):
        for seconds in SECONDS:
            ours = spec.estimate(given, seconds if call.source else None)
            told = None if ours is None else (pytest.approx(ours.amount), ours.at_least)
            assert price(call, body, seconds if call.source else None) == told, (given, seconds)


def price(call: Call, body: Body, seconds: float | None) -> tuple[float, bool] | None:
    """Credits by the documents, and whether they are only a lower bound; None: unknown."""
    published = call.price
    tiers = [tier for tier in published.tiers if fits(tier, body)]
    certain = [tier for tier in tiers if tier.when.keys() <= body.keys()]
    known = [tier.credits for tier in certain[:1] or tiers]
    if None in known:
        return None
    each = FRAMES if published.per == "frame" else 1
    credits = each * min(one for one in known if one is not None)
    bound = len({*known}) > 1 or published.per == "frame"
    length = None if seconds is None else floor(seconds) if bound else ceil(seconds)
    shots = [int(str(shot["duration"])) for shot in segments(body)]
    duration = body.get("duration", sum(shots) or length)
    times = body.get("outputCount", 1) if published.per == "picture" else duration
    if times is None:
        # What is less than a single second costs tells nothing.
        return (published.least, True) if published.least > credits else None
    assert isinstance(times, int | float)
    amount = credits * times + published.reference * pictures(body)
    if published.input_second and call.source:
        rates = [rate for values, rate in published.input_second.items() if sized(body, values)]
        amount += min(rates) * (length or 0)
        bound = bound or length is None
    return max(amount, published.least), bound


def fits(tier: Tier, body: Body) -> bool:
    """Whether nothing in a body speaks against a tier."""
    return all(name not in body or body[name] in values for name, values in tier.when.items())


def sized(body: Body, values: tuple[Plain, ...]) -> bool:
    """Whether a body has one of these ratios or resolutions, or none at all."""
    size = body.get("resolution", body.get("ratio"))
    return size is None or size in values


def pictures(body: Body) -> int:
    """How many are handed in."""
    return len(references(body)) + len(listed(body, "promptImage"))
