"""The useapi.net adapter: every refusal has its meaning, every answer a reading, every option its field."""

import io
import json
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from PIL import Image
from pydantic import JsonValue

from providers.errors import Busy, Gone, Refused, Unclear, VendorError
from providers.vendors.useapi.account import read_accounts
from providers.vendors.vendor import Media
from tests.support.useapi_adapter import (
    ACCOUNTS,
    ASSET,
    IMAGE,
    MINE,
    OTHER,
    TASK,
    VIDEO,
    adapter,
    said,
)

pytestmark = pytest.mark.anyio


async def refused_create(
    reply: httpx.Response, *, uploads: Mapping[str, str] | None = None
) -> VendorError:
    async with adapter(reply) as (provider, vendor):
        with pytest.raises(VendorError) as caught:
            await provider.submit(VIDEO if uploads else IMAGE, uploads or {}, "token")
    assert len(vendor.seen) == 1
    return caught.value


BUSY_A: JsonValue = {
    "error": "Account acct-one@example.com is busy executing 2 tasks",
    "runningTasks": {
        "acct-one@example.com": [
            {"email": "acct-one@example.com", "taskId": TASK, "replyRef": "x"},
            {"email": "acct-one@example.com", "taskId": OTHER},
        ]
    },
    "code": 429,
}
BUSY_B: JsonValue = {
    "error": "You have too many tasks running or pending. "
    "Please wait for some of them to finish before starting more."
}
CREDITS: JsonValue = {"error": "You do not have enough credits to run this task."}
REFUSALS = [
    (400, {"error": "Parameter duration is invalid", "code": 400}, "invalid", "rejected this request"),
    (400, {"error": "No.", "errorDetails": "ratio", "code": 400}, "invalid", "rejected this request"),
    (400, {"error": {"code": 400, "message": "Bad seed"}}, "invalid", "rejected this request"),
    (400, {"error": {"reason": "BAD"}}, "invalid", "rejected this request"),
    (400, {"error": None, "code": 400}, "invalid", "rejected this request"),
    (400, CREDITS, "credits", "have enough credits"),
    (400, {"error": "The prompt was flagged by moderation"}, "moderated", "Change it"),
    (401, {"error": "Unauthorized", "code": 401}, "key", "USEAPI_TOKEN"),
    (402, {"error": "Subscription expired"}, "subscription", "Renew it"),
    (402, CREDITS, "credits", "Add credits"),
    (405, {"error": "Method not allowed"}, "vendor", "newer version"),
    (412, CREDITS, "credits", "Add credits"),
    (412, {"error": "no"}, "credits", "Add credits"),
    (413, {"error": "Payload too large"}, "too_large", "smaller"),
    (415, {"error": "Unsupported"}, "vendor", "newer version"),
    (422, {"error": "Refused"}, "moderated", "Moderation"),
    (403, {"error": "Not yours"}, "session", "linked"),
    (404, {"error": "Not found.", "code": 404}, "session", "linked"),
    (410, {"error": "Gone", "code": 410}, "session", "linked"),
    (596, {"error": "Account acct-one@example.com in error state: x", "code": 596}, "session", "Reconnect"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body", "code", "words"), REFUSALS)
async def test_every_refusal_has_its_code_and_says_what_to_do(
    status: int, body: JsonValue, code: str, words: str
) -> None:
    error = await refused_create(said(body, status))
    assert isinstance(error, Refused)
    assert (error.code, error.status) == (code, status)
    assert words in str(error)
    assert str(error).endswith(".")
    assert "acct-one@example.com" not in f"{error} {error.vendor_text}"


async def test_the_vendors_own_words_come_along_without_addresses() -> None:
    error = await refused_create(said({"error": f"Bad asset for {MINE}", "errorDetails": "x"}, 400))
    assert error.vendor_text == "Bad asset for user:12345-runwayml:a…e@e….com x"
    assert (await refused_create(said({"error": {"reason": "BAD"}}, 400))).vendor_text == "BAD"


@pytest.mark.parametrize(
    ("body", "running"), [(BUSY_A, 2), (BUSY_B, None), ([], None), (None, None)]
)
async def test_both_shapes_of_429_mean_that_every_slot_is_taken(
    body: JsonValue, running: int | None
) -> None:
    error = await refused_create(said(body, 429))
    assert isinstance(error, Busy)
    assert (error.running, error.wait, error.status) == (running, None, 429)
    assert "example.com" not in error.vendor_text


async def test_a_429_may_name_its_moment() -> None:
    error = await refused_create(httpx.Response(429, json=BUSY_B, headers={"Retry-After": "45"}))
    assert isinstance(error, Busy)
    assert error.wait == 45


UNCLEAR: list[httpx.Response] = [
    said({"error": "Internal", "code": 500}, 500),
    said({"error": "Conflict"}, 409),
    said({"error": "Timeout"}, 408),
    said({"error": "Teapot"}, 418),
    httpx.Response(400, content=b"<html>"),
    httpx.Response(403, content=b"error code: 1020"),
    httpx.Response(522, content=b"error code: 522"),
    said({}, 400),
    said({"error": "x", "code": 400}),
    said({"task": {"id": "0a1b2c3d", "taskId": None}}),
    said({"taskId": "x" * 513}),
    said({"taskId": "../accounts"}),
    said({"taskId": "a b"}),
    said({"taskId": ".."}),
    said({"taskId": ""}),
    said([{"taskId": TASK}]),
]


@pytest.mark.parametrize(
    "reply", UNCLEAR, ids=lambda reply: f"{reply.status_code} {reply.text[:40]}"
)
async def test_whatever_leaves_it_open_whether_the_task_exists_is_unclear(
    reply: httpx.Response,
) -> None:
    assert isinstance(await refused_create(reply), Unclear)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (404, "Not found."),
        (403, "Not yours"),
        (410, "Expired"),
        (400, f"Asset {ASSET} not found"),
        (400, "imageAssetId1 does not exist"),
    ],
)
async def test_a_create_that_names_a_lost_upload_is_gone_and_not_created(
    status: int, error: str
) -> None:
    caught = await refused_create(said({"error": error}, status), uploads={"a": ASSET})
    assert isinstance(caught, Gone)
    assert "uploaded again" in str(caught)


