"""A key is pasted, replaced and removed while jobs wait, are sent and run: nothing is bought twice."""

import asyncio
from pathlib import Path

import httpx
import pytest

from providers.catalogue.requests import ImageRequest
from providers.errors import InvalidRequest, Refused
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors import runway
from providers.vendors.transport.endings import not_sent
from providers.vendors.vendor import KeyCheck, Queued
from tests.support.fake_vendor import (
    MODEL,
    PACE,
    FakeVendor,
    Time,
    fake_studio,
    png,
    press,
    until,
)  # fmt: skip
from tests.support.two_accounts import FIRST, SECOND, Accounts, two_accounts
from tests.support.two_accounts import press as press_at

pytestmark = pytest.mark.anyio
ONE, OTHER = "key-number-one-ab12", "key-number-two-cd34"
RUNWAY = runway.VENDOR


def keyless(folder: Path, accounts: Accounts) -> Studio:
    """A studio without a key, whose Runway is the one with the accounts."""
    time = Time()
    address = f"http://127.0.0.1:{accounts.port}/runway{accounts.path(RUNWAY)}"
    return Studio(
        Settings(data_dir=folder, sandbox_speed=0),
        credentials=Credentials({"STUDIO_RUNWAY_BASE_URL": address}),
        sleep=time.sleep,
        clock=time.clock,
    )


async def parked(studio: Studio, job: Job, *why: str | None) -> Job:
    """Wait until the job rests for one of these reasons; None: until it does not."""
    with studio.live.watch(job.owner) as queue:
        now = studio.live.get(job.id, job.owner)
        async with asyncio.timeout(60):
            while now.parked not in why:
                changed = await queue.get()
                now = changed if changed.id == job.id else now
    return now


async def test_a_parked_job_goes_on_once_its_key_is_pasted_and_no_other(tmp_path: Path) -> None:
    with two_accounts(tmp_path / "vendors") as accounts:
        accounts.away = {"look"}
        studio = keyless(tmp_path / "data", accounts)
        async with studio.running():
            await studio.keys.put("runway", FIRST)
            job = await until(studio, press_at(studio, RUNWAY), "queued")
        accounts.away = set()
        # The file was taken away meanwhile, as with a copy of the history alone.
        (tmp_path / "data" / "keys").unlink()
        studio = keyless(tmp_path / "data", accounts)
        async with studio.running():
            assert (await parked(studio, job, "no_key")).state == "queued"
            told = await studio.keys.put("runway", SECOND)
            assert told.jobs == 1
            assert "another key" in (await parked(studio, job, "other_account")).detail
            assert accounts.told(SECOND, job.ticket.task if job.ticket else "?") == []
            await studio.keys.put("runway", FIRST)
            assert (await until(studio, job, "done")).parked is None
        assert len(accounts.bought()) == 1


async def test_a_key_is_in_force_at_once_and_there_after_a_restart(tmp_path: Path) -> None:
    with two_accounts(tmp_path / "vendors") as accounts:
        studio = keyless(tmp_path / "data", accounts)
        async with studio.running():
            assert studio.connections["runway"].is_sandbox
            told = await studio.keys.put("runway", f"  {FIRST}\n")
            assert told.check is not None
            assert told.check.balance is not None
            paid = await until(studio, press_at(studio, RUNWAY, "Paid"), "done")
            assert not paid.sandbox
        studio = keyless(tmp_path / "data", accounts)
        assert studio.connections["runway"].key_source == "page"
        async with studio.running():
            await until(studio, press_at(studio, RUNWAY, "Paid again"), "done")
            await studio.keys.remove("runway")
            assert studio.connections["runway"].is_sandbox
            assert press_at(studio, RUNWAY, "Free again").sandbox
        assert len(accounts.bought()) == 2


async def test_what_is_open_in_the_sandbox_ends_there(tmp_path: Path) -> None:
    fake = FakeVendor(gate=asyncio.Event())
    studio = fake_studio(tmp_path, fake, pace=PACE)
    async with studio.running():
        sent, waiting = press(studio, "One"), [press(studio, f"More {n}") for n in range(3)]
        await fake.reached.wait()
        before = studio.connections["fake"]
        await studio.keys.put("fake", ONE)
        assert studio.connections["fake"] is not before
        assert fake.gate is not None
        fake.gate.set()
        for job in (sent, *waiting):
            assert (await until(studio, job, "done")).sandbox
    assert fake.created() == 4


async def keyed(folder: Path, fake: FakeVendor) -> Studio:
    """A started studio with a pasted key."""
    studio = fake_studio(folder, fake, pace=PACE)
    await studio.start()
    await studio.keys.put("fake", ONE)
    return studio


