"""Our rows for Runway against its documents: every call that they can make, and nothing beyond."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.vendors.runway.models import MODELS
from tests.runway_contract import Plain
from tests.runway_contract_table import CALLS
from tests.runway_differences import FIELDS_BEYOND, FIELDS_LEFT_OUT, VALUES_BEYOND, VALUES_LEFT_OUT
from tests.test_runway_bodies import call_of, everything

Name = tuple[str, str]
"""Endpoint and model, as in the table."""
Body = Mapping[str, JsonValue]
MEDIA = {"referenceImages", "references", "promptImage", "character", "reference", "keyframes"}


@dataclass
class Sent:
    """What the bodies of one call ever hold."""

    bodies: list[Body] = field(default_factory=list[Body])

    def values(self, name: str) -> set[Plain]:
        """A plain field's values."""
        held = [body[name] for body in self.bodies if name in body]
        return {value for value in held if isinstance(value, str | int)}

    def fields(self) -> set[str]:
        """The names of all plain fields but the prompt."""
        names = {name for body in self.bodies for name in body}
        return names - MEDIA - {"model", "promptText", "contentModeration"}

    def lengths(self) -> set[int]:
        """UTF-16 units of the prompts, 0 without one."""
        prompts = [str(body.get("promptText", "")) for body in self.bodies]
        return {len(prompt.encode("utf-16-le")) // 2 for prompt in prompts}


def listed(body: Body, name: str) -> list[Mapping[str, JsonValue]]:
    """The items of a list in a body."""
    held = body.get(name)
    return [item for item in held if isinstance(item, dict)] if isinstance(held, list) else []


def references(body: Body) -> list[Mapping[str, JsonValue]]:
    """The references, whatever they are called."""
    return listed(body, "referenceImages") or listed(body, "references")


def place(endpoint: str, body: Body) -> Name:
    """The line of the table that a body belongs to: the most special one."""
    fitting = [
        name
        for name, call in CALLS[endpoint].items()
        if name.partition(" ")[0] == body["model"]
        and len(references(body)) in call.media.pictures
        and body.get("mode") in (*call.fields.get("mode", ()), None)
    ]
    assert fitting, (endpoint, body)
    return endpoint, fitting[-1]


def requests(spec: ModelSpec) -> Iterator[Mapping[str, JsonValue]]:
    """Every legal case, and where that is legal, too, each with a frame and without its prompt."""
    for given in everything(spec):
        framed = {**given, "start_frame": "artifact0"}
        bare = {name: value for name, value in given.items() if name != "prompt"}
        yield given
        for other in (framed, bare):
            if not any(not problem.soft for problem in spec.problems(other)):
                yield other


def sent() -> dict[Name, Sent]:
    """All bodies of all rows."""
    found: dict[Name, Sent] = {}
    for spec in MODELS:
        for given in requests(spec):
            endpoint, body = call_of(spec, given)
            found.setdefault(place(endpoint, body), Sent()).bodies.append(body)
    return found


SENT = sent()
TABLE = {(endpoint, name): call for endpoint, arms in CALLS.items() for name, call in arms.items()}
every_call = pytest.mark.parametrize("name", TABLE, ids="/".join)


def test_the_rows_make_every_call_of_the_documents_and_no_other() -> None:
    assert SENT.keys() == TABLE.keys()
    assert {place[:2] for place in (*FIELDS_BEYOND, *VALUES_BEYOND)} <= TABLE.keys()


@every_call
def test_every_field_of_the_documents_is_sent_or_left_out_with_a_reason(name: Name) -> None:
    call, ours = TABLE[name], SENT[name].fields()
    beyond = {one for endpoint, line, one in FIELDS_BEYOND if (endpoint, line) == name}
    assert ours - {call.source} - call.fields.keys() == beyond
    assert call.fields.keys() - ours <= FIELDS_LEFT_OUT.keys()
    assert not call.source or all(call.source in body for body in SENT[name].bodies)
    moderated = any("contentModeration" in body for body in SENT[name].bodies)
    assert moderated == call.looser


def differences(name: Name) -> Iterator[tuple[str, set[Plain], set[Plain]]]:
    """Of every field that is sent: values that the documents have alone, and those that we have alone."""
    call, ours = TABLE[name], SENT[name]
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
    call, lengths = TABLE[name], SENT[name].lengths()
    if call.prompt is None:
        assert lengths == {0}
        return
    assert (min(lengths), max(lengths)) == (call.prompt.start, call.prompt[-1])


@every_call
def test_references_and_frames_have_the_forms_of_the_documents(name: Name) -> None:
    call, bodies = TABLE[name], SENT[name].bodies
    assert {len(references(body)) for body in bodies} == set(call.media.pictures)
    keys = {key for body in bodies for item in references(body) for key in item}
    assert ("tag" in keys, "subject" in keys) == (call.media.tags, call.media.subjects)
    places = [tuple(frame["position"] for frame in listed(body, "promptImage")) for body in bodies]
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
