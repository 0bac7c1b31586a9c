"""useapi.net's tasks: whatever an answer holds is some state, and no answer breaks a reader."""

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from providers.errors import Gone, Refused, VendorError
from providers.vendors.useapi import answers
from providers.vendors.useapi.account import read_accounts, read_balance, read_subscription
from providers.vendors.useapi.search import alike, marked
from providers.vendors.vendor import Failed, Queued, Running, Sent, Succeeded, Ticket
from tests.support.useapi_adapter import IMAGE, OTHER, TASK, TICKET, adapter, said

pytestmark = pytest.mark.anyio

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
    ),
    max_leaves=6,
)


TOLD = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["PENDING", "running", "SUCCEEDED", "Failed", "CANCELED", "NEW"]) | JSON,
        "progressRatio": st.floats() | st.text() | JSON,
        "progressText": JSON,
        "estimatedTimeToStartSeconds": st.floats() | JSON,
        "artifacts": st.lists(st.fixed_dictionaries({"url": st.text() | JSON, "metadata": JSON})) | JSON,
        "error": st.fixed_dictionaries({"reason": JSON, "errorMessage": JSON}) | JSON,
        "options": st.fixed_dictionaries({"seed": JSON}) | JSON,
    },
)  # fmt: skip


@given(task=TOLD, note=st.sampled_from([{}, {"kind": "video"}, {"kind": 3}]))
@settings(max_examples=100)
def test_any_task_is_some_state_within_its_limits(
    task: dict[str, JsonValue], note: dict[str, JsonValue]
) -> None:
    match answers.read_task(task, note):
        case Running(progress=progress):
            assert progress is None or 0 <= progress <= 1
        case Queued(starts_in=wait):
            assert wait is None or 0 <= wait < float("inf")
        case Succeeded(outputs=outputs):
            assert len(outputs) <= 64
            assert all(output.url.startswith("http") for output in outputs)
        case Failed(message=message):
            assert len(message) <= 300
        case _:
            pass


@given(body=JSON)
@settings(max_examples=60)
def test_no_body_breaks_a_reader(body: JsonValue) -> None:
    read_accounts(body)
    read_balance(body)
    read_subscription(body)
    answers.task_id(body)
    answers.read_failure(body)
    answers.same_task(TASK, body)
    sent, listed = Sent(IMAGE, "token", 0, 9e9), answers.objects(body, "tasks")
    alike(listed, sent, [sent], 0.0)
    marked(listed, sent)
    for status in (400, 402, 404, 429, 500):
        answers.read_refusal(answers.Answer(status, body, ""))


@given(st.text())
@settings(max_examples=60)
def test_any_link_tells_its_end_or_nothing(text: str) -> None:
    for url in (text, f"https://x.example/?_jwt={text}", f"https://x.example/?_jwt=a.{text}.b"):
        expires = answers.read_expiry(url)
        assert expires is None or expires > 0


@pytest.mark.parametrize(
    ("told", "progress"),
    [
        ("0.5", 0.5), (0.5, 0.5), ("1", 1.0), (1, 1.0), (50, 1.0), ("50%", 0.5), ("-1", 0.0), (1.7, 1.0),
        (None, None), ("NaN", None), (float("nan"), None), (float("inf"), None), ("soon", None),
        (True, None), ([], None), (10**400, None), ("", None),
    ],
)  # fmt: skip
def test_progress_is_read_from_whatever_holds_it(told: JsonValue, progress: float | None) -> None:
    assert answers.read_progress(told) == progress


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (None, "vendor"),
        ("", "vendor"),
        ("Something broke", "vendor"),
        ("SAFETY.INPUT.TEXT", "moderated"),
        ({"reason": "SAFETY.OUTPUT.VIDEO"}, "moderated"),
        ({"reason": "safety.input.image"}, "moderated"),
        ({"reason": "INPUT_PREPROCESSING.SAFETY.TEXT"}, "moderated"),
        ({"reason": "INTERNAL", "moderation_category": "X"}, "moderated"),
        ({"reason": "INTERNAL.BAD_OUTPUT.CODE01"}, "quality"),
        ({"reason": "INTERNAL"}, "transient"),
        ({"reason": "INTERNAL.OTHER"}, "transient"),
        ({"reason": "THIRD_PARTY.UNAVAILABLE"}, "transient"),
        ({"reason": "INPUT_PREPROCESSING.INTERNAL"}, "transient"),
        ({"reason": "ASSET.INVALID"}, "input"),
        ({"reason": "ASSETS"}, "vendor"),
        ({"message": "You do not have enough credits"}, "credits"),
        ({"reason": 7}, "vendor"),
        ([], "vendor"),
    ],
)
def test_a_failed_task_is_sorted_by_its_reason(error: JsonValue, code: str) -> None:
    assert answers.read_failure(error).code == code


