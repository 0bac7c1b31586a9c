"""The key or the address changes while a paid task runs: no call goes to the wrong account, no job is stuck."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from providers.errors import InvalidRequest
from providers.jobs.job import Job
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.support.fake_vendor import until
from tests.support.two_accounts import FIRST, SECOND, Accounts, press, two_accounts

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    """Served until the last test of this file."""
    with two_accounts(tmp_path_factory.mktemp("accounts")) as made:
        yield made


@pytest.fixture
def accounts(served: Accounts) -> Accounts:
    """The same, with nothing asked and all in order."""
    served.asked.clear()
    served.away, served.lost = set(), False
    return served


async def when(studio: Studio, job: Job, holds: Callable[[Job], bool]) -> Job:
    """Wait until this is true of the job."""
    with studio.live.watch(job.owner) as queue:
        job = studio.live.get(job.id, job.owner)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(60):
                while not holds(job):
                    changed = await queue.get()
                    job = changed if changed.id == job.id else job
    assert holds(job), f"{job.state}: {job.detail} {job.error}"
    return job


async def under_way(
    accounts: Accounts,
    folder: Path,
    vendor: Vendor,
    prompt: str = "A lighthouse",
    away: str = "look",
) -> Job:
    """A paid job that was sent with the first key, and that is not over when the studio ends."""
    accounts.away = {away}
    studio = accounts.studio(folder, vendor, FIRST)
    async with studio.running():
        state = "queued" if away == "look" else "saving"
        job = await until(studio, press(studio, vendor, prompt), state)
    accounts.away = set()
    assert job.ticket is not None
    return job


async def unanswered(accounts: Accounts, folder: Path, vendor: Vendor) -> Job:
    """The same, with the answer to its create call lost."""
    accounts.lost = True
    studio = accounts.studio(folder, vendor, FIRST)
    async with studio.running():
        job = press(studio, vendor, "A lost lighthouse")
        await when(studio, job, lambda one: one.submitted is not None)
    accounts.lost = False
    return job


def task_of(job: Job) -> str:
    """The task's id as it stands in calls."""
    assert job.ticket is not None
    return job.ticket.task


