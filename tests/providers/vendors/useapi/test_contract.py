"""The rows say what the vendor's contract says, value by value."""

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Choice, Flag, Shots, Slot, Span, Text
from providers.vendors.useapi.models import MODELS
from tests.support.cases import PROMPT, Fields
from tests.support.contract_table import (
    IMAGES,
    JULY,
    SEED,
    STYLES,
    VIDEOS,
    ImageContract,
    VideoContract,
)
from tests.support.limits import flag, is_doubted, is_refused, only, references, several

ROWS = {spec.id: spec for spec in MODELS}
every_image = pytest.mark.parametrize("name", IMAGES)
every_video = pytest.mark.parametrize("name", VIDEOS)
MULTISHOTS = [name for name, contract in VIDEOS.items() if contract.shots]

RESOLUTIONS = ("480p", "720p", "1080p", "0.6MP", "1K", "2K", "3K", "4K", "auto")
ASPECTS = (*JULY, "2:1", "auto", "16x9")
SEEDS = (0, 1, 2, 4294967294, 4294967295, 4294967296)


def image(name: str) -> ModelSpec:
    return ROWS[f"useapi:image/{name}"]


def video(name: str) -> ModelSpec:
    return ROWS[f"useapi:video/{name}"]


def seeds(span: tuple[int, int] | None) -> list[int] | None:
    return None if span is None else [seed for seed in SEEDS if span[0] <= seed <= span[1]]


def test_the_contract_has_11_image_and_23_video_models_and_so_have_the_rows() -> None:
    wanted = [f"useapi:image/{name}" for name in IMAGES]
    wanted += [f"useapi:video/{name}" for name in VIDEOS]
    wanted += [f"useapi:multishot/{name}" for name in MULTISHOTS]
    assert sorted(ROWS) == sorted(wanted)
    assert (len(IMAGES), len(VIDEOS), len(MULTISHOTS)) == (11, 23, 5)
    assert len(set(STYLES)) == 19


@every_image
def test_an_image_model_takes_what_its_contract_lists(name: str) -> None:
    spec, contract = image(name), IMAGES[name]
    least, most = contract.references
    for count in range(17):
        given: dict[str, JsonValue] = {"prompt": PROMPT, "references": references(count)}
        fits = least <= count <= most
        found = [one for one in spec.problems(given) if one.message != spec.at_risk]
        assert is_refused(spec, {"prompt": PROMPT}, "references", references(count)) == (not fits)
        doubted = fits and count > (contract.references_doubted_from or most)
        named = {problem.field for problem in found}
        assert named == ({"references"} if doubted or not fits else set()), count
        if fits:
            _image_options(spec, contract, given)


def _image_options(spec: ModelSpec, contract: ImageContract, base: Fields) -> None:
    only(spec, base, "ratio", ASPECTS, contract.aspects)
    only(spec, base, "resolution", RESOLUTIONS, several(contract.resolutions))
    only(spec, base, "count", range(9), contract.counts)
    only(spec, base, "seed", SEEDS, seeds(contract.seed))
    only(spec, base, "style", (*STYLES, "none", "Vivid"), contract.styles)
    low, high = contract.diversity or (1, 0)
    only(spec, base, "diversity", range(-1, 8), range(low, high + 1))
    only(spec, base, "explore", (True, False), flag(allowed=True))
    for field in ("audio", "duration", "shots", "start_frame", "end_frame", "driving_video"):
        only(spec, base, field, (True, 5, "a", ["a"]), None)
    too_long = "x" * (contract.prompt_most + 1)
    only(spec, base, "prompt", ("", " ", "x", too_long[1:], too_long), ("x", too_long[1:]))


@every_image
def test_an_image_model_starts_from_its_contracts_defaults(name: str) -> None:
    spec, contract = image(name), IMAGES[name]
    sent = spec.complete({"prompt": PROMPT, "references": references(contract.references[0])})
    wanted: dict[str, JsonValue] = {
        "ratio": contract.aspect_default, "count": 1, "explore": False,
    }  # fmt: skip
    if several(contract.resolutions) and contract.resolutions:
        wanted["resolution"] = contract.resolutions[0]
    if contract.references[0] and contract.diversity_with_references:
        wanted["diversity"] = contract.diversity_with_references
    assert sent == wanted
    with_one = spec.complete({"prompt": PROMPT, "references": references(1)})
    assert with_one.get("diversity") == contract.diversity_with_references


