"""The Runware adapter: errors inside any status have their meaning, and every answer has a reading."""

import base64
import io
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pydantic import JsonValue, SecretStr

from providers.errors import Busy, Gone, Refused, Unclear, VendorError
from providers.vendors.runware import VENDOR
from providers.vendors.runware.answers import read_fault, read_results, read_told
from providers.vendors.runware.api import PATIENCE, Runware
from providers.vendors.runware.bodies import create_task, task_uuid
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Failed, Media, Queued, Running, Succeeded, Ticket
from tests.support.meeting import picture, request_of
from tests.support.scripted import KEY, Reply, Sleeps, Vendor

pytestmark = pytest.mark.anyio

TOKEN = "0123456789abcdef" * 2
TASK = task_uuid(TOKEN)
NANO = request_of(VENDOR, "runware:image/google:4@1", {"prompt": "A teapot", "count": 3})
EDIT = request_of(VENDOR, "runware:image/google:4@1", {"prompt": "A teapot", "references": ["a"]})
TICKET = Ticket(task=TASK, note={"kind": "image", "count": 3})


@asynccontextmanager
async def adapter(*replies: Reply) -> AsyncGenerator[tuple[Runware, Vendor], None]:
    vendor = Vendor(list(replies))
    wire = Wire(
        label="Runware",
        base_url="https://api.runware.ai/v1",
        key=SecretStr(KEY),
        transport=httpx.MockTransport(vendor),
        sleep=Sleeps(),
    )
    yield Runware(wire), vendor
    await wire.aclose()


def said(body: JsonValue, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def fault(code: str, message: str = "No.", *, task: str = TASK) -> JsonValue:
    return {"errors": [{"code": code, "message": message, "taskUUID": task}]}


async def refused(reply: httpx.Response, *, edit: bool = False) -> VendorError:
    async with adapter(reply) as (provider, vendor):
        with pytest.raises(VendorError) as caught:
            await provider.submit(EDIT if edit else NANO, {"a": "id"} if edit else {}, TOKEN)
    assert len(vendor.seen) == 1
    return caught.value


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("invalidApiKey", "key"), ("unauthorized", "key"), ("insufficientCredits", "credits"),
        ("invalidProviderContent", "moderated"), ("nsfwContentDetected", "moderated"),
        ("modelDisabled", "vendor"), ("downloadFailed", "invalid"), ("unknownParameter", "invalid"),
        ("unsupportedDimensions", "invalid"), ("missingPositivePrompt", "invalid"),
        ("inferenceError", "vendor"), ("insufficientBalance", "credits"),
        ("balanceTooLow", "credits"), ("environmentPaused", "credits"),
        ("accountSuspended", "key"), ("missingApiKey", "key"), ("invalidCredentials", "key"),
    ],
)  # fmt: skip
async def test_an_error_means_what_its_code_says_whatever_its_status(
    code: str, meaning: str, status: int
) -> None:
    error = await refused(said(fault(code), status))
    assert isinstance(error, Refused)
    assert error.code == meaning
    assert str(error).endswith(".")
    assert error.vendor_text == "No."


async def test_a_task_that_is_there_already_is_known_from_a_list_of_parameters() -> None:
    tellings: list[JsonValue] = ["taskUUID", ["taskUUID"], ["model", "taskUUID"]]
    for told in tellings:
        error: dict[str, JsonValue] = {"code": "conflictParameter", "parameter": told}
        assert read_fault(error).sort == "twice"


async def test_a_load_balancer_is_no_balance() -> None:
    assert isinstance(await refused(said(fault("loadBalancerTimeout"), 503)), Unclear)


async def test_words_about_safety_are_moderation_behind_a_general_code() -> None:
    error = await refused(said(fault("inferenceError", "Blocked by content policy"), 400))
    assert isinstance(error, Refused)
    assert error.code == "moderated"


