"""The rows of Runware say what the vendor's contract says, value by value, down to the pixels."""

import pytest
from pydantic import JsonValue

from providers.catalogue.models import Estimate, ModelSpec
from providers.catalogue.rules import Choice
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
    SHOTS,
    VIDEOS,
    Table,
    VideoContract,
)

ROWS = {spec.name: spec for spec in VENDOR.models if spec.kind != "multishot"}
FORMATS = {"JPG": "jpeg", "PNG": "png", "WEBP": "webp"}
"""What the vendor calls a file type, and what a form does."""
RATIOS = ("1:1", "16:9", "9:16", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "21:9", "9:21", "auto")
TIERS = ("0.5K", "1K", "2K", "4K", "8K", "480p", "720p", "1080p", "auto")
SEEDS = (-1, 0, 1, 2147483647, 2147483648)
every_image = pytest.mark.parametrize("name", IMAGES)
every_video = pytest.mark.parametrize("name", VIDEOS)


def plan(*seconds: int) -> list[JsonValue]:
    """A plan of such shots."""
    return [{"prompt": "x", "seconds": length} for length in seconds]


def offered(name: str, table: Table) -> Table:
    """The tiers that the row is meant to have."""
    return {tier: pairs for tier, pairs in table.items() if (name, tier) not in LEFT_OUT}


def shapes(table: Table) -> set[str]:
    """Every ratio of a table."""
    return {ratio for pairs in table.values() for ratio in pairs}


def sent(spec: ModelSpec, fields: Fields) -> dict[str, JsonValue]:
    """The task object for these fields."""
    told = {"prompt": PROMPT} if "prompt" in spec.rules else {"shots": plan(4, 3)}
    request = request_of(VENDOR, spec.id, {**told, **fields})
    return create_task(request, {one: one for _, one in request.media()}, "0" * 32)


def test_every_model_of_the_contract_has_its_row_or_the_reason_why_not() -> None:
    assert set(ROWS) == {*IMAGES, *VIDEOS}
    assert {spec.name for spec in VENDOR.models if spec.kind == "multishot"} == set(SHOTS)
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
        only(spec, base, "seed", SEEDS, contract.seed and (*contract.seed, 1))
        only(spec, base, "web_search", (True, False), flag(contract.web_search))
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
    doubtful = contract.prompt_doubtful or most
    assert not is_doubted(spec, {}, "prompt", "🌊" * doubtful)
    assert is_doubted(spec, {}, "prompt", "🌊" * (doubtful + 1)) == (doubtful < most)
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
    if contract.web_search:
        wanted["web_search"] = False
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


def test_a_search_of_the_web_is_asked_for_beside_the_tolerance_and_costs_more_than_is_told() -> (
    None
):
    spec = ROWS["google:4@2"]
    body = sent(spec, {"web_search": True, "tolerance": "low"})
    assert body["providerSettings"] == {"google": {"webSearch": True, "safetyTolerance": "low"}}
    for tier, dollars in IMAGES["google:4@2"].dollars.items():
        estimate = spec.estimate({"prompt": PROMPT, "resolution": tier, "web_search": True})
        assert estimate == Estimate(amount=dollars, unit="$", at_least=True)


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


def situations(contract: VideoContract) -> list[Fields]:
    """Without a frame, with one, and with both where the model takes both."""
    both: list[Fields] = [{}, {"start_frame": "a"}, {"start_frame": "a", "end_frame": "b"}]
    return both[: contract.frames + 1]


@every_video
def test_a_video_model_takes_what_its_contract_lists(name: str) -> None:
    spec, contract = ROWS[name], VIDEOS[name]
    for frames in situations(contract):
        base: Fields = {"prompt": PROMPT, **frames}
        assert spec.problems(base) == []
        # Frames or a size, never both.
        only(spec, base, "ratio", RATIOS, None if frames else shapes(contract.pairs))
        only(spec, base, "resolution", TIERS, several(tuple(contract.pairs)))
        only(spec, base, "duration", range(20), lengths(name, contract))
        only(spec, base, "audio", (True, False), flag(contract.sound_field is not None))
        for field in ("count", "quality", "format", "driving_video"):
            only(spec, base, field, (True, 5, "a", ["a"]), None)
        if contract.seed is None:
            only(spec, base, "seed", (True, 5, "a", ["a"]), None)
        else:
            low, high = contract.seed
            only(spec, base, "seed", (-1, low, high, high + 1, 2**32), (low, high, high + 1))
            assert is_doubted(spec, base, "seed", high + 1)
        taken = contract.references_doubtful
        only(spec, base, "references", (["a"],), [["a"]] if taken else None)
        if taken:
            assert not is_doubted(spec, base, "references", references(taken))
            assert is_doubted(spec, base, "references", references(taken + 1))
    end = {"prompt": PROMPT, "start_frame": "a"}
    assert is_refused(spec, end, "end_frame", "b") == (contract.frames < 2)
    assert is_refused(spec, end, "start_frame", ["a", "b"])
    assert is_refused(spec, {"prompt": PROMPT}, "end_frame", "b")


