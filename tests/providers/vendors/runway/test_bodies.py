"""Create bodies for Runway against the parameter types of Runway's own Python client."""

from collections.abc import Iterator, Mapping
from functools import cache

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.errors import Refused
from providers.vendors.runway.body import create_call
from providers.vendors.runway.models import MODELS
from tests.support.cases import Fields
from tests.support.requested import request_of
from tests.support.runway_calls import ROWS, call_of, everything
from tests.support.runway_differences import (
    AUTO_LENGTHS,
    CALL_FIELDS_LEFT_OUT,
    CALLS_LEFT_OUT,
    FIELDS_LEFT_OUT,
    FRAMED_SIZES,
    MODELS_LEFT_OUT,
    VALUES_LEFT_OUT,
)
from tests.support.runway_types import ENDPOINTS, Arm, Plain, arm_complaints, arms, called, options

ARMS = {endpoint: arms(endpoint) for endpoint in ENDPOINTS}
every_row = pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.id)
Body = Mapping[str, JsonValue]


@cache
def calls() -> dict[tuple[str, str], dict[str, set[Plain]]]:
    """By endpoint and model: every field that is ever sent, with its plain values."""
    found: dict[tuple[str, str], dict[str, set[Plain]]] = {}
    for spec in MODELS:
        for given in everything(spec):
            endpoint, body = call_of(spec, given)
            seen = found.setdefault((endpoint, called(body)), {})
            for name, value in body.items():
                plain = set[Plain]() if isinstance(value, list | dict) else {value}
                seen.setdefault(name, set()).update(plain)
    return found


@every_row
def test_the_client_takes_every_body_that_we_build(spec: ModelSpec) -> None:
    for given in everything(spec):
        endpoint, body = call_of(spec, given)
        assert not arm_complaints(ARMS[endpoint][called(body)], body), given


def test_models_that_no_row_offers_are_listed_with_a_reason() -> None:
    known = {(endpoint, model) for endpoint, found in ARMS.items() for model in found}
    missing = known - calls().keys()
    assert {call for call in missing if call[1] not in MODELS_LEFT_OUT} == set(CALLS_LEFT_OUT)
    assert {model for _, model in missing - CALLS_LEFT_OUT.keys()} == set(MODELS_LEFT_OUT)
    assert calls().keys() <= known


def test_fields_that_no_row_sends_are_listed_with_a_reason() -> None:
    missing = {
        (endpoint, model, name)
        for (endpoint, model), seen in calls().items()
        for name in ARMS[endpoint][model].keys() - seen.keys()
    }
    assert {place for place in missing if place[2] not in FIELDS_LEFT_OUT} == set(
        CALL_FIELDS_LEFT_OUT
    )
    assert {name for _, _, name in missing - CALL_FIELDS_LEFT_OUT.keys()} == set(FIELDS_LEFT_OUT)


def lists(arm: Arm) -> Iterator[tuple[str, set[Plain]]]:
    for name, (kind, _) in arm.items():
        if found := options(kind):
            yield name, found


def test_every_list_of_values_is_the_clients_but_for_what_is_listed() -> None:
    used: set[tuple[str, str]] = set()
    for (endpoint, model), seen in calls().items():
        for name, values in lists(ARMS[endpoint][model]):
            if name not in seen:
                continue
            left, _ = VALUES_LEFT_OUT.get((model, name), (frozenset[str](), ""))
            gone = {value for value in values - seen[name] if value in left}
            used |= {(model, name)} if gone else set()
            if name == "duration" and model in AUTO_LENGTHS:
                assert values - seen[name] == {"auto"}
                continue
            if (endpoint, name) == ("image_to_video", "ratio") and model in FRAMED_SIZES:
                assert {str(value)[:5] for value in seen[name]} == {"auto_"}
                continue
            assert values - gone == seen[name], (endpoint, model, name)
    assert used == set(VALUES_LEFT_OUT)


def test_every_difference_has_its_reason() -> None:
    reasons = [*MODELS_LEFT_OUT.values(), *CALLS_LEFT_OUT.values(), *FIELDS_LEFT_OUT.values()]
    reasons += [*CALL_FIELDS_LEFT_OUT.values(), *(why for _, why in VALUES_LEFT_OUT.values())]
    assert all(reason.endswith(".") for reason in reasons)


def test_frames_are_positions_and_references_never_stand_beside_them() -> None:
    spec = ROWS["runway:video/seedance2"]
    endpoint, body = call_of(spec, {"prompt": "x", "start_frame": "a", "end_frame": "b"})
    assert endpoint == "image_to_video"
    assert body["promptImage"] == [
        {"uri": "runway://a", "position": "first"},
        {"uri": "runway://b", "position": "last"},
    ]
    endpoint, body = call_of(spec, {"prompt": "x", "references": ["a", "b"]})
    assert endpoint == "text_to_video"
    assert body["references"] == [{"uri": "runway://a"}, {"uri": "runway://b"}]
    both: Fields = {"prompt": "x", "start_frame": "a", "references": ["b"]}
    (problem,) = spec.problems(both)
    assert problem.field == "references"
    assert "together with a start frame" in problem.message