@pytest.mark.parametrize(
    ("status", "meaning"), [(401, "key"), (402, "credits"), (403, "key"), (413, "too_large"), (418, "invalid")]
)  # fmt: skip
async def test_an_unknown_code_is_read_by_its_status(status: int, meaning: str) -> None:
    error = await refused(said(fault("somethingNew"), status))
    assert isinstance(error, Refused)
    assert error.code == meaning


@pytest.mark.parametrize(
    "reply",
    [
        said(fault("rateLimitExceeded"), 429), said(fault("providerRateLimitExceeded")),
        said(fault("noAvailableServer"), 503), said({"errors": [{"message": "full"}]}, 429),
        httpx.Response(429),
    ],
)  # fmt: skip
async def test_a_full_queue_is_busy(reply: httpx.Response) -> None:
    assert isinstance(await refused(reply), Busy)


UNCLEAR: list[httpx.Response] = [
    said({}), said({"data": []}), said({"data": [{"taskUUID": "another"}]}), said([]),
    said(fault("timeoutProvider")), said(fault("internalServerError"), 500),
    said(fault("somethingNew"), 500), said(fault("somethingNew")), httpx.Response(502, text="<html>"),
    said(fault("inferenceError", task="another")), said({"errors": "busy"}),
    *(said(fault("somethingNew"), status) for status in (408, 409, 423, 424, 425, 499)),
    said(fault("somethingNew", "The safety service did not answer."), 504),
    said({"error": "moderation: upstream timed out"}, 502),
    said({"error": "request timeout"}, 408), said(fault("invalidValue"), 409),
]  # fmt: skip


@pytest.mark.parametrize(
    "reply", UNCLEAR, ids=lambda reply: f"{reply.status_code} {reply.text[:50]}"
)
async def test_whatever_leaves_it_open_whether_the_task_exists_is_unclear(
    reply: httpx.Response,
) -> None:
    assert isinstance(await refused(reply), Unclear)


@pytest.mark.parametrize("status", [200, 400, 404])
async def test_a_picture_that_is_gone_is_handed_over_again(status: int) -> None:
    assert isinstance(await refused(said(fault("imageNotFound"), status), edit=True), Gone)
    error = await refused(said(fault("imageNotFound"), status))
    assert isinstance(error, Refused)


@pytest.mark.parametrize("status", [200, 400, 409])
@pytest.mark.parametrize("code", ["conflictTaskUUID", "duplicateTaskUUID", "duplicateValue"])
async def test_an_id_that_is_taken_was_taken_by_us(code: str, status: int) -> None:
    answer: JsonValue = {
        "errors": [{"code": code, "message": "Used", "parameter": "taskUUID", "taskUUID": TASK}]
    }
    async with adapter(said(answer, status)) as (provider, _):
        assert (await provider.submit(NANO, {}, TOKEN)).task == TASK


def test_the_id_of_a_task_is_a_version_4_made_of_the_token_alone() -> None:
    for token in (TOKEN, "5f0c9a52-token", "", "f" * 32):
        made = task_uuid(token)
        assert made == task_uuid(token)
        assert (made[14], made[19] in "89ab") == ("4", True)
    assert len({task_uuid(token) for token in (TOKEN, "a", "b")}) == 3


async def test_an_option_without_a_field_is_not_dropped_in_silence() -> None:
    request = NANO.model_copy(update={"options": {"mood": "calm"}})
    with pytest.raises(Refused, match="mood"):
        create_task(request, {}, TOKEN)


def made(number: int) -> dict[str, JsonValue]:
    url = f"https://im.runware.ai/{number}.jpg"
    return {"taskUUID": TASK, "imageUUID": str(number), "imageURL": url}


async def test_too_few_results_are_waited_for_and_then_kept() -> None:
    async with adapter(said({"data": [made(0), made(1)]})) as (provider, _):
        for _ in range(PATIENCE):
            assert isinstance(await provider.poll(TICKET), Running)
        update = await provider.poll(TICKET)
    assert isinstance(update, Succeeded)
    assert (len(update.outputs), update.missing, update.why) == (2, 1, "")