def frames(contract: VideoContract) -> list[dict[str, JsonValue]]:
    """Every number of pictures that the contract allows, as start and end frame."""
    both: list[dict[str, JsonValue]] = [{}, {"start_frame": "a"}]
    both.append({"start_frame": "a", "end_frame": "b"})
    least, most = contract.pictures
    return [given for given in both if least <= len(given) <= most]


def base_of(contract: VideoContract, given: Fields) -> dict[str, JsonValue]:
    base = dict(given)
    if contract.prompt != "unsupported":
        base["prompt"] = PROMPT
    if contract.driving_video:
        base["driving_video"] = "v"
    return base


@every_video
def test_a_video_model_takes_what_its_contract_lists(name: str) -> None:
    spec, contract = video(name), VIDEOS[name]
    for given in frames(contract):
        base = base_of(contract, given)
        assert [problem for problem in spec.problems(base) if not problem.soft] == []
        aspects = contract.aspects_picture if given else contract.aspects_text
        only(spec, base, "ratio", ASPECTS, aspects)
        only(spec, base, "resolution", RESOLUTIONS, several(contract.resolutions))
        only(spec, base, "duration", range(-1, 31), contract.durations)
        only(spec, base, "audio", (True, False), flag(contract.audio == "toggle"))
        only(spec, base, "keep_audio", (True, False), flag(contract.keeps_audio))
        only(spec, base, "orientation", ("image", "video", "left"), contract.orientations)
        only(spec, base, "seed", SEEDS, seeds(contract.seed))
        only(spec, base, "explore", (True, False), flag(contract.explore))
        for field in ("style", "diversity", "count", "shots"):
            only(spec, base, field, (*STYLES, 1, 4, ["a"]), None)


@every_video
def test_a_video_model_takes_as_many_references_as_its_contract_lists(name: str) -> None:
    spec, contract = video(name), VIDEOS[name]
    for given in frames(contract):
        base = base_of(contract, given)
        apart = "end_frame" in given or ("start_frame" in given and not contract.mixes)
        most = 0 if apart else contract.references
        doubted_from = contract.references_doubted_from or most
        for count in range(1, 13):
            held = references(count)
            assert is_refused(spec, base, "references", held) == (count > most)
            assert is_doubted(spec, base, "references", held) == (doubted_from < count <= most)


@every_video
def test_the_explore_queue_makes_only_what_its_contract_lists(name: str) -> None:
    spec, contract = video(name), VIDEOS[name]
    if not contract.explore:
        return
    for on, sizes in ((True, contract.resolutions_explore or contract.resolutions),
                      (False, contract.resolutions)):  # fmt: skip
        base = {**base_of(contract, frames(contract)[-1]), "explore": on}
        only(spec, base, "resolution", RESOLUTIONS, several(sizes))
        lengths = (contract.durations_explore if on else None) or contract.durations
        only(spec, base, "duration", range(-1, 32), lengths)


@every_video
def test_a_video_models_prompt_is_required_optional_or_forbidden(name: str) -> None:
    spec, contract = video(name), VIDEOS[name]
    most = contract.prompt_most or 0
    for given in frames(contract):
        base = base_of(contract, given)
        base.pop("prompt", None)
        fits = {"required": False, "optional": bool(given), "unsupported": True}[contract.prompt]
        for blank in (None, "", " \n"):
            assert is_refused(spec, base, "prompt", blank) == (not fits)
        if contract.prompt == "unsupported":
            assert is_refused(spec, base, "prompt", "x")
            continue
        assert not is_refused(spec, base, "prompt", "🌊" * most)
        assert is_refused(spec, base, "prompt", "🌊" * (most + 1))


@every_video
def test_a_newer_lower_maximum_only_warns(name: str) -> None:
    spec, contract = video(name), VIDEOS[name]
    rule = spec.rules.get("prompt")
    doubtful = rule.doubtful if isinstance(rule, Text) else None
    assert doubtful == contract.prompt_most_newer


@every_video
def test_a_video_models_frames_are_those_of_its_contract(name: str) -> None:
    spec, contract = video(name), VIDEOS[name]
    least, most = contract.pictures
    base = base_of(contract, {})
    assert is_refused(spec, base, "start_frame", None) == (least > 0)
    assert is_refused(spec, base, "start_frame", "a") == (most == 0)
    assert is_refused(spec, base, "start_frame", ["a", "b"])
    assert (most == 2) == contract.end_frame
    started = base_of(contract, {"start_frame": "a"} if most else {})
    assert is_refused(spec, started, "end_frame", "b") == (not contract.end_frame)
    if not least:
        assert is_refused(spec, base, "end_frame", "b")
    moving = started | {"driving_video": "v"}
    moving.pop("driving_video")
    assert is_refused(spec, moving, "driving_video", None) == contract.driving_video
    beside = contract.reference_video and (contract.mixes or "start_frame" not in moving)
    takes = contract.driving_video or beside
    assert is_refused(spec, moving, "driving_video", "v") == (not takes)
    if takes:
        assert is_refused(spec, moving, "driving_video", ["v", "w"])
        rule = spec.rules["driving_video"]
        assert isinstance(rule, Slot)
        assert rule.kind == "video"