async def test_a_refusal_in_the_explore_queue_names_the_likely_reason() -> None:
    request = IMAGE.model_copy(update={"options": {"explore": True}})
    async with adapter(said({"error": "no", "code": 400}, 400)) as (provider, _):
        with pytest.raises(Refused, match="legacy Unlimited") as caught:
            await provider.submit(request, {}, "t")
    assert caught.value.code == "invalid"


async def test_an_option_without_a_field_is_not_dropped_in_silence() -> None:
    request = IMAGE.model_copy(update={"options": {"mood": "calm"}})
    async with adapter(said({"taskId": TASK})) as (provider, vendor):
        with pytest.raises(Refused, match="mood"):
            await provider.submit(request, {}, "t")
    assert not vendor.seen


def media(path: Path, media_type: str) -> Media:
    kind = "video" if media_type.startswith("video") else "image"
    return Media("a", path, "ab" * 32, media_type, kind, path.stat().st_size)


@pytest.mark.parametrize(("mode", "sent"), [("RGB", "image/jpeg"), ("RGBA", "image/png")])
async def test_pictures_that_the_vendor_may_not_take_are_converted(
    mode: str, sent: str, tmp_path: Path
) -> None:
    path = tmp_path / "picture.webp"
    Image.new(mode, (8, 6)).save(path)
    async with adapter(said(ACCOUNTS), said({"assetId": ASSET})) as (provider, vendor):
        assert await provider.upload(media(path, "image/webp")) == ASSET
    upload = vendor.seen[1]
    assert upload.headers["content-type"] == sent
    assert upload.url.params["name"].endswith(".jpg" if sent == "image/jpeg" else ".png")
    with Image.open(io.BytesIO(upload.content)) as picture:
        assert picture.size == (8, 6)


async def test_a_film_of_an_unknown_type_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(b"x")
    async with adapter(said(ACCOUNTS)) as (provider, vendor):
        with pytest.raises(Refused, match="Use MP4"):
            await provider.upload(media(path, "video/x-unknown"))
    assert len(vendor.seen) == 1


@pytest.mark.parametrize("answer", [{}, [], {"assetId": None}, {"assetId": "a/b"}, {"id": "bare"}])
async def test_an_upload_without_an_id_is_an_error(answer: JsonValue, tmp_path: Path) -> None:
    path = tmp_path / "film"
    path.write_bytes(b"x")
    async with adapter(said(ACCOUNTS), said(answer)) as (provider, _):
        with pytest.raises(VendorError):
            await provider.upload(media(path, "video/mp4"))


async def test_passwords_of_linked_accounts_are_kept_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    damaged = json.dumps(ACCOUNTS)[:-5].encode()
    for status, content in ((200, damaged), (400, json.dumps(ACCOUNTS).encode()), (500, damaged)):
        reply = httpx.Response(status, content=content)
        async with adapter(said({"subscriptionIsActive": True}), reply) as (provider, _):
            with pytest.raises(VendorError) as caught:
                await provider.check()
        told = f"{caught.value} {caught.value.vendor_text} {vars(provider)}"
        assert "hunter2" not in told + caplog.text
        assert "example.com" not in told + caplog.text
    (account,) = read_accounts(ACCOUNTS)
    assert set(account.model_dump()) == {"email", "most_jobs", "broken"}


async def test_a_missing_balance_leaves_the_key_good() -> None:
    replies = [said({"subscriptionIsActive": True}), said(ACCOUNTS), httpx.Response(500)]
    async with adapter(*replies) as (provider, _):
        checked = await provider.check()
    assert (checked.ok, checked.balance, checked.concurrency) == (True, None, 5)


async def test_an_account_that_lost_its_session_is_told() -> None:
    broken: JsonValue = {"a@b.c": {"error": "Session expired", "maxJobs": 3}}
    async with adapter(said({"subscriptionIsActive": True}), said(broken)) as (provider, _):
        checked = await provider.check()
    assert not checked.ok
    assert "Reconnect the account" in checked.sentence