@pytest.mark.fault("F96")
async def test_a_paid_task_is_followed_with_the_key_that_it_was_sent_with_alone(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    job = await under_way(accounts, tmp_path, vendor)
    other = accounts.studio(tmp_path, vendor, SECOND)
    async with other.running():
        await until(other, press(other, vendor, "A pier"), "done")
        parked = other.live.get(job.id, "local")
        assert (parked.state, parked.ticket, parked.parked) == (
            "queued", job.ticket, "other_account",
        )  # fmt: skip
        assert "another key" in parked.detail
    assert accounts.told(SECOND, task_of(job)) == []
    first = accounts.studio(tmp_path, vendor, FIRST)
    async with first.running():
        done = await until(first, job, "done")
        assert (done.parked, len(done.artifacts) > 0) == (None, True)


@pytest.mark.fault("F96")
async def test_a_cancellation_waits_for_the_account_that_has_the_task(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    job = await under_way(accounts, tmp_path, vendor)
    other = accounts.studio(tmp_path, vendor, SECOND)
    async with other.running():
        parked = await other.decisions.cancel(job.id, "local")
        assert (parked.state, parked.cancel_wanted) == ("queued", True)
        assert "the job is cancelled there" in parked.detail
    assert accounts.told(SECOND, task_of(job)) == []
    first = accounts.studio(tmp_path, vendor, FIRST)
    async with first.running():
        # Its task has ended meanwhile: what is paid for is kept.
        await until(first, job, "done", "cancelled")


@pytest.mark.fault("F96")
async def test_a_renewed_key_is_asked_about_and_one_answer_goes_for_all(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    """The same account at another address: nobody can tell it from another one but the person."""
    one = await under_way(accounts, tmp_path, vendor)
    two = await under_way(accounts, tmp_path, vendor, "A pier")
    address = f"http://localhost:{accounts.port}/{vendor.name}{accounts.path(vendor)}"
    accounts.asked.clear()
    for turn in range(2):
        moved = accounts.studio(tmp_path, vendor, FIRST, address=address)
        async with moved.running():
            if turn == 0:
                assert moved.live.get(two.id, "local").parked == "other_account"
                assert accounts.told(FIRST, task_of(two)) == []
                answered = await moved.decisions.go_on(one.id, "local")
                assert answered.parked is None
            assert (await until(moved, one, "done")).account == one.account
            await until(moved, two, "done")
    assert sorted(accounts.bought()) == sorted({*accounts.bought()})


@pytest.mark.fault("F96")
async def test_a_lost_answer_is_looked_for_in_its_own_account_alone(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    job = await unanswered(accounts, tmp_path, vendor)
    bought = len(accounts.bought())
    other = accounts.studio(tmp_path, vendor, SECOND)
    async with other.running():
        await until(other, press(other, vendor, "A quay"), "done")
        parked = other.live.get(job.id, "local")
        assert (parked.state, parked.parked) == ("submitting", "other_account")
    first = accounts.studio(tmp_path, vendor, FIRST)
    async with first.running():
        found = await until(first, job, "done", "unsure")
        assert found.state == ("done" if vendor.find_looks else "unsure")
    assert len(accounts.bought()) == bought + 1


@pytest.mark.fault("F96")
async def test_an_unsure_job_is_neither_looked_for_nor_adopted_in_another_account(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    accounts.lost, accounts.away = True, {"look"}
    first = accounts.studio(tmp_path, vendor, FIRST)
    async with first.running():
        job = await until(first, press(first, vendor), "unsure")
    accounts.lost, accounts.away = False, set()
    other = accounts.studio(tmp_path, vendor, SECOND)
    async with other.running():
        strange = await until(other, press(other, vendor, "A pier"), "done")
        await other.decisions.delete(strange.id, "local")
        with pytest.raises(InvalidRequest, match="another key"):
            other.decisions.adopt(job.id, "local", "0a1b2c3d-0000-4000-8000-000000000001")
        assert other.live.get(job.id, "local").state == "unsure"
        await other.decisions.look_again(job.id, "local")
        parked = await when(other, job, lambda one: one.parked is not None)
        assert (parked.state, parked.ticket) == ("submitting", None)


@pytest.mark.fault("F96")
async def test_a_task_that_is_taken_in_belongs_to_the_account_that_showed_it(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    job = await under_way(accounts, tmp_path / "made", vendor)
    accounts.away = {"file"}
    first = accounts.studio(tmp_path / "taken", vendor, FIRST)
    async with first.running():
        taken = await first.adoption.take_in(vendor.name, task_of(job), "local", "image")
        await until(first, taken, "saving")
    accounts.away = {"look", "file"}
    other = accounts.studio(tmp_path / "taken", vendor, SECOND)
    async with other.running():
        assert other.live.get(taken.id, "local").account == taken.account != ""
    assert accounts.told(SECOND, task_of(job)) == []


@pytest.mark.fault("F102")
async def test_a_paid_job_whose_key_is_gone_for_good_can_be_given_up_and_deleted(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    job = await under_way(accounts, tmp_path, vendor)
    without = accounts.studio(tmp_path, vendor)
    async with without.running():
        parked = await without.decisions.cancel(job.id, "local")
        assert (parked.state, parked.parked) == ("queued", "no_key")
        given_up = without.decisions.discard(job.id, "local")
        assert (given_up.state, given_up.parked, given_up.ticket) == (
            "discarded", None, job.ticket,
        )  # fmt: skip
        assert without.live.open_count == 0
    first = accounts.studio(tmp_path, vendor, FIRST)
    async with first.running():
        spent = first.spending.today("local")
        with pytest.raises(InvalidRequest, match="already has this task"):
            await first.adoption.take_in(vendor.name, task_of(job), "local", "image")
        await first.decisions.delete(job.id, "local")
        assert first.live.recent("local") == []
        with pytest.raises(InvalidRequest, match="was deleted here"):
            await first.adoption.take_in(vendor.name, task_of(job), "local", "image")
        assert first.spending.today("local") == spent


@pytest.mark.fault("F102")
async def test_a_job_of_another_account_can_be_given_up_in_every_open_state(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    jobs = {
        "queued": await under_way(accounts, tmp_path / "queued", vendor),
        "saving": await under_way(accounts, tmp_path / "saving", vendor, away="file"),
        "submitting": await unanswered(accounts, tmp_path / "submitting", vendor),
    }
    accounts.away = {"file"}
    for state, job in jobs.items():
        other = accounts.studio(tmp_path / state, vendor, SECOND)
        async with other.running():
            parked = await when(other, job, lambda one: one.parked is not None)
            assert parked.state == state
            assert other.decisions.discard(job.id, "local").state == "discarded"
            await other.decisions.delete(job.id, "local")
            assert other.live.recent("local") == []


@pytest.mark.fault("F102")
async def test_an_unsent_job_without_a_key_is_let_go_at_no_cost(
    tmp_path: Path, vendor: Vendor, accounts: Accounts
) -> None:
    accounts.away = {"create"}
    studio = accounts.studio(tmp_path, vendor, FIRST, address="http://127.0.0.1:9/v1")
    async with studio.running():
        job = await when(studio, press(studio, vendor), lambda one: "Trying again" in one.detail)
    without = accounts.studio(tmp_path, vendor, FIRST, sandbox=True)
    async with without.running():
        parked = without.live.get(job.id, "local")
        assert (parked.state, parked.parked, parked.account) == ("waiting", "sandbox_only", "")
        ended = without.decisions.discard(job.id, "local")
        assert (ended.state, ended.error and ended.error.charged) == ("cancelled", "no")


@pytest.mark.fault("F96")
@pytest.mark.parametrize("cancels", [False, True])
async def test_who_takes_another_account_for_the_same_loses_nothing_and_is_told_nothing_untrue(
    tmp_path: Path, vendor: Vendor, accounts: Accounts, cancels: bool
) -> None:
    clock = accounts.engines[FIRST].clock
    clock.scale = 1000.0
    studio = accounts.studio(tmp_path, vendor, FIRST)
    async with studio.running():
        job = press(studio, vendor, "A lighthouse")
        job = await when(studio, job, lambda now: now.ticket is not None and now.ticket.seen)
    clock.scale = 0.0
    other = accounts.studio(tmp_path, vendor, SECOND)
    async with other.running():
        if cancels:
            await other.decisions.cancel(job.id, "local")
        await other.decisions.go_on(job.id, "local")
        unsure = await until(other, job, "unsure")
        assert unsure.error is not None
        assert (unsure.error.charged == "no", unsure.cancel_wanted) == (False, False)
        assert "generate" not in unsure.error.advice
    first = accounts.studio(tmp_path, vendor, FIRST)
    async with first.running():
        await first.decisions.look_again(job.id, "local")
        await until(first, job, "done")
    assert sorted(accounts.bought()) == sorted({*accounts.bought()})