def test_references_have_the_tags_of_the_page_and_the_first_are_the_people() -> None:
    spec = ROWS["runway:image/gemini_image3_pro"]
    _, body = call_of(spec, {"prompt": "@img_1", "references": ["a", "b"], "people": 1})
    assert body["referenceImages"] == [
        {"uri": "runway://a", "tag": "img_1", "subject": "human"},
        {"uri": "runway://b", "tag": "img_2", "subject": "object"},
    ]
    _, body = call_of(spec, {"prompt": "x", "references": ["a"]})
    assert body["referenceImages"] == [{"uri": "runway://a", "tag": "img_1"}]


def test_shape_and_size_become_the_pixels_of_the_api() -> None:
    spec = ROWS["runway:image/gemini_image3_pro"]
    _, body = call_of(spec, {"prompt": "x", "ratio": "21:9", "resolution": "2K"})
    assert (body["ratio"], "resolution" in body) == ("3168:1344", False)
    spec = ROWS["runway:video/wan3"]
    _, body = call_of(spec, {"prompt": "x", "start_frame": "a", "resolution": "1080p"})
    assert body["ratio"] == "auto_1080p"
    spec = ROWS["runway:video/happyhorse_1_0"]
    _, body = call_of(spec, {"prompt": "xx", "start_frame": "a", "resolution": "1080p"})
    assert (body["resolution"], "ratio" in body) == ("1080P", False)


def test_new_frames_of_a_video_stand_at_its_two_ends() -> None:
    given: Fields = {"driving_video": "v", "start_frame": "a", "end_frame": "b", "ratio": "9:16"}
    endpoint, body = call_of(ROWS["runway:video/aleph2"], given)
    assert endpoint == "video_to_video"
    assert body["keyframes"] == [{"uri": "runway://a", "at": 0}, {"uri": "runway://b", "at": 1}]
    assert (body["videoUri"], body["targetAspectRatio"]) == ("runway://v", "9:16")


def test_an_emoji_is_two_characters_there() -> None:
    spec = ROWS["runway:video/gen4.5"]
    assert not spec.problems({"prompt": "🌊" * 500})
    (problem,) = spec.problems({"prompt": "🌊" * 501})
    assert "2 characters too long: 1,002 of 1,000" in problem.message


def test_more_than_nine_references_are_a_warning() -> None:
    spec = ROWS["runway:image/gemini_image3_pro"]
    held: list[JsonValue] = [f"a{number}" for number in range(10)]
    (problem,) = spec.problems({"prompt": "x", "references": held})
    assert (problem.field, problem.soft) == ("references", True)
    assert not spec.problems({"prompt": "x", "references": held[:9]})


def test_what_no_row_asks_for_is_refused_before_anything_is_sent() -> None:
    request = request_of(ROWS["runway:image/gen4_image"], {"prompt": "x"})
    with pytest.raises(Refused, match="doesn't support wibble"):
        create_call(request.model_copy(update={"options": {"wibble": 1}}), {})
    with pytest.raises(Refused, match="no longer in the list"):
        create_call(request.model_copy(update={"model": "runway:image/gone"}), {})


def test_a_lone_frame_of_a_model_whose_list_nobody_describes_goes_as_its_address() -> None:
    spec = ROWS["runway:video/kling_4"]
    _, body = call_of(spec, {"start_frame": "a", "references": ["b"], "resolution": "1080p"})
    assert (body["promptImage"], body["ratio"]) == ("runway://a", "auto_1080p")
    assert body["references"] == [{"uri": "runway://b"}]
    _, body = call_of(spec, {"start_frame": "a", "end_frame": "b"})
    assert isinstance(body["promptImage"], list)
    most: list[JsonValue] = [f"r{number}" for number in range(9)]
    assert not spec.problems({"start_frame": "a", "references": most})
    (problem,) = spec.problems({"start_frame": "a", "end_frame": "b", "references": most})
    assert (problem.field, problem.soft) == ("references", False)


def test_a_rate_is_written_as_the_vendor_writes_it() -> None:
    spec = ROWS["runway:video/enhance_frame_rate"]
    endpoint, body = call_of(spec, {"driving_video": "v", "frame_rate": "23.98"})
    assert (endpoint, body["targetFramerate"]) == ("video_upscale", "23_98")


@pytest.mark.parametrize(
    ("model", "field", "value"),
    [
        ("kling3.0_pro", "duration", 2), ("kling3.0_pro", "duration", 30),
        ("kling3.0_pro", "prompt", "x" * 2501), ("kling_4", "duration", 31),
        ("grok_imagine_1_5_lite", "prompt", "x" * 2501),
    ],
)  # fmt: skip
def test_what_the_clients_types_leave_open_is_a_warning(
    model: str, field: str, value: JsonValue
) -> None:
    spec = ROWS[f"runway:video/{model}"]
    (problem,) = spec.problems({"prompt": "x", field: value})
    assert (problem.field, problem.soft) == (field, True)


def test_an_upscaler_takes_exactly_one_picture() -> None:
    """Its body has room for one: a second one would be dropped without a word."""
    spec = ROWS["runway:image/magnific_precision_upscaler_v2"]
    for pictures in ([], ["a", "b"]):
        (problem,) = spec.problems({"references": [*pictures]})
        assert (problem.field, problem.soft) == ("references", False)
    assert call_of(spec, {"references": ["a"]})[1]["imageUri"] == "runway://a"