@pytest.mark.parametrize(
    ("word", "shown"),
    [("Queueing", "QUEUEING"), ("", ""), (None, ""), (5, ""), ("x" * 99, "X" * 59 + "…")],
)
def test_an_unknown_status_ends_nothing_and_is_shown(word: JsonValue, shown: str) -> None:
    assert answers.read_task({"status": word}, {}) == Queued(word=shown)
    going = answers.read_task({"status": word, "progressRatio": 0.3}, {})
    assert going == Running(progress=0.3, word=shown)


def test_links_are_kept_once() -> None:
    artifacts: list[JsonValue] = [{"url": f"https://x.example/{n}"} for n in range(100)]
    strange: list[JsonValue] = [
        None,
        [],
        {"url": None},
        {"url": "ftp://x"},
        {"url": "https://x.example/0"},
    ]
    outputs = answers.read_outputs([*strange, *artifacts], {})
    assert len(outputs) == 100
    assert outputs[0].kind == "image"
    assert answers.read_outputs([{"url": "https://x.example/a.MP4?x=1"}], {})[0].kind == "video"
    timed: JsonValue = [{"url": "https://x.example/a", "metadata": {"duration": 5}}]
    assert answers.read_outputs(timed, {})[0].kind == "video"


async def test_an_answer_about_another_task_changes_nothing() -> None:
    replies = [said({"taskId": OTHER, "status": "SUCCEEDED"}), said([]), said({})]
    for reply in replies:
        async with adapter(reply) as (provider, _):
            with pytest.raises(VendorError):
                await provider.poll(TICKET)


@pytest.mark.parametrize(
    ("status", "error"), [(404, Gone), (410, Gone), (401, Refused), (502, VendorError)]
)
async def test_a_poll_that_fails_says_how(status: int, error: type[VendorError]) -> None:
    async with adapter(said({"error": "x", "code": status}, status)) as (provider, _):
        with pytest.raises(error):
            await provider.poll(TICKET)


@pytest.mark.parametrize(
    "task", ["", "..", "../accounts", "a/b", "a?b", "a#b", "a%2fb", "x" * 600, "ü"]
)
async def test_an_adopted_id_that_is_none_is_never_put_into_a_path(task: str) -> None:
    async with adapter(said({})) as (provider, vendor):
        for call in (provider.poll, provider.cancel):
            with pytest.raises(Gone, match="Copy the whole ID"):
                await call(Ticket(task=task))
    assert not vendor.seen


def test_a_short_id_never_holds_the_address() -> None:
    assert answers.short_id(TASK) == "0a1b2c3d"
    assert answers.short_id("user:1-runwayml:a@b.c") == ""
    assert answers.short_id("") == ""


async def test_cancelling_with_a_wrong_key_is_told() -> None:
    async with adapter(said({"error": "Unauthorized", "code": 401}, 401)) as (provider, vendor):
        with pytest.raises(Refused):
            await provider.cancel(TICKET)
    assert len(vendor.seen) == 1


async def test_cancelling_goes_on_where_the_vendor_only_says_that_it_failed() -> None:
    async with adapter(said({"success": False, "error": "x"}), httpx.Response(204)) as (
        provider,
        vendor,
    ):
        await provider.cancel(TICKET)
    assert [str(request.url.path).split("/")[3] for request in vendor.seen] == [
        "tasks",
        "scheduler",
    ]
