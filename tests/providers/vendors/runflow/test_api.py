"""The Runflow adapter: every error body has its meaning, and what was not sent is known not to be sent."""

import base64
import json
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import JsonValue

from providers.errors import Busy, Gone, NotSent, Refused, Unclear, VendorError
from providers.vendors.runflow import VENDOR
from providers.vendors.runflow.answers import read_balance, read_failure, read_run
from providers.vendors.runflow.bodies import run_body
from providers.vendors.vendor import Media, Ticket
from tests.support.meeting import picture, request_of
from tests.support.runflow_adapter import adapter, said
from tests.support.scripted import KEY, Vendor

pytestmark = pytest.mark.anyio

PRO = "runflow:image/google/nano-banana-pro"
WORDS = request_of(VENDOR, PRO, {"prompt": "A teapot"})
EDIT = request_of(VENDOR, PRO, {"prompt": "A teapot", "references": ["a"]})
TICKET = Ticket(task="run-1", note={"count": 1})
SIGNED: JsonValue = {"id": "asset-1", "url": "https://r2.example.com/a.png?sig=1"}


async def refused(*replies: httpx.Response, edit: bool = False) -> VendorError:
    async with adapter(*replies) as (provider, _):
        with pytest.raises(VendorError) as caught:
            await provider.submit(EDIT if edit else WORDS, {"a": "asset-1"} if edit else {}, "t")
    return caught.value


SHAPES: list[JsonValue] = [
    {"code": "X", "message": "No.", "errors": None},
    {"error": {"code": "X", "message": "No."}},
    {"error": "No.", "code": "X"},
    {"detail": "No."},
]


@pytest.mark.parametrize("body", SHAPES)
@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "invalid"), (401, "key"), (402, "credits"), (403, "key"), (404, "vendor"), (413, "too_large"),
     (422, "invalid")],
)  # fmt: skip
async def test_a_refusal_is_read_from_any_shape(body: JsonValue, status: int, code: str) -> None:
    error = await refused(said(body, status))
    assert isinstance(error, Refused)
    assert (error.code, error.status, error.vendor_text) == (code, status, "No.")
    assert str(error).endswith(".")


async def test_a_refusal_names_the_faulty_fields_and_moderation_is_known_by_its_words() -> None:
    listed: JsonValue = {
        "code": "VALIDATION_ERROR", "message": "Invalid",
        "errors": [{"loc": ["input", "seed"], "msg": "too low"}, {"field": "ratio"}, "more", {"x": 1}],
    }  # fmt: skip
    error = await refused(said(listed, 422))
    assert error.vendor_text == "Invalid; input.seed: too low; ratio; more; {'x': 1}"
    flagged = await refused(said({"code": "X", "message": "Flagged by content moderation"}, 422))
    assert isinstance(flagged, Refused)
    assert flagged.code == "moderated"


@pytest.mark.parametrize(
    "reply", [httpx.Response(429), said({"code": "MODEL_UNAVAILABLE", "message": "x"}, 503)]
)
async def test_a_full_house_is_busy(reply: httpx.Response) -> None:
    assert isinstance(await refused(reply), Busy)


@pytest.mark.parametrize(
    "reply",
    [
        said({"code": "CONFLICT", "message": "Same key, other body"}, 409), said({}),
        said({"id": "../x"}), said([]), said({"code": "X", "message": "x"}, 500), httpx.Response(502),
        httpx.Response(403, text="<html>"),
    ],
)  # fmt: skip
async def test_whatever_leaves_it_open_whether_the_run_exists_is_unclear(
    reply: httpx.Response,
) -> None:
    assert isinstance(await refused(reply), Unclear)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (said({"code": "ASSET_NOT_FOUND", "message": "x"}, 404), Gone),
        (httpx.Response(500), NotSent),
        (said({"id": "asset-1"}), NotSent),
        (said({"id": "asset-1", "url": "runflow://x"}), NotSent),
        (said({"code": "UNAUTHORIZED", "message": "x"}, 401), Refused),
        (httpx.Response(429, headers={"Retry-After": "60"}), Busy),
    ],
)
async def test_a_picture_that_cannot_be_signed_leaves_nothing_sent(
    reply: httpx.Response, error: type[VendorError]
) -> None:
    async with adapter(reply) as (provider, vendor):
        with pytest.raises(error):
            await provider.submit(EDIT, {"a": "asset-1"}, "t")
    assert all(request.method == "GET" for request in vendor.seen)