async def test_a_removed_key_sends_nothing_new_and_follows_what_was_sent(tmp_path: Path) -> None:
    fake = FakeVendor(gate=asyncio.Event(), updates=[], end=Queued())
    studio = await keyed(tmp_path, fake)
    assert fake.gate is not None
    try:
        jobs = [press(studio, f"Fox {number}") for number in range(4)]
        await fake.reached.wait()
        sent = [job for job in jobs if studio.live.get(job.id, "local").submitted]
        told = await studio.keys.remove("fake")
        assert told.jobs == 4
        fake.gate.set()
        for job in jobs:
            if fake.tokens.get(job.token):
                # In flight: its answer counts, and it is followed where it was sent.
                assert (await until(studio, job, "queued")).parked is None
            else:
                rests = await parked(studio, job, "no_key")
                assert (rests.state, rests.submitted) == ("waiting", None)
        assert sent
        count = fake.created()
        assert len(fake.tokens) == count < 4
        await studio.keys.put("fake", OTHER)
        for job in jobs:
            await until(studio, job, "queued")
        # Each once: what was sent with the first key is not sent again with the second.
        assert fake.created() == len(fake.tokens) == 4
    finally:
        await studio.stop()


@pytest.mark.parametrize("is_removed", [False, True])
async def test_a_paid_task_rests_where_it_can_be_taken_up_once_its_earlier_key_is_revoked(
    tmp_path: Path, is_removed: bool
) -> None:
    """Nobody could say that its account is the same while it was asked about with a key that is gone."""
    fake = FakeVendor(updates=[], end=Queued())
    studio = await keyed(tmp_path, fake)
    try:
        job = await until(studio, press(studio, "Fox"), "queued")
        await (studio.keys.remove("fake") if is_removed else studio.keys.put("fake", OTHER))
        fake.end = Refused("Fake doesn't accept the key.", code="key", status=401)
        rests = await parked(studio, job, "no_key" if is_removed else "other_account")
        assert (rests.state, rests.ticket is None) == ("queued", False)
        if is_removed:
            await studio.keys.put("fake", OTHER)
            await parked(studio, job, "other_account")
        fake.end = None
        await studio.decisions.go_on(job.id, "local")
        assert (await until(studio, job, "saving")).parked is None
        assert fake.created() == 1
    finally:
        await studio.stop()


async def test_a_key_that_is_removed_before_the_create_call_buys_nothing(tmp_path: Path) -> None:
    """Its references are on their way then."""
    fake = FakeVendor(upload_gate=asyncio.Event())
    studio = await keyed(tmp_path, fake)
    assert fake.upload_gate is not None
    try:
        (tmp_path / "fox.png").write_bytes(png())
        artifact = await studio.files.keep("local", "fox.png", tmp_path / "fox.png")
        job = press(studio, "Fox", references=(artifact.id,))
        await fake.reached.wait()
        await studio.keys.remove("fake")
        fake.upload_gate.set()
        rests = await parked(studio, job, "no_key")
        assert (rests.state, rests.submitted, fake.created()) == ("waiting", None, 0)
    finally:
        await studio.stop()


async def test_a_press_that_was_shown_the_sandbox_does_not_spend_credits(tmp_path: Path) -> None:
    fake = FakeVendor()
    studio = await keyed(tmp_path, fake)
    try:
        request = ImageRequest.model_validate({"model": MODEL.id, "prompt": "Fox"})
        with pytest.raises(InvalidRequest, match="Fake has a key now") as refused:
            studio.submission.submit(request, owner="local", free=True)
        assert [problem.asks for problem in refused.value.problems] == ["not_free"]
        assert fake.created() == 0
        agreed = studio.submission.submit(request, owner="local", free=True, agreed=["not_free"])
        assert not agreed.sandbox
    finally:
        await studio.stop()


async def test_the_same_key_once_more_changes_nothing(tmp_path: Path) -> None:
    fake = FakeVendor()
    studio = await keyed(tmp_path, fake)
    try:
        before = studio.connections["fake"]
        await studio.keys.put("fake", ONE)
        assert studio.connections["fake"] is before
    finally:
        await studio.stop()


@pytest.mark.parametrize("code", ["407 Proxy Authentication Required", "403 Forbidden"])
async def test_a_proxy_that_lets_no_key_be_asked_about_is_named(tmp_path: Path, code: str) -> None:
    class Behind(FakeVendor):
        async def check(self) -> KeyCheck:
            raise not_sent("Fake", "https://fake.invalid/v1", httpx.ProxyError(code))

    studio = fake_studio(tmp_path, Behind(), pace=PACE)
    async with studio.running():
        with pytest.raises(
            InvalidRequest, match=r"The proxy .* Check STUDIO_PROXY\. The key wasn't"
        ):
            await studio.keys.put("fake", ONE)
        assert studio.connections["fake"].is_sandbox