@every_video
def test_a_video_model_starts_from_its_contracts_defaults(name: str) -> None:
    spec, contract = video(name), VIDEOS[name]
    for given in frames(contract):
        sent = spec.complete(base_of(contract, given))
        aspects = contract.aspects_picture if given else contract.aspects_text
        wanted: dict[str, JsonValue] = {}
        if aspects:
            wanted["ratio"] = aspects[0]
        if contract.duration_default:
            wanted["duration"] = contract.duration_default
        if several(contract.resolutions) and contract.resolutions:
            wanted["resolution"] = contract.resolutions[0]
        if contract.audio == "toggle":
            wanted["audio"] = True
        if contract.keeps_audio:
            wanted["keep_audio"] = True
        if contract.orientations:
            wanted["orientation"] = contract.orientations[0]
        if contract.explore:
            wanted["explore"] = False
        assert sent == wanted


@every_video
def test_only_models_that_may_be_gone_carry_a_warning(name: str) -> None:
    assert bool(video(name).at_risk) == VIDEOS[name].at_risk


@pytest.mark.parametrize("name", MULTISHOTS)
def test_a_multishot_takes_shots_within_its_contract(name: str) -> None:
    spec = ROWS[f"useapi:multishot/{name}"]
    shots, contract = spec.rules["shots"], VIDEOS[name].shots
    assert isinstance(shots, Shots)
    assert contract is not None
    assert (shots.least, shots.most, shots.total) == (
        contract.least,
        contract.most,
        contract.together,
    )
    assert (shots.seconds.low, shots.seconds.high) == contract.seconds
    assert (shots.prompt.shortest, shots.prompt.longest) == (1, contract.prompt_most)
    assert shots.prompt.doubtful == contract.prompt_inferred
    for first in range(15):
        for second in range(15):
            for count in range(1, 7):
                lengths = [first, second, *[3] * (count - 2)][:count]
                given: list[JsonValue] = [{"prompt": "x", "seconds": n} for n in lengths]
                low, high = contract.seconds
                fits = (
                    contract.least <= count <= contract.most
                    and all(low <= length <= high for length in lengths)
                    and sum(lengths) <= contract.together
                )
                assert (spec.problems({"shots": given}) == []) == fits, lengths


@pytest.mark.parametrize("name", MULTISHOTS)
def test_a_multishot_has_no_length_and_no_end_frame_of_its_own(name: str) -> None:
    spec, contract = ROWS[f"useapi:multishot/{name}"], VIDEOS[name]
    shot: JsonValue = {"prompt": "x", "seconds": 3}
    base: Fields = {"shots": [shot, shot], "start_frame": "a"}
    for field in ("duration", "end_frame", "driving_video", "seed", "resolution"):
        only(spec, base, field, (5, "b", ["b"]), None)
    for count in range(1, 10):
        fits = count <= contract.references
        assert is_refused(spec, base, "references", references(count)) == (not fits)
    only(spec, base, "ratio", ASPECTS, contract.aspects_text)
    only(spec, base, "audio", (True, False), flag(allowed=True))
    assert not is_refused(spec, base, "prompt", "x" * (contract.prompt_most or 0))
    assert is_refused(spec, base, "prompt", "x" * ((contract.prompt_most or 0) + 1))


def test_every_seed_rule_is_the_contracts_range() -> None:
    spans = [rule for spec in MODELS for name, rule in spec.rules.items() if name == "seed"]
    assert spans
    for rule in spans:
        assert isinstance(rule, Span)
        assert (rule.low, rule.high, rule.default) == (*SEED, None)


def test_explore_is_never_on_by_itself_and_sound_always_is() -> None:
    for spec in MODELS:
        explore, audio = spec.rules.get("explore"), spec.rules.get("audio")
        assert explore is None or explore == Flag(default=False)
        assert audio is None or audio == Flag(default=True)
        style = spec.rules.get("style")
        assert style is None or style == Choice(options=STYLES)