NO_SUCH_FORM = said({"code": "X", "message": "Media URL must be HTTP(S) or a data URI"}, 422)
PLACE = said({"asset_id": "asset-1", "upload_url": "https://r2.example.com/put?sig=1"})
HANDED_OVER = (PLACE, httpx.Response(200), said({"id": "asset-1"}))


def orders(vendor: Vendor) -> list[tuple[str, str]]:
    """Of every create call: its key, and how it names the picture."""
    found: list[tuple[str, str]] = []
    for request in vendor.seen:
        if request.url.path.endswith("/runs") and request.method == "POST":
            named = json.loads(request.content)["input"]["image_urls"][0].partition(":")[0]
            found.append((request.headers["idempotency-key"], named))
    return found


async def test_a_picture_is_named_in_three_ways_and_each_is_tried_once(tmp_path: Path) -> None:
    media = picture(tmp_path / "a.png")
    signed, made = said(SIGNED), said({"id": "run-1"}, 201)
    replies = (*HANDED_OVER, signed, NO_SUCH_FORM, NO_SUCH_FORM, made)
    async with adapter(*replies) as (provider, vendor):
        await provider.upload(media)
        ticket = await provider.submit(EDIT, {"a": "asset-1"}, "t")
    assert ticket.task == "run-1"
    assert orders(vendor) == [("t", "https"), ("t-2", "runflow"), ("t-3", "data")]
    sent = json.loads(vendor.seen[-1].content)
    assert sent["client_ref"] == "t"
    packed = sent["input"]["image_urls"][0].partition(";base64,")
    assert packed[0] == "data:image/png"
    assert base64.b64decode(packed[2]) == media.path.read_bytes()


FRAMED = request_of(
    VENDOR,
    "runflow:video/kuaishou/kling-video/v3/pro",
    {"prompt": "A teapot", "start_frame": "a", "end_frame": "b"},
)


@pytest.mark.parametrize("field", ["start_image_url", "end_image_url", "image_url"])
async def test_frames_are_named_in_the_same_ways(field: str, tmp_path: Path) -> None:
    errors: JsonValue = [{"field": field, "message": "No such address."}]
    refusal = said({"code": "X", "message": "Invalid input", "errors": errors}, 422)
    replies = (
        *HANDED_OVER, said(SIGNED), said(SIGNED), refusal, refusal, said({"id": "run-1"}, 201),
    )  # fmt: skip
    async with adapter(*replies) as (provider, vendor):
        await provider.upload(picture(tmp_path / "a.png"))
        ticket = await provider.submit(FRAMED, {"a": "asset-1", "b": "asset-1"}, "t")
    assert ticket.note == {"kind": "video"}
    sent = [
        json.loads(one.content)["input"] for one in vendor.seen if one.url.path.endswith("/runs")
    ]
    for body, scheme in zip(sent, ("https", "runflow", "data"), strict=True):
        for name in ("start_image_url", "end_image_url"):
            assert body[name].partition(":")[0] == scheme


async def test_a_third_refusal_of_the_pictures_is_the_last(tmp_path: Path) -> None:
    replies = (*HANDED_OVER, said(SIGNED), NO_SUCH_FORM)
    async with adapter(*replies) as (provider, vendor):
        await provider.upload(picture(tmp_path / "a.png"))
        with pytest.raises(Refused):
            await provider.submit(EDIT, {"a": "asset-1"}, "t")
    assert len(orders(vendor)) == 3


