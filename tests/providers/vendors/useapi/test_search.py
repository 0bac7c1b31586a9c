"""A create call whose answer was lost: its task is found by what it was made from, or nobody guesses."""

import httpx
import pytest
from pydantic import JsonValue

from providers.catalogue.requests import Request, read_request
from providers.vendors.useapi.search import alike, marked
from providers.vendors.vendor import Sent
from tests.support.useapi_adapter import ACCOUNTS, IMAGE, OTHER, TASK, VIDEO, adapter, said

pytestmark = pytest.mark.anyio

SINCE = 1_771_372_707.0
MADE = "2026-02-17T23:58:30.296Z"
MULTISHOT = read_request(
    {
        "kind": "multishot",
        "model": "useapi:multishot/kling-3.0-pro",
        "shots": [{"prompt": "Wide", "seconds": 3}, {"prompt": "Close", "seconds": 3}],
    }
)


def listed(task: str = TASK, **more: JsonValue) -> dict[str, JsonValue]:
    options: JsonValue = {"text_prompt": "A teapot", "seed": 77, "num_images": 1}
    return {"taskId": task, "name": "gen4 A teapot", "createdAt": MADE, "options": options, **more}


def pick(
    tasks: list[dict[str, JsonValue]], request: Request, token: str, since: float, now: float = 0
) -> str | None:
    """The id of the one task that this request may have made, as it is seen ten minutes later."""
    sent = Sent(request, token, since, now or since + 600)
    found = marked(tasks, sent) or alike(tasks, sent, (), 0.0)
    return found[0].ticket.task if len(found) == 1 else None


@pytest.mark.parametrize(
    "task",
    [
        listed(),
        listed(createdAt="2026-02-17T23:58:30"),
        listed(createdAt="2026-02-17T23:57:00Z"),
        listed(createdAt=SINCE),
        listed(createdAt=SINCE * 1000),
        listed(options={"text_prompt": " A  teapot\n", "seed": "77"}),
        listed(options={"text_prompt": "A teapot", "seed": None}),
        listed(options={"seed": 77}),
        listed(options=None),
        listed(replyRef="token", createdAt="1970-01-01T00:00:00Z"),
    ],
)
def test_a_task_is_known_by_time_prompt_and_seed(task: dict[str, JsonValue]) -> None:
    assert pick([task], IMAGE, "token", SINCE) == TASK


@pytest.mark.parametrize(
    "task",
    [
        listed(replyRef="another"),
        listed(createdAt="2026-02-17T23:50:00Z"),
        listed(createdAt="2026-02-18T01:00:00Z"),
        listed(createdAt=None),
        listed(createdAt="yesterday"),
        listed(options={"text_prompt": "A kettle", "seed": 77}),
        listed(options={"text_prompt": "A teapot", "seed": 78}),
        listed(options={"text_prompt": "A teapot", "seconds": 5}),
        listed(options={"text_prompt": "", "seed": 77}, name=""),
        listed(name="gen4-turbo A teapot"),
        listed(name="Another", options={}),
        listed(taskId="bare/id"),
        listed(taskId=None),
    ],
)
def test_a_task_of_another_call_is_left_alone(task: dict[str, JsonValue]) -> None:
    assert pick([task], IMAGE, "token", SINCE) is None


def test_two_that_fit_are_a_question_and_our_mark_is_the_answer() -> None:
    assert pick([listed(TASK), listed(OTHER)], IMAGE, "token", SINCE) is None
    assert pick([listed(TASK), listed(TASK)], IMAGE, "token", SINCE) == TASK
    marked = listed(OTHER, replyRef="token")
    assert pick([listed(TASK), marked], IMAGE, "token", SINCE) == OTHER


@pytest.mark.parametrize(
    ("request_", "options", "name", "found"),
    [
        (VIDEO, {"seconds": 4}, "veo-3.1", True),
        (VIDEO, {"text_prompt": "", "seconds": 4}, "", True),
        (VIDEO, {"text_prompt": "Words", "seconds": 4}, "", False),
        (VIDEO, {"num_images": 1}, "", False),
        (MULTISHOT, {"multishot_prompt_1": "Wide"}, "", True),
        (MULTISHOT, {"multishot_prompt_1": "Other"}, "", False),
        (MULTISHOT, {"seconds": 6}, "kling-3.0-pro Wide", True),
        (MULTISHOT, {"seconds": 6}, "kling-3.0-standard Wide", False),
    ],
)
def test_a_task_without_a_prompt_is_known_by_what_is_left(
    request_: Request, options: JsonValue, name: str, found: bool
) -> None:
    task = listed(options=options, name=name)
    assert pick([task], request_, "token", SINCE) == (TASK if found else None)


async def test_the_search_goes_on_until_tasks_are_too_old() -> None:
    other: JsonValue = listed(OTHER, createdAt="2026-02-18T05:00:00Z", options={"seed": 78})
    newer: list[JsonValue] = [other] * 100
    older: list[JsonValue] = [listed(TASK), listed(OTHER, createdAt="2026-02-17T05:00:00Z")]
    async with adapter(said([]), said(ACCOUNTS), said(newer), said(older)) as (provider, vendor):
        found = await provider.find(IMAGE, "token", SINCE)
    assert found is not None
    assert found.task == TASK
    assert [request.url.params.get("offset") for request in vendor.seen[2:]] == ["0", "100"]


async def test_every_linked_account_is_searched() -> None:
    two: JsonValue = {"a@b.c": {"maxJobs": 1}, "d@e.f": {"maxJobs": 1, "error": "broken"}}
    async with adapter(said([]), said(two), said([]), said([listed()])) as (provider, vendor):
        assert await provider.find(IMAGE, "token", SINCE) is not None
    assert [request.url.params.get("email") for request in vendor.seen[2:]] == ["a@b.c", "d@e.f"]


STRANGE: tuple[JsonValue, ...] = (
    None, {}, [None, 3, {"replyRef": "token"}], {"scheduler": 5}, [{"taskId": []}, {"taskId": {}}],
)  # fmt: skip


@pytest.mark.parametrize("strange", STRANGE)
async def test_a_strange_list_finds_nothing(strange: JsonValue) -> None:
    async with adapter(said(strange), said(ACCOUNTS), said(strange)) as (provider, _):
        assert await provider.find(IMAGE, "token", SINCE) is None


async def test_a_scheduler_that_does_not_answer_is_an_error_and_not_a_no() -> None:
    async with adapter(httpx.Response(500)) as (provider, _):
        with pytest.raises(Exception, match="ask again"):
            await provider.find(IMAGE, "token", SINCE)
