"""The rows of Runware say what the vendor's contract says, value by value, down to the pixels."""

import pytest
from pydantic import JsonValue

from providers.catalogue.models import Estimate, ModelSpec
from providers.catalogue.rules import Choice, Slot, Text
from providers.vendors.runware import VENDOR
from providers.vendors.runware.bodies import create_task
from tests.support.cases import PROMPT, Fields
from tests.support.limits import flag, is_doubted, is_refused, only, references, several
from tests.support.meeting import request_of
from tests.support.runware_table import (
    IMAGES,
    LEFT_OUT,
    MODELS_LEFT_OUT,
    READ,
    VIDEOS,
    Table,
    VideoContract,
)

ROWS = {spec.name: spec for spec in VENDOR.models}
FORMATS = {"JPG": "jpeg", "PNG": "png", "WEBP": "webp"}
"""What the vendor calls a file type, and what a form does."""
RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "21:9", "9:21", "auto")
TIERS = ("0.5K", "1K", "2K", "4K", "8K", "480p", "720p", "1080p", "auto")
SEEDS = (-1, 0, 1, 2147483647, 2147483648)
every_image = pytest.mark.parametrize("name", IMAGES)
every_video = pytest.mark.parametrize("name", VIDEOS)


def offered(name: str, table: Table) -> Table:
    """The tiers that the row is meant to have."""
    return {tier: pairs for tier, pairs in table.items() if (name, tier) not in LEFT_OUT}


def shapes(table: Table) -> set[str]:
    """Every ratio of a table."""
    return {ratio for pairs in table.values() for ratio in pairs}


def sent(spec: ModelSpec, fields: Fields) -> dict[str, JsonValue]:
    """The task object for these fields."""
    request = request_of(VENDOR, spec.id, {"prompt": PROMPT, **fields})
    return create_task(request, {one: one for _, one in request.media()}, "0" * 32)


def test_every_model_of_the_contract_has_its_row_or_the_reason_why_not() -> None:
    assert set(ROWS) == {*IMAGES, *VIDEOS}
    assert not MODELS_LEFT_OUT.keys() & ROWS.keys()
    assert all(why.endswith(".") for why in (*MODELS_LEFT_OUT.values(), *LEFT_OUT.values()))
    assert {name for name, _ in LEFT_OUT} <= set(ROWS)


@every_image
def test_an_image_model_takes_what_its_contract_lists(name: str) -> None:
    spec, contract = ROWS[name], IMAGES[name]
    table = offered(name, contract.pairs)
    for held in ({}, {"references": references(1)}):
        base: Fields = {"prompt": PROMPT, **held}
        only(spec, base, "ratio", RATIOS, shapes(table))
        only(spec, base, "resolution", TIERS, several(tuple(table)))
        only(spec, base, "count", range(-1, 30), range(contract.counts[0], contract.counts[1] + 1))
        only(spec, base, "format", (*FORMATS.values(), "JPG", "tiff"), FORMATS.values())
        quality = range(contract.quality[0], contract.quality[1] + 1)
        only(spec, base, "quality", range(101), quality)
        only(spec, base, "seed", SEEDS, (1, 2147483647) if contract.seed else None)
        only(spec, base, "content_check", (True, False), flag(bool(contract.safety_modes)))
        for field in ("audio", "duration", "style", "start_frame", "end_frame", "driving_video"):
            only(spec, base, field, (True, 5, "a", ["a"]), None)


@every_image
def test_an_image_models_prompt_and_references_are_counted_as_in_its_contract(name: str) -> None:
    spec, contract = ROWS[name], IMAGES[name]
    least, most = contract.prompt
    tried = ("", "x", "xx", "x" * most, "🌊" * most, "x" * (most + 1))
    only(spec, {}, "prompt", tried, [text for text in tried if least <= len(text) <= most])
    base: Fields = {"prompt": PROMPT}
    for count in range(contract.references + 2):
        over = count > contract.references
        held = references(count)
        assert is_refused(spec, base, "references", held) == (
            over and not contract.references_inferred
        )
        doubt = over and contract.references_inferred
        assert is_doubted(spec, base, "references", held) == doubt


@every_image
def test_an_image_model_starts_from_its_contracts_defaults(name: str) -> None:
    spec, contract = ROWS[name], IMAGES[name]
    given = spec.complete({"prompt": PROMPT})
    # These a person chooses among, and the vendor names no default.
    assert given.pop("ratio") in shapes(offered(name, contract.pairs))
    assert given.pop("resolution", None) in (None, *contract.pairs)
    wanted: dict[str, JsonValue] = {
        "count": contract.count_default,
        "format": FORMATS[contract.format_default],
        "quality": contract.quality_default,
    }
    if contract.safety_modes:
        wanted["content_check"] = False
    assert given == wanted


@every_image
def test_a_shape_and_a_tier_become_the_pixels_of_the_contract(name: str) -> None:
    spec, contract = ROWS[name], IMAGES[name]
    for tier, pairs in offered(name, contract.pairs).items():
        for ratio, pair in pairs.items():
            fields = {"ratio": ratio} | ({"resolution": tier} if tier else {})
            body = sent(spec, fields)
            assert (body["width"], body["height"]) == pair, (tier, ratio)
            assert "resolution" not in body
            with_one = sent(spec, {**fields, "references": ["a"]})
            assert (with_one["width"], with_one["height"]) == pair


@every_image
def test_without_a_shape_a_picture_follows_its_reference_where_the_contract_lets_it(
    name: str,
) -> None:
    spec, contract = ROWS[name], IMAGES[name]
    body = sent(spec, {"references": ["a"]})
    if name == "runway:4@1":
        assert "width" in body
        return
    assert "width" not in body
    assert body.get("resolution") == (contract.resolution[0] if contract.resolution else None)


