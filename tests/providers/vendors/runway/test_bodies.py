"""Create bodies for Runway against the parameter types of Runway's own Python client."""

from collections.abc import Iterator, Mapping

import pytest
from pydantic import JsonValue

from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.requests import MEDIA_FIELDS, Request, read_request
from providers.catalogue.rules import Choice, Slot
from providers.errors import Refused
from providers.vendors.runway.body import create_call
from providers.vendors.runway.models import MODELS
from tests.support.cases import Fields, legal, minimal, situations
from tests.support.runway_differences import (
    AUTO_LENGTHS,
    CALL_FIELDS_LEFT_OUT,
    CALLS_LEFT_OUT,
    FIELDS_LEFT_OUT,
    FRAMED_SIZES,
    MODELS_LEFT_OUT,
    VALUES_LEFT_OUT,
)
from tests.support.runway_types import ENDPOINTS, Arm, Plain, arm_complaints, arms, options

CATALOGUE = Catalogue(MODELS)
ROWS = {spec.id: spec for spec in MODELS}
ARMS = {endpoint: arms(endpoint) for endpoint in ENDPOINTS}
OWN_PLACE = {"prompt", "shots", *MEDIA_FIELDS}
every_row = pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.id)
Body = Mapping[str, JsonValue]


def request_of(spec: ModelSpec, given: Fields) -> Request:
    """The request as it is kept: validated, defaults filled in, a seed fixed where there is none."""
    options = {name: value for name, value in given.items() if name not in OWN_PLACE}
    if "seed" in spec.rules:
        options.setdefault("seed", 4711)
    own = {name: value for name, value in given.items() if name in OWN_PLACE}
    asked = {"kind": spec.kind, "model": spec.id, "options": options, **own}
    return CATALOGUE.validate(read_request(asked))


def call_of(spec: ModelSpec, given: Fields) -> tuple[str, dict[str, JsonValue]]:
    """Endpoint and body."""
    request = request_of(spec, given)
    uploads = {artifact: f"runway://{artifact}" for _, artifact in request.media()}
    path, body = create_call(request, uploads)
    return path.removeprefix("/v1/"), body


def everything(spec: ModelSpec) -> Iterator[dict[str, JsonValue]]:
    """Every legal case, also those with one more file, and every size of every shape."""
    for base in bases(spec):
        rules = spec.rules_for(base)
        for name, rule in rules.items():
            for option in rule.options if isinstance(rule, Choice) else ():
                yield {**base, name: option}
        ratio, resolution = rules.get("ratio"), rules.get("resolution")
        if isinstance(ratio, Choice) and isinstance(resolution, Choice):
            for shape in ratio.options:
                for size in resolution.options:
                    yield {**base, "ratio": shape, "resolution": size}
    for case in legal(spec):
        yield dict(case.given)


def bases(spec: ModelSpec) -> Iterator[dict[str, JsonValue]]:
    yield from situations(spec)
    for name, rule in spec.rules.items():
        if isinstance(rule, Slot) and not rule.requires and name not in minimal(spec):
            held: JsonValue = ["artifact0"] if name == "references" else "artifact0"
            yield {**minimal(spec), name: held}


def calls() -> dict[tuple[str, str], dict[str, set[Plain]]]:
    """By endpoint and model: every field that is ever sent, with its plain values."""
    found: dict[tuple[str, str], dict[str, set[Plain]]] = {}
    for spec in MODELS:
        for given in everything(spec):
            endpoint, body = call_of(spec, given)
            seen = found.setdefault((endpoint, str(body["model"])), {})
            for name, value in body.items():
                plain = set[Plain]() if isinstance(value, list | dict) else {value}
                seen.setdefault(name, set()).update(plain)
    return found


SENT = calls()


@every_row
def test_the_client_takes_every_body_that_we_build(spec: ModelSpec) -> None:
    for given in everything(spec):
        endpoint, body = call_of(spec, given)
        assert not arm_complaints(ARMS[endpoint][str(body["model"])], body), given


def test_models_that_no_row_offers_are_listed_with_a_reason() -> None:
    known = {(endpoint, model) for endpoint, found in ARMS.items() for model in found}
    missing = known - SENT.keys()
    assert {call for call in missing if call[1] not in MODELS_LEFT_OUT} == set(CALLS_LEFT_OUT)
    assert {model for _, model in missing - CALLS_LEFT_OUT.keys()} == set(MODELS_LEFT_OUT)
    assert SENT.keys() <= known


def test_fields_that_no_row_sends_are_listed_with_a_reason() -> None:
    missing = {
        (endpoint, model, name)
        for (endpoint, model), seen in SENT.items()
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
    for (endpoint, model), seen in SENT.items():
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


def test_an_upscaler_takes_exactly_one_picture() -> None:
    """Its body has room for one: a second one would be dropped without a word."""
    spec = ROWS["runway:image/magnific_precision_upscaler_v2"]
    for pictures in ([], ["a", "b"]):
        (problem,) = spec.problems({"references": [*pictures]})
        assert (problem.field, problem.soft) == ("references", False)
    assert call_of(spec, {"references": ["a"]})[1]["imageUri"] == "runway://a"