async def test_a_task_that_failed_whole_tells_so_once_it_is_certain() -> None:
    async with adapter(said(fault("inferenceError"))) as (provider, _):
        updates = [await provider.poll(TICKET) for _ in range(PATIENCE + 1)]
    assert updates[0] == Queued()
    assert updates[-1] == Failed(code="transient", message="No.")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (said(fault("taskFailedOrNotFound")), Gone),
        (said(fault("taskNotFound"), 404), Gone),
        (said({"errors": [{"code": "somethingNew", "message": "x"}]}), VendorError),
        (said(fault("rateLimitExceeded"), 429), Busy),
        (said(fault("invalidApiKey"), 401), Refused),
        (httpx.Response(500), VendorError),
    ],
)
async def test_a_poll_that_fails_says_nothing_about_the_task(
    reply: httpx.Response, error: type[VendorError]
) -> None:
    async with adapter(reply) as (provider, _):
        with pytest.raises(error):
            await provider.poll(TICKET)


def details(**sent: JsonValue) -> httpx.Response:
    """What the archive tells of a task."""
    order: JsonValue = {"taskType": "imageInference", "taskUUID": TASK, **sent}
    return said({"data": [{"taskType": "getTaskDetails", "taskUUID": TASK, "request": [order]}]})


async def test_a_task_that_was_taken_in_is_waited_for_as_long_as_its_order_asks() -> None:
    taken_in = Ticket(task=TASK, note={"adopted": True})
    one, all_three = said({"data": [made(0)]}), said({"data": [made(0), made(1), made(2)]})
    async with adapter(one, details(numberResults=3), one, all_three) as (provider, vendor):
        assert await provider.poll(taken_in) == Running(progress=1 / 3, detail="1 of 3 ready")
        assert isinstance(await provider.poll(taken_in), Running)
        update = await provider.poll(taken_in)
    assert isinstance(update, Succeeded)
    assert (len(update.outputs), update.missing) == (3, 0)
    asked = [json.loads(request.content)[0]["taskType"] for request in vendor.seen]
    assert asked == ["getResponse", "getTaskDetails", "getResponse", "getResponse"]


async def test_a_task_whose_order_nobody_has_is_one_result() -> None:
    taken_in = Ticket(task=TASK, note={"adopted": True})
    for unknown in (said(fault("taskNotFound"), 404), said({"data": []})):
        async with adapter(said({"data": [made(0)]}), unknown) as (provider, _):
            assert isinstance(await provider.poll(taken_in), Succeeded)
    async with adapter(said({"data": [made(0)]}), httpx.Response(500)) as (provider, _):
        with pytest.raises(VendorError):
            await provider.poll(taken_in)


@pytest.mark.parametrize(
    ("order", "kind", "model"),
    [
        ({"model": "google:4@1"}, "image", "runware:image/google:4@1"),
        ({"model": "google:4@1", "taskType": "videoInference"}, "video", ""),
        ({"model": "bfl:5@1"}, "image", ""),
        ({"model": "google:3@2", "taskType": "videoInference"}, "video", "runware:video/google:3@2"),
        ({"taskType": "imageUpload"}, None, ""),
    ],
)  # fmt: skip
async def test_the_archive_tells_what_a_task_was_made_from(
    order: dict[str, JsonValue], kind: str | None, model: str
) -> None:
    async with adapter(details(positivePrompt="A teapot", **order)) as (provider, _):
        known = await provider.known(TASK)
    assert known is not None
    assert (known.kind, known.model, known.prompt) == (kind, model, "A teapot")
    assert (known.task, known.short) == (TASK, TASK[:8])
    async with adapter(said({"data": []})) as (provider, _):
        assert await provider.known(TASK) is None


