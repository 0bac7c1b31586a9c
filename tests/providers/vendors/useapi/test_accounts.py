"""Several Runway accounts behind one useapi.net key: which one takes the files of a request."""

from collections.abc import Sequence

import httpx
import pytest
from pydantic import JsonValue

from providers.errors import Gone
from tests.support.useapi_adapter import VIDEO, adapter, said

pytestmark = pytest.mark.anyio

ONE, TWO, BROKEN = "acct-one@example.com", "second-asset:two@example.org", "broken@example.com"
TOLD: JsonValue = {
    ONE: {"email": ONE, "maxJobs": 3},
    TWO: {"email": TWO, "maxJobs": 2},
    BROKEN: {"email": BROKEN, "maxJobs": 10, "error": "Login failed"},
}


def asset(email: str, number: int = 1) -> str:
    return f"user:12345-runwayml:{email}-asset:0a1b2c3d-0000-4000-8000-00000000000{number}"


def tracked(*emails: str) -> list[JsonValue]:
    return [{"taskId": asset(email).replace("-asset:0a", "-task:0a")} for email in emails]


async def chosen(told: JsonValue, *scheduled: JsonValue | httpx.Response) -> Sequence[str]:
    """The accounts that are chosen one after the other, the scheduler telling this."""
    replies = [said(told)]
    for listed in scheduled:
        answer = listed if isinstance(listed, httpx.Response) else said(listed)
        replies += [said(told), answer]
    async with adapter(*replies) as (provider, _):
        return [await provider.choose_account() for _ in scheduled]


@pytest.mark.parametrize(
    ("busy", "account"),
    [
        ((), ONE),
        ((ONE,), ONE),
        ((ONE, ONE), TWO),
        ((ONE, ONE, TWO, TWO), ONE),
        ((ONE, ONE, ONE), TWO),
        ((BROKEN, TWO), ONE),
    ],
)
async def test_files_go_to_the_account_with_the_most_room(
    busy: tuple[str, ...], account: str
) -> None:
    assert await chosen(TOLD, tracked(*busy)) == [account]


async def test_accounts_with_as_much_room_take_turns() -> None:
    assert await chosen(TOLD, *[tracked(ONE)] * 3) == [ONE, TWO, ONE]


async def test_an_account_is_chosen_also_where_the_scheduler_does_not_answer() -> None:
    assert await chosen(TOLD, said({"error": "Internal"}, 500)) == [ONE]


async def test_the_only_account_is_chosen_without_a_question() -> None:
    async with adapter(said({TWO: {"email": TWO}})) as (provider, vendor):
        assert [await provider.choose_account() for _ in range(2)] == [TWO, TWO]
    assert len(vendor.seen) == 1


async def test_files_of_two_accounts_are_not_sent_together() -> None:
    request = VIDEO.model_copy(update={"end_frame": "b"})
    async with adapter(said({}, 500)) as (provider, vendor):
        with pytest.raises(Gone, match="uploaded again") as caught:
            await provider.submit(request, {"a": asset(ONE), "b": asset(TWO)}, "token")
    assert not vendor.seen
    assert "@" not in str(caught.value)
