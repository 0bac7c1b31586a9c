"""Create bodies for useapi.net: one value changes in a form, one documented field changes on the wire."""

from collections.abc import Iterator, Mapping

import pytest
from pydantic import JsonValue

from providers.catalogue.models import Catalogue, ModelSpec
from providers.catalogue.rules import Choice, Flag, Rule, Shots, Slot, Span, Text
from providers.vendors.useapi.body import create_body
from providers.vendors.useapi.models import MODELS
from tests.support.cases import minimal, situations
from tests.support.requested import request_of

CATALOGUE = Catalogue(MODELS)
IMAGE_FIELDS = {
    "model", "text_prompt", "aspect_ratio", "resolution", "num_images", "diversity", "seed", "style",
    "exploreMode", "replyRef", *(f"imageAssetId{n}" for n in range(1, 15)),
}  # fmt: skip
VIDEO_FIELDS = {
    "model", "text_prompt", "duration", "aspect_ratio", "resolution", "audio", "seed", "imageAssetId1",
    "imageAssetId2", "videoAssetId", "exploreMode", "replyRef",
    *(f"multishot_{part}_{n}" for part in ("prompt", "duration") for n in range(1, 6)),
}  # fmt: skip
SHOTS = {f"multishot_{part}_{n}" for part in ("prompt", "duration") for n in range(1, 6)}
EDIT_FIELDS = frozenset(
    {"model", "text_prompt", "videoAssetId", "audio", "exploreMode", "replyUrl", "replyRef"}
    | {f"imageAssetId{number}" for number in range(1, 5)}
)
O3_FIELDS = (VIDEO_FIELDS - {"resolution", "seed", "videoAssetId"}) | {
    "startFrameAssetId", "endFrameAssetId", *(f"imageAssetId{n}" for n in range(1, 8)),
}  # fmt: skip
MOTION_FIELDS = {
    "model", "text_prompt", "resolution", "audio", "characterOrientation", "imageAssetId1",
    "videoAssetId", "replyRef",
}  # fmt: skip
SEEDANCE_FIELDS = (O3_FIELDS - SHOTS) | {
    "resolution", "videoAssetId", *(f"imageAssetId{n}" for n in range(1, 12)),
}  # fmt: skip
FIELD = {
    "ratio": "aspect_ratio",
    "resolution": "resolution",
    "duration": "duration",
    "count": "num_images",
    "style": "style",
    "diversity": "diversity",
    "seed": "seed",
    "orientation": "characterOrientation",
}
"""What a value is called on the wire, from the vendor's pages."""
every_row = pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.id)


