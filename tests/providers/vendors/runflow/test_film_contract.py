"""Runflow's rows for videos and multishots say what its pages say, and send it in the pages' words."""

from typing import cast

import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.rules import Shots
from providers.vendors.runflow import VENDOR
from providers.vendors.runflow.bodies import run_body, run_path
from tests.support.cases import PROMPT, Fields
from tests.support.limits import flag, is_doubted, is_refused, only, references
from tests.support.meeting import request_of
from tests.support.runflow_films import ADDRESSES, FILMS, KLING, Film

SPECS = {spec.id: spec for spec in VENDOR.models}
SHOTS = f"runflow:multishot/{KLING}"
RATIOS = ("auto", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16", "2:3", "x" * 101, 1)
TIERS = ("480p", "720p", "1080p", "4k", "2160p", "720P", "x" * 101)
NEVER_SENT = (
    "negative_prompt", "cfg_scale", "voice_ids", "elements", "auto_fix", "seed", "sync_mode",
)  # fmt: skip
every_film = pytest.mark.parametrize("model", FILMS)


def base_of(film: Film) -> Fields:
    """As little as this model takes."""
    return {"prompt": PROMPT, **({"references": references(1)} if film.references else {})}


def told(model: str, fields: Fields) -> tuple[str, dict[str, JsonValue]]:
    """Where the run is created, and what stands in its `input`."""
    request = request_of(VENDOR, model, fields)
    pictures = [f"https://r2.example.com/{one}" for _, one in request.media()]
    body = run_body(request, pictures, "0" * 32)
    assert body.keys() == {"input", "client_ref", "metadata"}
    return run_path(request), cast("dict[str, JsonValue]", body["input"])


def plan(*seconds: int, prompt: str = "A door") -> Fields:
    """Shots of these lengths."""
    return {"shots": [{"prompt": prompt, "seconds": length} for length in seconds]}


def test_every_video_row_is_in_the_contract() -> None:
    assert {*FILMS, SHOTS} == {spec.id for spec in VENDOR.models if spec.kind != "image"}
    assert set(ADDRESSES) == set(SPECS)


@every_film
def test_the_row_takes_what_the_pages_list(model: str) -> None:
    film, spec = FILMS[model], SPECS[model]
    base = base_of(film)
    limits: dict[str, tuple[tuple[JsonValue, ...], tuple[JsonValue, ...]]] = {
        "ratio": (RATIOS, film.ratios),
        "resolution": (TIERS, film.resolutions),
        "duration": ((*range(18), "5", "5s", True, 4.5), tuple(film.seconds)),
    }
    for field, (tried, allowed) in limits.items():
        if field in film.open:
            assert not any(is_doubted(spec, base, field, value) for value in allowed)
            assert any(is_doubted(spec, base, field, value) for value in tried)
        else:
            only(spec, base, field, tried, allowed)
    only(spec, base, "audio", (True, False, 1, "on"), flag(film.audio))
    only(spec, base, "start_frame", ("a",), ("a",) if film.first else None)
    assert is_refused(spec, base, "end_frame", "b")
    framed = {**base, "start_frame": "a"} if film.first else base
    only(spec, framed, "end_frame", ("b",), ("b",) if film.last else None)
    assert is_refused(spec, base, "driving_video", "v")
    for field in ("count", "format", "style", "quality", "shots", "web_search"):
        only(spec, base, field, (True, 5, "a", ["a"]), None)


@every_film
def test_a_prompt_is_needed_and_none_is_too_long(model: str) -> None:
    film, spec = FILMS[model], SPECS[model]
    assert is_refused(spec, base_of(film), "prompt", " ")
    assert not is_refused(spec, base_of(film), "prompt", "x" * 60_000)
    assert is_doubted(spec, base_of(film), "prompt", "x" * 60_000)


@every_film
def test_files_choose_the_address_and_stand_in_its_fields(model: str) -> None:
    film = FILMS[model]
    bare, with_files, fields = ADDRESSES[model]
    if bare:
        path, given = told(model, base_of(film))
        assert path == f"/models/{bare}/runs"
        assert not given.keys() & {"image_urls", "image_url", *fields}
    if film.references:
        path, given = told(model, {**base_of(film), "references": references(3)})
        assert given["image_urls"] == [f"https://r2.example.com/artifact{n}" for n in range(3)]
        assert path == f"/models/{with_files}/runs"
    frames = {"start_frame": "a", "end_frame": "b"} if film.last else {"start_frame": "a"}
    if film.first:
        path, given = told(model, {**base_of(film), **frames})
        assert path == f"/models/{with_files}/runs"
        urls = [f"https://r2.example.com/{one}" for one in frames.values()]
        assert [given[field] for field in fields[: len(urls)]] == urls
    if film.first and not film.ratio_with_frame:
        assert is_refused(SPECS[model], {**base_of(film), "start_frame": "a"}, "ratio", "16:9")


@every_film
def test_every_value_goes_out_in_the_vendors_own_words(model: str) -> None:
    film = FILMS[model]
    base = base_of(film)
    for seconds, written in film.seconds.items():
        given = told(model, {**base, "duration": seconds})[1]
        assert (given["duration"], type(given["duration"])) == (written, type(written))
    for ratio in film.ratios:
        assert told(model, {**base, "ratio": ratio})[1]["aspect_ratio"] == ratio
    for resolution in film.resolutions:
        given = told(model, {**base, "resolution": resolution})[1]
        assert given["resolution"] == resolution
    for audio in flag(film.audio):
        assert told(model, {**base, "audio": audio})[1]["generate_audio"] is audio
    if film.seed:
        assert told(model, {**base, "seed": 7})[1]["seed"] == 7
        assert told(model, {**base, "tolerance": 6})[1]["safety_tolerance"] == "6"
    silent = set(NEVER_SENT) - ({"seed"} if film.seed else set())
    given = told(model, base)[1]
    assert not given.keys() & {*silent, "aspect_ratio", "multi_prompt", "shot_type"}
    assert given.get("generate_audio") is (True if film.audio else None)


@every_film
def test_the_price_is_the_published_one_or_unknown(model: str) -> None:
    film, spec = FILMS[model], SPECS[model]
    length = max(film.seconds)
    for options, dollars in film.prices:
        found = spec.estimate({**base_of(film), **options, "duration": length})
        if dollars is None:
            assert found is None
        else:
            assert found is not None
            assert (found.amount, found.unit) == (round(dollars * length, 4), "$")
            assert not found.at_least
    assert all(price.source.startswith("docs.runflow.io/models/") for price in spec.prices)


def test_with_a_frame_seedance_costs_less_and_fast_veo_at_least_what_one_page_says() -> None:
    framed: Fields = {"prompt": PROMPT, "start_frame": "a", "audio": False, "duration": 8}
    seedance = SPECS["runflow:video/bytedance/seedance/2.0"].estimate(framed)
    veo = SPECS["runflow:video/google/veo3.1/fast"].estimate(framed)
    assert seedance is not None
    assert veo is not None
    assert (seedance.amount, seedance.at_least) == (round(8 * 0.3024, 4), False)
    assert (veo.amount, veo.at_least) == (0.8, True)


def test_shots_go_out_in_the_place_of_a_prompt_with_their_sum_as_text() -> None:
    path, given = told(SHOTS, {**plan(4, 5), "audio": False, "ratio": "16:9"})
    assert path == f"/models/{KLING}/text-to-video/runs"
    assert given == {
        "shot_type": "customize",
        "duration": "9",
        "generate_audio": False,
        "aspect_ratio": "16:9",
        "multi_prompt": [
            {"prompt": "A door", "duration": "4"},
            {"prompt": "A door", "duration": "5"},
        ],
    }
    path, given = told(SHOTS, {**plan(3, 3, 3), "start_frame": "a"})
    assert path == f"/models/{KLING}/image-to-video/runs"
    assert given["start_image_url"] == "https://r2.example.com/a"
    assert (given["shot_type"], given["duration"]) == ("customize", "9")
    assert given.keys() == {
        "shot_type", "duration", "generate_audio", "multi_prompt", "start_image_url",
    }  # fmt: skip


def test_what_no_page_says_of_shots_is_a_warning_and_the_length_of_a_video_a_limit() -> None:
    spec = SPECS[SHOTS]
    rule = spec.rules["shots"]
    assert isinstance(rule, Shots)
    assert not spec.problems(plan(3, 4, 5))
    assert not spec.problems(plan(*[3] * 5, prompt="x" * 512))
    doubtful: list[Fields] = [
        plan(5), plan(1, 5), plan(2, 2, 2), plan(*[2] * 7), plan(3, 3, prompt="x" * 513),
    ]  # fmt: skip
    for fields in doubtful:
        found = spec.problems(fields)
        assert found, fields
        assert all(problem.soft for problem in found), fields
        assert told(SHOTS, fields)[1]["multi_prompt"]
    for fields in (plan(), plan(8, 8), plan(1, 1), plan(16), {**plan(3, 3), "prompt": PROMPT}):
        assert any(not problem.soft for problem in spec.problems(fields)), fields
    for field in ("end_frame", "duration", "seed", "references", "resolution"):
        assert is_refused(spec, plan(3, 3), field, "a")
    assert is_refused(spec, {**plan(3, 3), "start_frame": "a"}, "ratio", "1:1")


def test_several_shots_cost_what_their_seconds_cost() -> None:
    spec: ModelSpec = SPECS[SHOTS]
    found = spec.estimate({**plan(4, 5), "audio": False})
    assert found is not None
    assert found.amount == round(9 * 0.112, 4)
    assert spec.estimate(plan(4, 5)) is None