@pytest.mark.parametrize("task", ["", "nonsense", TASK[:-1], f"{TASK}0", f"x{TASK}", "../v1"])
async def test_what_is_no_task_id_is_not_asked_for(task: str) -> None:
    async with adapter(said({})) as (provider, vendor):
        with pytest.raises(Gone, match="Copy the whole ID"):
            await provider.poll(Ticket(task=task))
        assert await provider.known(task) is None
    assert not vendor.seen


async def test_an_id_in_capitals_is_the_same_task() -> None:
    async with adapter(said({"data": [made(0)]})) as (provider, _):
        shouted = TICKET.model_copy(update={"task": TASK.upper(), "note": {"count": 1}})
        assert isinstance(await provider.poll(shouted), Succeeded)


async def test_a_picture_is_handed_over_upright_and_no_larger_than_is_kept(tmp_path: Path) -> None:
    cases = [("a.png", (64, 36), "RGB", (64, 36)), ("b.png", (3000, 1500), "RGBA", (2048, 1024)),
             ("c.webp", (2500, 100), "RGB", (2048, 82))]  # fmt: skip
    for name, size, mode, sent in cases:
        reply = said({"data": {"taskType": "imageUpload", "imageUUID": "there"}})
        async with adapter(reply) as (provider, vendor):
            assert await provider.upload(picture(tmp_path / name, size, mode)) == "there"
        (task,) = json.loads(vendor.seen[0].content)
        assert task["taskType"] == "imageUpload"
        content = base64.b64decode(task["image"].partition(";base64,")[2])
        with Image.open(io.BytesIO(content)) as opened:
            assert opened.size == sent
            assert task["image"].startswith(f"data:image/{(opened.format or '').lower()};")


async def test_an_upload_without_an_id_or_of_a_film_is_an_error(tmp_path: Path) -> None:
    media = picture(tmp_path / "a.png")
    answers: list[JsonValue] = [{}, {"data": []}, {"data": [{"imageUUID": 7}]}]
    for answer in (*answers, fault("internalServerError")):
        async with adapter(said(answer)) as (provider, _):
            with pytest.raises(VendorError, match="tries again"):
                await provider.upload(media)
    async with adapter(said(fault("insufficientCredits"))) as (provider, _):
        with pytest.raises(Refused):
            await provider.upload(media)
    film = Media("v", media.path, media.sha256, "video/mp4", "video", 1)
    async with adapter(said({})) as (provider, vendor):
        with pytest.raises(Refused):
            await provider.upload(film)
    assert not vendor.seen


@pytest.mark.parametrize(
    ("item", "balance"),
    [
        ({}, None), ({"balance": "12"}, None), ({"balance": 12.5}, 12.5), ({"balance": {"amount": 3}}, 3),
        ({"team": {"balance": 7}}, 7),
    ],
)  # fmt: skip
async def test_a_balance_is_told_where_it_can_be_read(
    item: dict[str, JsonValue], balance: float | None
) -> None:
    async with adapter(said({"data": [item]})) as (provider, _):
        checked = await provider.check()
    assert checked.ok
    assert (checked.balance.amount if checked.balance else None) == balance


async def test_a_check_that_fails_is_no_bad_key() -> None:
    async with adapter(said(fault("internalServerError"))) as (provider, _):
        with pytest.raises(VendorError):
            await provider.check()
    async with adapter(said(fault("invalidApiKey"))) as (provider, _):
        assert not (await provider.check()).ok


async def test_cancelling_asks_nobody() -> None:
    async with adapter(said({})) as (provider, vendor):
        await provider.cancel(TICKET)
    assert not vendor.seen


words = st.sampled_from(
    ["data", "errors", "error", "status", "taskUUID", "imageURL", "seed", "cost"]
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["error", "success", TASK, "https://x.y/z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=5),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(body=anything)
def test_no_answer_whatever_makes_the_reading_fall_over(body: JsonValue) -> None:
    told = read_told(body)
    read_results(told.of(TASK))