def body_of(spec: ModelSpec, given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    request = request_of(spec, given)
    uploads = {artifact: f"asset-of-{artifact}" for _, artifact in request.media()}
    return create_body(request, uploads, "token")


def moved(before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The fields that differ, with their new values (None: no longer sent)."""
    names = sorted(before.keys() | after.keys())
    return {name: after.get(name) for name in names if before.get(name) != after.get(name)}


def other_values(rule: Rule) -> list[JsonValue]:
    match rule:
        case Choice():
            return list(rule.options)
        case Span():
            return [rule.low, rule.low + 1, rule.high]
        case Flag():
            return [True, False]
        case _:
            return []


def expected(name: str, value: JsonValue) -> dict[str, JsonValue]:
    """What the wire holds for one option."""
    if name in ("audio", "keep_audio"):
        return {"audio": False} if value is False else {}
    if name == "explore":
        return {"exploreMode": True} if value is True else {}
    return {FIELD[name]: value}


def changes(spec: ModelSpec) -> Iterator[tuple[dict[str, JsonValue], str, Rule]]:
    for base in situations(spec):
        for name, rule in spec.rules_for(base).items():
            yield base, name, rule


@every_row
def test_each_option_moves_exactly_its_own_field(spec: ModelSpec) -> None:
    for base, name, rule in changes(spec):
        options = other_values(rule)
        for value in options:
            first = {**base, name: options[0] if value != options[0] else options[-1]}
            second = {**base, name: value}
            before, after = body_of(spec, first), body_of(spec, second)
            own = expected(name, value)
            wire = set(own) or set(expected(name, first[name]))
            if first[name] != value:
                assert set(moved(before, after)) == wire, (name, value)
            assert all(after.get(field) == told for field, told in own.items())
            if not own:
                assert not wire & after.keys()


@every_row
def test_the_prompt_moves_its_field_and_a_blank_one_is_not_sent(spec: ModelSpec) -> None:
    rule = spec.rules.get("prompt")
    base = {**minimal(spec), "start_frame": "a"} if "start_frame" in spec.rules else minimal(spec)
    if not isinstance(rule, Text):
        assert "text_prompt" not in body_of(spec, base)
        return
    before, after = (body_of(spec, {**base, "prompt": text}) for text in ("One", "Two 🌊"))
    assert moved(before, after) == {"text_prompt": "Two 🌊"}
    if not rule.shortest:
        assert "text_prompt" not in body_of(spec, {**base, "prompt": "  \n"})


def has_named_frames(spec: ModelSpec) -> bool:
    return spec.name.startswith(("kling-o3-", "seedance-2"))


@pytest.mark.parametrize("kind", ["video", "multishot"])
def test_a_start_frame_takes_no_place_of_a_reference_of_kling_o3(kind: str) -> None:
    spec = CATALOGUE[f"useapi:{kind}/kling-o3-pro"]
    held: list[JsonValue] = ["one", "two"]
    body = body_of(spec, {**minimal(spec), "start_frame": "s", "references": held})
    assets = {field: told for field, told in body.items() if "AssetId" in field}
    assert assets == {
        "startFrameAssetId": "asset-of-s",
        "imageAssetId1": "asset-of-one",
        "imageAssetId2": "asset-of-two",
    }


@every_row
def test_files_take_numbered_slots_in_order(spec: ModelSpec) -> None:
    base = minimal(spec)
    for name, rule in spec.rules.items():
        if not isinstance(rule, Slot):
            continue
        if name == "references":
            held: list[JsonValue] = [f"r{n}" for n in range(rule.most)]
            body = body_of(spec, {**base, "references": held})
            slots = {
                field: told for field, told in body.items() if field.startswith("imageAssetId")
            }
            assert slots == {f"imageAssetId{n + 1}": f"asset-of-r{n}" for n in range(rule.most)}
            swapped = body_of(spec, {**base, "references": held[::-1]})
            assert swapped["imageAssetId1"] == f"asset-of-r{rule.most - 1}"
            continue
        frames = {"start_frame": "imageAssetId1", "end_frame": "imageAssetId2"}
        if has_named_frames(spec):
            frames = {"start_frame": "startFrameAssetId", "end_frame": "endFrameAssetId"}
        field = frames.get(name, "videoAssetId")
        started = {**base, "start_frame": "s"} if "start_frame" in spec.rules else base
        started = started if name in spec.rules_for(started) else base
        before, after = (body_of(spec, {**started, name: file}) for file in ("one", "two"))
        assert moved(before, after) == {field: "asset-of-two"}


@every_row
def test_shots_are_numbered_and_each_part_moves_alone(spec: ModelSpec) -> None:
    rule = spec.rules.get("shots")
    if not isinstance(rule, Shots):
        assert not [name for name in body_of(spec, minimal(spec)) if name.startswith("multishot")]
        return
    for count in range(rule.least, rule.most + 1):
        shots: list[dict[str, JsonValue]] = [
            {"prompt": f"Shot {n}", "seconds": 3} for n in range(1, count + 1)
        ]
        before = body_of(spec, {**minimal(spec), "shots": list[JsonValue](shots)})
        names = {
            f"multishot_{part}_{n + 1}" for part in ("prompt", "duration") for n in range(count)
        }
        assert {name for name in before if name.startswith("multishot")} == names
        assert "duration" not in before
        other: list[JsonValue] = [*shots[:-1], {"prompt": "Else", "seconds": 3}]
        after = body_of(spec, {**minimal(spec), "shots": other})
        assert moved(before, after) == {f"multishot_prompt_{count}": "Else"}
    longer: list[JsonValue] = [{"prompt": "A", "seconds": 3}, {"prompt": "B", "seconds": 12}]
    shorter: list[JsonValue] = [{"prompt": "A", "seconds": 3}, {"prompt": "B", "seconds": 4}]
    bodies = [body_of(spec, {**minimal(spec), "shots": shots}) for shots in (shorter, longer)]
    assert moved(*bodies) == {"multishot_duration_2": 12}


@every_row
def test_nothing_undocumented_is_sent_and_our_mark_always_is(spec: ModelSpec) -> None:
    documented = IMAGE_FIELDS if spec.kind == "image" else VIDEO_FIELDS
    documented = O3_FIELDS if spec.name.startswith("kling-o3-") else documented
    documented = EDIT_FIELDS if spec.name.endswith("-edit") else documented
    documented = MOTION_FIELDS if spec.name.endswith("-motion-control") else documented
    documented = SEEDANCE_FIELDS if spec.name.startswith("seedance") else documented
    for base in situations(spec):
        body = body_of(spec, base)
        assert body.keys() <= documented
        assert body["model"] == spec.name.removesuffix("-edit")
        assert body["replyRef"] == "token"
        if "ratio" in spec.rules:
            assert "aspect_ratio" in body
        if "duration" in spec.rules:
            assert "duration" in body