@every_image
def test_file_type_and_safety_are_told_in_the_vendors_words(name: str) -> None:
    spec, contract = ROWS[name], IMAGES[name]
    assert [
        sent(spec, {"format": FORMATS[told]})["outputFormat"] for told in contract.formats
    ] == list(contract.formats)
    if contract.safety_modes:
        assert sent(spec, {"content_check": True})["safety"] == {"mode": contract.safety_modes[1]}
        assert "safety" not in sent(spec, {})
    rule = spec.rules.get("tolerance")
    assert isinstance(rule, Choice) == bool(contract.tolerances)
    if isinstance(rule, Choice):
        # What is sent for nothing is the default, so that each known value has its way.
        told = [sent(spec, {"tolerance": option})["providerSettings"] for option in rule.options]
        known = [word for word in contract.tolerances if word != "none"]
        assert told == [{"google": {"safetyTolerance": word}} for word in known]
        assert rule.default is None
        assert "providerSettings" not in sent(spec, {})


@every_image
def test_an_image_models_price_is_the_published_one(name: str) -> None:
    spec, contract = ROWS[name], IMAGES[name]
    for tier in offered(name, contract.pairs):
        fields: Fields = {"prompt": PROMPT, "count": 2} | ({"resolution": tier} if tier else {})
        dollars = contract.dollars.get(tier)
        assert spec.estimate(fields) == (
            None if dollars is None else Estimate(amount=2 * dollars, unit="$")
        )
    _prices_tell_their_source(spec)


def _prices_tell_their_source(spec: ModelSpec) -> None:
    for price in spec.prices:
        assert price.source.startswith(READ[0])
        assert price.checked.year == READ[1]


def lengths(name: str, contract: VideoContract) -> list[int]:
    """The seconds that the row is meant to have."""
    return [one for one in contract.durations if (name, f"{one} s") not in LEFT_OUT]


@every_video
def test_a_video_model_takes_what_its_contract_lists(name: str) -> None:
    spec, contract = ROWS[name], VIDEOS[name]
    held: list[Fields] = [{}, {"start_frame": "a"}, {"start_frame": "a", "end_frame": "b"}]
    for frames in held:
        base: Fields = {"prompt": PROMPT, **frames}
        assert spec.problems(base) == []
        # Frames or a size, never both.
        only(spec, base, "ratio", RATIOS, None if frames else shapes(contract.pairs))
        only(spec, base, "resolution", TIERS, several(tuple(contract.pairs)))
        only(spec, base, "duration", range(20), lengths(name, contract))
        only(spec, base, "audio", (True, False), flag(allowed=True))
        for field in ("count", "quality", "format", "seed", "references", "driving_video"):
            only(spec, base, field, (True, 5, "a", ["a"]), None)
    rules = [rule for rule in spec.rules.values() if isinstance(rule, Slot)]
    assert [rule.most for rule in rules] == [1] * contract.frames
    assert is_refused(spec, {"prompt": PROMPT}, "end_frame", "b")


@every_video
def test_a_video_models_prompt_and_defaults_are_those_of_its_contract(name: str) -> None:
    spec, contract = ROWS[name], VIDEOS[name]
    rule = spec.rules["prompt"]
    assert isinstance(rule, Text)
    assert (rule.shortest, rule.longest, rule.doubtful) == (*contract.prompt, None)
    wanted: dict[str, JsonValue] = {
        "ratio": "16:9",
        "duration": contract.duration_default,
        "audio": contract.sound_default,
    }
    if contract.resolution:
        wanted["resolution"] = contract.resolution[0]
    assert spec.complete({"prompt": PROMPT}) == wanted


@every_video
def test_a_clip_is_sent_with_a_size_or_with_frames_and_always_with_its_sound(name: str) -> None:
    spec, contract = ROWS[name], VIDEOS[name]
    for tier, pairs in contract.pairs.items():
        told: Fields = {"resolution": tier} if tier else {}
        for ratio, pair in pairs.items():
            body = sent(spec, {"ratio": ratio, **told})
            assert (body["width"], body["height"]) == pair
            assert not body.keys() & {"resolution", "inputs"}
        body = sent(spec, {"start_frame": "a", "end_frame": "b", **told})
        assert body["inputs"] == {
            "frameImages": [{"image": "a", "frame": "first"}, {"image": "b", "frame": "last"}]
        }
        assert not body.keys() & {"width", "height"}
        assert body.get("resolution") == (tier or None)
    house, name_of_sound = contract.sound_field
    for sound in (True, False):
        body = sent(spec, {"audio": sound})
        assert body["providerSettings"] == {house: {name_of_sound: sound}}
        assert (body["deliveryMethod"], body["outputType"]) == ("async", "URL")


@every_video
def test_a_video_models_price_is_the_published_one(name: str) -> None:
    spec, contract = ROWS[name], VIDEOS[name]
    for tier in contract.pairs:
        for sound in (True, False):
            fields: Fields = {"duration": 8, "audio": sound} | (
                {"resolution": tier} if tier else {}
            )
            dollars = contract.dollars.get((tier, sound))
            found = spec.estimate({"prompt": PROMPT, **fields})
            assert found == (
                None if dollars is None else Estimate(amount=round(8 * dollars, 4), unit="$")
            )
    _prices_tell_their_source(spec)


def test_every_task_asks_for_its_cost_and_for_nothing_that_was_left_out() -> None:
    for spec in VENDOR.models:
        body = sent(spec, {})
        assert (body["includeCost"], body["deliveryMethod"]) == (True, "async")
        assert not body.keys() & {
            "webhookURL",
            "uploadEndpoint",
            "ttl",
            "settings",
            "negativePrompt",
        }
        assert body["model"] == spec.name