async def test_a_picture_that_is_too_large_never_goes_inside(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    Image.effect_noise((1400, 1400), 90).save(path)
    assert path.stat().st_size > 1 << 20
    media = Media("a", path, "a" * 64, "image/png", "image", path.stat().st_size)
    async with adapter(*HANDED_OVER, said(SIGNED), NO_SUCH_FORM) as (provider, vendor):
        await provider.upload(media)
        with pytest.raises(Refused):
            await provider.submit(EDIT, {"a": "asset-1"}, "t")
    assert [named for _, named in orders(vendor)] == ["https", "runflow"]


async def test_a_picture_that_an_earlier_run_of_the_studio_handed_over_is_handed_over_again() -> (
    None
):
    async with adapter(said(SIGNED), NO_SUCH_FORM) as (provider, vendor):
        with pytest.raises(Gone, match="sends it again"):
            await provider.submit(EDIT, {"a": "asset-1"}, "t")
    assert [named for _, named in orders(vendor)] == ["https", "runflow"]


async def test_another_refusal_is_not_tried_again() -> None:
    no = said({"code": "X", "message": "callback_url is no URL"}, 422)
    async with adapter(said(SIGNED), no) as (provider, vendor):
        with pytest.raises(Refused):
            await provider.submit(EDIT, {"a": "asset-1"}, "t")
    assert [request.method for request in vendor.seen] == ["GET", "POST"]


def test_an_option_without_a_field_is_not_dropped_in_silence() -> None:
    with pytest.raises(Refused, match="mood"):
        run_body(WORDS.model_copy(update={"options": {"mood": "calm"}}), [], "t")


async def test_links_are_signed_anew_for_whoever_reads_a_finished_run_again() -> None:
    done = said({"id": "run-1", "status_code": "succeeded", "output": {"url": "https://x.y/z"}})
    async with adapter(done) as (provider, vendor):
        for _ in range(3):
            await provider.poll(TICKET)
    asked = [request.url.params.get("add_signature") for request in vendor.seen]
    assert asked == [None, "true", "true"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (said({"code": "RUN_NOT_FOUND", "message": "x"}, 404), Gone),
        (said({"id": "another", "status_code": "queued"}), VendorError),
        (said([]), VendorError),
        (httpx.Response(500), VendorError),
    ],
)
async def test_a_poll_that_fails_says_nothing_about_the_run(
    reply: httpx.Response, error: type[VendorError]
) -> None:
    async with adapter(reply) as (provider, _):
        with pytest.raises(error):
            await provider.poll(TICKET)


async def test_an_id_that_is_none_is_not_asked_for() -> None:
    async with adapter(said({})) as (provider, vendor):
        with pytest.raises(Gone):
            await provider.poll(Ticket(task="../assets/1"))
        await provider.cancel(TICKET)
    assert not vendor.seen


@pytest.mark.parametrize(
    "url", ["http://r2.example.com/put", "ftp://x/y", "https://u:p@r2.example.com/", "", "nonsense"]
)
async def test_a_file_is_not_sent_to_an_unsafe_address(url: str, tmp_path: Path) -> None:
    media = picture(tmp_path / "a.png")
    async with adapter(said({"asset_id": "asset-1", "upload_url": url})) as (provider, vendor):
        with pytest.raises(Refused):
            await provider.upload(media)
    assert len(vendor.seen) == 1


async def test_the_key_stays_here_when_the_file_leaves(tmp_path: Path) -> None:
    media = picture(tmp_path / "a.png")
    place = said({"asset_id": "asset-1", "upload_url": "https://r2.example.com/put?sig=1"})
    kept = said({"id": "asset-1"})
    async with adapter(place, httpx.Response(200), kept) as (provider, vendor):
        assert await provider.upload(media) == "asset-1"
    assert vendor.seen[1].url.host == "r2.example.com"
    assert "authorization" not in vendor.seen[1].headers
    assert KEY not in str(vendor.seen[1].headers)


async def test_a_store_that_does_not_take_a_file_is_asked_for_a_new_place(tmp_path: Path) -> None:
    media = picture(tmp_path / "a.png")
    place = said({"asset_id": "asset-1", "upload_url": "https://r2.example.com/put?sig=1"})
    async with adapter(place, httpx.Response(403, text="<Error>sig=1</Error>")) as (provider, _):
        with pytest.raises(VendorError, match="uploads it again") as caught:
            await provider.upload(media)
    assert not isinstance(caught.value, Refused | Gone)
    assert "sig" not in f"{caught.value} {caught.value.vendor_text}"


async def test_a_film_is_refused_and_a_place_without_a_name_is_an_error(tmp_path: Path) -> None:
    media = picture(tmp_path / "a.png")
    film = Media("v", media.path, media.sha256, "video/mp4", "video", 1)
    async with adapter(said({})) as (provider, vendor):
        with pytest.raises(Refused):
            await provider.upload(film)
        assert not vendor.seen
        with pytest.raises(VendorError, match="no upload address"):
            await provider.upload(media)


names = st.sampled_from(
    ["id", "status", "status_code", "output", "outputs", "images", "url", "cost", "error", "errors",
     "message", "code", "detail", "balance", "items", "nodes_total", "nodes_completed", "seed"]
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["succeeded", "failed", "running", "https://x.y/z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6),
    max_leaves=14,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(body=st.dictionaries(names, anything, max_size=8))
def test_no_answer_whatever_makes_the_reading_fall_over(body: dict[str, JsonValue]) -> None:
    read_run(body, 2)
    read_failure(body)
    read_balance(body)