@every_video
def test_a_video_models_prompt_and_defaults_are_those_of_its_contract(name: str) -> None:
    spec, contract = ROWS[name], VIDEOS[name]
    for frames in situations(contract):
        own = contract.prompt_with_frame if frames else None
        least, most = own or contract.prompt
        for text in ("", "x" * least, "🌊" * most, "x" * (most + 1)):
            fits = least <= len(text) <= most
            assert is_refused(spec, frames, "prompt", text) == (not fits), (frames, len(text))
        known = contract.prompt_doubtful
        assert not is_doubted(spec, frames, "prompt", "🌊" * (known or most))
        assert is_doubted(spec, frames, "prompt", "🌊" * ((known or most) + 1)) == bool(known)
    wanted: dict[str, JsonValue] = {"ratio": "16:9", "duration": contract.duration_default}
    if contract.sound_field:
        wanted["audio"] = contract.sound_default
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
        for frames in situations(contract)[1:]:
            body = sent(spec, {**frames, **told})
            first, last = {"image": "a", "frame": "first"}, {"image": "b", "frame": "last"}
            assert body["inputs"] == {"frameImages": [first, last][: len(frames)]}
            assert not body.keys() & {"width", "height"}
            assert body.get("resolution") == (tier or None)
    for sound in (True, False):
        body = sent(spec, {"audio": sound} if contract.sound_field else {})
        assert (body["deliveryMethod"], body["outputType"]) == ("async", "URL")
        if contract.sound_field is None:
            assert "providerSettings" not in body
            continue
        house, name_of_sound = contract.sound_field
        assert body["providerSettings"] == {house: {name_of_sound: sound}}


@every_video
def test_a_frame_may_stand_without_words_where_its_contract_lets_it(name: str) -> None:
    spec, contract = ROWS[name], VIDEOS[name]
    if contract.prompt_with_frame is None or contract.prompt_with_frame[0]:
        assert is_refused(spec, {"start_frame": "a"}, "prompt", "")
        return
    assert "positivePrompt" not in sent(spec, {"prompt": " ", "start_frame": "a"})


@pytest.mark.parametrize(
    "name", [name for name, contract in VIDEOS.items() if contract.references_doubtful]
)
def test_references_of_a_video_go_beside_its_frames_and_its_size(name: str) -> None:
    spec = ROWS[name]
    body = sent(spec, {"references": ["a", "b"]})
    assert body["inputs"] == {"referenceImages": ["a", "b"]}
    assert {"width", "height"} <= body.keys()
    body = sent(spec, {"references": ["b"], "start_frame": "a"})
    assert body["inputs"] == {
        "frameImages": [{"image": "a", "frame": "first"}],
        "referenceImages": ["b"],
    }
    assert not body.keys() & {"width", "height"}


@every_video
def test_a_video_models_price_is_the_published_one(name: str) -> None:
    spec, contract = ROWS[name], VIDEOS[name]
    for tier in contract.pairs:
        for sound in (True, False):
            fields: Fields = {"duration": 8} | ({"resolution": tier} if tier else {})
            fields |= {"audio": sound} if contract.sound_field else {}
            dollars = contract.dollars.get((tier, sound or contract.sound_field is None))
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


def test_a_model_that_left_the_vendors_list_is_at_risk_and_says_since_when() -> None:
    at_risk = {name: spec.at_risk for name, spec in ROWS.items() if spec.at_risk}
    assert list(at_risk) == ["google:4@1"]
    assert "October 2, 2026" in at_risk["google:4@1"]
    assert "October 12" in at_risk["google:4@1"]
