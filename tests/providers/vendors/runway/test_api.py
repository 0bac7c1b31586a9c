"""What the Runway adapter makes of every answer: refusals, states, failures, uploads, the key."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image
from pydantic import JsonValue, SecretStr

from providers.errors import Busy, Gone, Refused, Unclear, VendorError
from providers.vendors import runway
from providers.vendors.runway import answers
from providers.vendors.runway.api import RunwayApi
from providers.vendors.runway.organization import read_organization
from providers.vendors.transport.answer import Answer
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import (
    Cancelled,
    Cost,
    Failed,
    Media,
    Queued,
    Running,
    Succeeded,
    Ticket,
)
from tests.support.requested import request_of
from tests.support.runway_calls import ROWS
from tests.support.scripted import Reply, Sleeps, Vendor

pytestmark = pytest.mark.anyio

KEY = "key_verysecret"
TASK = "0a1b2c3d-0000-4000-8000-000000000001"
TICKET = Ticket(task=TASK, note={"kind": "image"}, short="0a1b2c3d")
LINK = "https://dnznrvs05pmza.cloudfront.net/out.png?_jwt=eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjE4MDAwMDM2MDB9.x"
REQUEST = request_of(ROWS["runway:image/gen4_image"], {"prompt": "A teapot"})


@asynccontextmanager
async def adapter(*replies: Reply) -> AsyncGenerator[tuple[RunwayApi, Vendor], None]:
    vendor = Vendor(list(replies))
    wire = Wire(
        label="Runway",
        base_url=runway.VENDOR.base_url,
        key=SecretStr(KEY),
        headers=runway.VENDOR.headers,
        transport=httpx.MockTransport(vendor),
        sleep=Sleeps(),
    )
    yield RunwayApi(wire), vendor
    await wire.aclose()


def said(body: JsonValue, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def task(status: str, **more: JsonValue) -> httpx.Response:
    return said({"id": TASK, "createdAt": "2026-08-08T10:00:00.000Z", "status": status, **more})


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, "Validation of body failed", "invalid"),
        (400, "You do not have enough credits to run this task.", "credits"),
        (400, "Your prompt did not pass moderation.", "moderated"),
        (400, "Invalid asset aspect ratio. width / height ratio must be at least 0.5.", "invalid"),
        (400, "Asset size exceeds 16MB", "invalid"),
        (401, "Invalid API key", "key"),
        (402, "Payment required", "credits"),
        (403, "Forbidden", "key"),
        (404, "Not found", "vendor"),
        (405, "Method not allowed", "vendor"),
        (413, "Payload too large", "too_large"),
        (422, "Unprocessable", "invalid"),
        (429, "Your daily task limit has been reached.", "vendor"),
    ],
)
async def test_a_create_call_that_is_refused_says_why(status: int, error: str, code: str) -> None:
    async with adapter(said({"error": error}, status)) as (provider, vendor):
        with pytest.raises(Refused) as caught:
            await provider.submit(REQUEST, {}, "token")
    assert caught.value.code == code
    assert caught.value.vendor_text == error
    assert len(vendor.seen) == 1


async def test_the_fields_that_are_wrong_are_named() -> None:
    def issue(message: str, *path: str | int) -> dict[str, JsonValue]:
        return {"code": "custom", "path": [*path], "message": message}

    issues: list[JsonValue] = [
        issue("Too long", "promptText"),
        issue("No such file", "promptImage", 0, "uri"),
        *(issue(f"Thing {number}") for number in range(5)),
    ]
    body: JsonValue = {"error": "Validation of body failed", "issues": issues}
    async with adapter(said(body, 400)) as (provider, _):
        with pytest.raises(Refused) as caught:
            await provider.submit(REQUEST, {}, "token")
    assert caught.value.vendor_text == (
        "Validation of body failed · promptText: Too long · promptImage.0.uri: No such file"
        " · Thing 0 · Thing 1 · and 3 more"
    )


@pytest.mark.parametrize(
    "reply",
    [
        httpx.Response(502, html="<html>Bad Gateway</html>"),
        httpx.Response(500, json={"error": "Internal"}),
        httpx.Response(400, html="<html>Bad Request</html>"),
        httpx.Response(200, text="{"),
        httpx.Response(200, json={"task": "x"}),
        httpx.Response(200, json={"id": "../organization"}),
        httpx.ReadTimeout("late"),
    ],
)
async def test_an_answer_that_leaves_it_open_is_unclear_and_never_sent_again(reply: Reply) -> None:
    async with adapter(reply) as (provider, vendor):
        with pytest.raises(Unclear):
            await provider.submit(REQUEST, {}, "token")
    assert len(vendor.seen) == 1


async def test_a_busy_vendor_is_waited_for() -> None:
    busy = httpx.Response(429, json={"error": "Too many requests"}, headers={"Retry-After": "7"})
    async with adapter(busy) as (provider, _):
        with pytest.raises(Busy) as caught:
            await provider.submit(REQUEST, {}, "token")
    assert caught.value.wait == 7


async def test_a_file_that_was_forgotten_is_gone_and_without_files_it_is_a_refusal() -> None:
    reply = said({"error": "Failed to fetch asset"}, 400)
    async with adapter(reply) as (provider, _):
        request = request_of(ROWS["runway:image/gen4_image"], {"prompt": "x", "references": ["a"]})
        with pytest.raises(Gone):
            await provider.submit(request, {"a": "runway://1"}, "token")
        with pytest.raises(Refused):
            await provider.submit(REQUEST, {}, "token")


@pytest.mark.parametrize("told", [None, {}, {"credits": "much"}, {"credits": -1}, [8], 8])
async def test_a_quote_that_is_none_leaves_the_ticket_as_it_is(told: JsonValue) -> None:
    async with adapter(said({"id": TASK, "estimatedCost": told})) as (provider, _):
        assert await provider.submit(REQUEST, {}, "token") == TICKET


async def test_a_ticket_names_the_task_and_every_call_its_version() -> None:
    created = said({"id": TASK, "estimatedCost": {"credits": 8}})
    async with adapter(created) as (provider, vendor):
        ticket = await provider.submit(REQUEST, {}, "token")
        assert ticket == TICKET.model_copy(update={"quote": Cost(amount=8, unit="credits")})
        assert await provider.find(REQUEST, "token", 0) is None
    (request,) = vendor.seen
    assert request.headers["x-runway-version"] == "2024-11-06"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert "token" not in json.loads(request.content).values()


@pytest.mark.parametrize(
    ("reply", "update"),
    [
        (task("PENDING"), Queued(detail=answers.PENDING, detail_as="phase")),
        (
            task("THROTTLED", estimatedCost={"credits": 5}),
            Queued(detail=answers.THROTTLED, detail_as="sentence", throttled=True),
        ),
        (task("RUNNING", progress=0.42), Running(progress=0.42)),
        (task("PROCESSING"), Running()),
        (task("RUNNING", progress=7), Running(progress=1.0)),
        (task("CANCELLED"), Cancelled()),
        (task("CANCELED"), Cancelled()),
        (task("DREAMING"), Queued(word="DREAMING")),
        (task("DREAMING", progress=0.5), Running(progress=0.5, word="DREAMING")),
        (task("SUCCEEDED", output=None), Succeeded(outputs=())),
    ],
)
async def test_each_status_has_its_update(reply: Reply, update: object) -> None:
    async with adapter(reply) as (provider, _):
        assert await provider.poll(TICKET) == update


async def test_outputs_have_their_links_expiry_and_cost() -> None:
    reply = task("SUCCEEDED", output=[LINK, LINK, 5, "ftp://x"], cost={"credits": 8})
    async with adapter(reply) as (provider, _):
        update = await provider.poll(TICKET)
    assert isinstance(update, Succeeded)
    (output,) = update.outputs
    assert (output.kind, output.expires) == ("image", 1_800_003_600)
    assert update.cost == Cost(amount=8, unit="credits")


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("SAFETY.INPUT.TEXT", "moderated"),
        ("SAFETY.OUTPUT.VIDEO.X", "moderated"),
        ("SAFETY.THIRD_PARTY_X", "moderated"),
        ("INPUT_PREPROCESSING.SAFETY.TEXT", "moderated"),
        ("INPUT_PREPROCESSING.INTERNAL", "transient"),
        ("INPUT_VALIDATION_ERROR", "input"),
        ("ASSET.INVALID", "input"),
        ("INTERNAL.BAD_OUTPUT.CODE01", "quality"),
        ("INTERNAL.SOMETHING", "transient"),
        ("THIRD_PARTY.UNAVAILABLE", "transient"),
        ("SAFETYNET", "vendor"),
        ("NEW.THING", "vendor"),
        (None, "transient"),
    ],
)
async def test_each_failure_code_has_its_meaning(code: str | None, meaning: str) -> None:
    reply = task("FAILED", failure="It did\nnot work", failureCode=code)
    async with adapter(reply) as (provider, _):
        update = await provider.poll(TICKET)
    assert isinstance(update, Failed)
    assert (update.code, update.message) == (meaning, "It did not work")


async def test_an_unknown_task_is_gone_and_another_ones_answer_changes_nothing() -> None:
    async with adapter(said({"error": "Could not find Task"}, 404)) as (provider, _):
        with pytest.raises(Gone):
            await provider.poll(TICKET)
        with pytest.raises(Gone):
            await provider.poll(Ticket(task="../organization"))
    async with adapter(said({"id": "other", "status": "FAILED"})) as (provider, _):
        with pytest.raises(VendorError, match="something else"):
            await provider.poll(TICKET)


@pytest.mark.parametrize("status", ["PENDING", "THROTTLED", "RUNNING", "PROCESSING"])
async def test_a_task_that_goes_on_is_deleted(status: str) -> None:
    async with adapter(task(status), httpx.Response(204)) as (provider, vendor):
        await provider.cancel(TICKET)
    assert [request.method for request in vendor.seen] == ["GET", "DELETE"]


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED", "CANCELLED", "DREAMING"])
async def test_a_task_that_has_ended_is_never_deleted(status: str) -> None:
    async with adapter(task(status)) as (provider, vendor):
        await provider.cancel(TICKET)
    assert [request.method for request in vendor.seen] == ["GET"]


async def test_a_task_that_is_gone_counts_as_cancelled() -> None:
    gone = said({"error": "Could not find Task"}, 404)
    async with adapter(gone) as (provider, _):
        await provider.cancel(TICKET)
    async with adapter(task("RUNNING"), gone) as (provider, _):
        await provider.cancel(TICKET)


SLOT: dict[str, JsonValue] = {
    "uploadUrl": "https://bucket.example.com/",
    "fields": {"key": "k", "policy": "p"},
    "runwayUri": "runway://abc",
}


def media(folder: Path, kind: str = "image/png") -> Media:
    path = folder / "noise.png"
    Image.effect_noise((64, 64), 60).save(path)
    shape = "video" if kind.startswith("video") else "image"
    return Media("a", path, "a" * 64, kind, shape, path.stat().st_size)


async def test_a_file_goes_to_its_signed_place_without_the_key(tmp_path: Path) -> None:
    async with adapter(said(SLOT), httpx.Response(204)) as (provider, vendor):
        assert await provider.upload(media(tmp_path)) == "runway://abc"
    asked, sent = vendor.seen
    assert json.loads(asked.content) == {"filename": f"{'a' * 16}.png", "type": "ephemeral"}
    assert sent.url.host == "bucket.example.com"
    assert not {"authorization", "x-runway-version"} & set(sent.headers)
    assert KEY.encode() not in sent.content
    names = [part.partition(b'"')[0] for part in sent.content.split(b'name="')[1:]]
    assert [name for name in names if name != b"noise.png"][:3] == [b"key", b"policy", b"file"]


@pytest.mark.parametrize(
    ("slot", "answer"),
    [
        ({}, httpx.Response(204)),
        ({"uploadUrl": "https://x.example.com"}, httpx.Response(204)),
        (SLOT, httpx.Response(500)),
        (SLOT, httpx.Response(302, headers={"location": "https://elsewhere.example.com"})),
        (SLOT, httpx.ReadError("cut")),
    ],
)
async def test_an_upload_that_failed_needs_a_new_place(
    slot: JsonValue, answer: Reply, tmp_path: Path
) -> None:
    async with adapter(said(slot), answer) as (provider, vendor):
        with pytest.raises(VendorError) as caught:
            await provider.upload(media(tmp_path))
    assert not isinstance(caught.value, Refused | Unclear)
    assert len(vendor.seen) <= 2


@pytest.mark.parametrize("address", ["http://x.example.com", "https://xn--a/x"])
async def test_a_file_goes_to_no_unsafe_address(tmp_path: Path, address: str) -> None:
    slot = {**SLOT, "uploadUrl": address}
    async with adapter(said(slot)) as (provider, vendor):
        with pytest.raises(Refused, match="unsafe address"):
            await provider.upload(media(tmp_path))
    assert len(vendor.seen) == 1


async def test_files_that_cannot_be_taken_are_refused(tmp_path: Path) -> None:
    large = httpx.Response(400, text="<Error><Code>EntityTooLarge</Code></Error>")
    async with adapter(said(SLOT), large) as (provider, _):
        with pytest.raises(Refused, match="too large"):
            await provider.upload(media(tmp_path))
        with pytest.raises(Refused, match="type of file"):
            await provider.upload(media(tmp_path, "video/x-unknown"))
        small = media(tmp_path, "video/mp4")
        huge = Media("v", small.path, small.sha256, "video/mp4", "video", 201_000_000)
        with pytest.raises(Refused, match="200 MB"):
            await provider.upload(huge)


async def test_a_key_that_works_shows_balance_tier_and_todays_use() -> None:
    body: JsonValue = {
        "creditBalance": 5500,
        "tier": {
            "maxMonthlyCreditSpend": 10000,
            "models": {
                "gen4_image": {"maxConcurrentGenerations": 2, "maxDailyGenerations": 200},
                "kling9": {"maxConcurrentGenerations": 50, "maxDailyGenerations": 1},
            },
        },
        "usage": {"models": {"gen4_image": {"dailyGenerations": 3}}},
    }
    async with adapter(said(body)) as (provider, _):
        checked = await provider.check()
    assert checked.ok
    assert checked.balance == Cost(amount=5500, unit="credits")
    assert checked.plan == "up to 10,000 credits per month"
    assert checked.concurrency == 2
    assert checked.sentence == "The key works. Generated today: 3 of 200 with gen4_image."


@pytest.mark.parametrize("body", [None, [], {"tier": 5, "usage": {"models": []}}, {"tier": {}}])
def test_an_organization_of_any_shape_is_read(body: JsonValue) -> None:
    checked = read_organization(body, ["gen4_image"], {"a": "kling_4"})
    assert (checked.ok, checked.balance, checked.concurrency) == (True, None, None)
    assert not checked.enabled


async def test_a_key_that_does_not_work_is_told() -> None:
    async with adapter(said({"error": "bad"}, 401)) as (provider, _):
        checked = await provider.check()
    assert not checked.ok
    assert KEY not in checked.sentence


def test_refusals_without_words_are_left_to_the_wire() -> None:
    bodies: list[JsonValue] = [None, [], {}, {"error": 5}, {"issues": "x"}]
    for body in bodies:
        assert answers.read_refusal(Answer(status=400, body=body, text="")) is None
