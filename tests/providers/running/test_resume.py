"""What survives a kill, the end of the studio, a full disk and a missing key."""

import asyncio
import shutil
from concurrent.futures import Future
from pathlib import Path

import pytest
from starlette.responses import Response

from providers.catalogue.requests import read_request
from providers.durability.opening import HISTORY
from providers.errors import StoreProblem, Unclear
from providers.history.journal import Journal
from providers.jobs.intake import new_job
from providers.jobs.job import Job, State
from providers.library.derived import Derived
from providers.library.vault import Vault
from providers.running.feed import Feed
from providers.running.parking import Parking
from providers.running.refuge import Refuge
from providers.running.runner import Runner
from providers.settings import Credentials, Settings
from providers.vendors.connection import Sandbox, connect
from providers.vendors.pace import Pace
from providers.vendors.vendor import Queued, Running, TaskUpdate, Ticket
from tests.support.fake_vendor import (
    MODEL,
    FakeVendor,
    Time,
    fake_studio,
    png,
    press,
    running,
    until,
)

pytestmark = pytest.mark.anyio
ONE_SLOT = Pace(image_every=5, video_every=5, slots=1)


def snapshot(folder: Path, name: str = "after") -> Path:
    """The data folder as a kill at this moment would leave it."""
    # Without half files and caches: they come and go while they are being copied. And without what tells
    # that it is a copy: here it stands for the folder itself.
    ignored = shutil.ignore_patterns("part", "cache", "BALLAST", HISTORY)
    return Path(shutil.copytree(folder, folder.parent / name, ignore=ignored))


async def resumed(folder: Path, fake: FakeVendor, job: Job, *states: State) -> Job:
    """Start a studio on a copy of the folder and wait for this job."""
    async with running(folder, fake) as studio:
        return await until(studio, job, *states)


# A kill in every state


async def test_a_waiting_job_is_sent_after_a_kill(tmp_path: Path) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    async with running(tmp_path / "data", fake, pace=ONE_SLOT) as studio:
        await until(studio, press(studio, "first"), "running")
        job = press(studio, "second")
        after = snapshot(tmp_path / "data")
    fake.end = None
    job = await resumed(after, fake, job, "done")
    assert (fake.created(), job.attempts) == (2, 1)


async def test_a_job_killed_while_references_are_handed_over_is_sent_once(tmp_path: Path) -> None:
    fake = FakeVendor(upload_gate=asyncio.Event(), creates=[])
    (tmp_path / "fox.png").write_bytes(png(3))
    async with running(tmp_path / "data", fake) as studio:
        kept = await studio.files.keep("local", "fox.png", tmp_path / "fox.png")
        job = press(studio, references=[kept.id])
        await fake.reached.wait()
        assert studio.live.get(job.id, "local").state == "submitting"
        after = snapshot(tmp_path / "data")
    fake.upload_gate = None
    await resumed(after, fake, job, "done")
    assert fake.created() == 1


@pytest.mark.parametrize("taken", [True, False])
async def test_a_job_killed_during_its_create_call_is_looked_up_and_never_sent_again(
    tmp_path: Path, taken: bool
) -> None:
    fake = FakeVendor(
        gate=asyncio.Event(), accepts_unclear=taken, creates=[Unclear("The response was lost.")]
    )
    async with running(tmp_path / "data", fake) as studio:
        job = press(studio)
        await fake.reached.wait()
        assert studio.live.get(job.id, "local").state == "submitting"
        after = snapshot(tmp_path / "data")
        assert fake.gate is not None
        fake.gate.set()
        await until(studio, job, "done", "unsure")
    fake.asked.clear()
    job = await resumed(after, fake, job, "done", "unsure")
    assert job.state == ("done" if taken else "unsure")
    assert fake.created() == 0
    assert fake.since[-1] == job.submitted


@pytest.mark.parametrize("update", [Queued(), Running(progress=0.3)], ids=["queued", "running"])
async def test_a_job_killed_at_the_vendor_is_followed_to_its_end(
    tmp_path: Path, update: Queued | Running
) -> None:
    fake = FakeVendor(updates=[], end=update)
    async with running(tmp_path / "data", fake) as studio:
        job = await until(studio, press(studio), update.state)
        after = snapshot(tmp_path / "data")
    fake.end = None
    job = await resumed(after, fake, job, "done")
    assert (fake.created(), len(job.artifacts)) == (1, 1)


async def test_a_job_killed_while_saving_fetches_only_what_is_missing(tmp_path: Path) -> None:
    fake = FakeVendor(files=2, answers=[Response(png(1)), *(Response("", 503) for _ in range(99))])
    async with running(tmp_path / "data", fake) as studio:
        job = press(studio)
        with studio.live.watch("local") as queue:
            while len((await queue.get()).artifacts) < 1:
                pass
        after = snapshot(tmp_path / "data")
    fake.answers, fake.asked = [], []
    job = await resumed(after, fake, job, "done")
    assert [artifact.number for artifact in job.artifacts] == [1, 2]
    assert (fake.created(), fake.asked.count("file")) == (0, 1)


async def test_nothing_happens_to_jobs_that_have_ended_or_wait_for_the_person(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(creates=[Unclear("Lost.")], accepts_unclear=False)
    async with running(tmp_path / "data", fake) as studio:
        unsure = await until(studio, press(studio), "unsure")
        await until(studio, press(studio, "another"), "done")
        seen = studio.live.latest
    fake.asked.clear()
    async with running(tmp_path / "data", fake) as studio:
        assert studio.live.get(unsure.id, "local") == unsure
        assert studio.live.changed_since("local", seen) == []
        assert studio.live.open_count == 0
    assert fake.asked == []


# The end of the studio


@pytest.mark.fault("F89")
async def test_the_end_waits_for_a_create_call_in_flight_and_keeps_its_ticket(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(gate=asyncio.Event(), end=Running(progress=0.1))
    studio = fake_studio(tmp_path, fake)
    await studio.start()
    job = press(studio)
    await fake.reached.wait()
    ending = asyncio.create_task(studio.stop())
    await asyncio.sleep(0)
    assert not ending.done()
    assert fake.gate is not None
    fake.gate.set()
    await ending
    fake.gate = fake.end = None
    job = await resumed(tmp_path, fake, job, "done")
    assert (fake.created(), "find" in fake.asked) == (1, False)


async def test_a_stopped_studio_says_that_it_is_not_running(tmp_path: Path) -> None:
    studio = fake_studio(tmp_path, FakeVendor())
    with pytest.raises(StoreProblem, match="still starting"):
        studio.live.recent("local")
    await studio.stop()


@pytest.mark.fault("F72")
async def test_a_second_studio_on_the_folder_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor()):
        with pytest.raises(StoreProblem, match="already uses"):
            await fake_studio(tmp_path, FakeVendor()).start()


@pytest.mark.fault("F64")
async def test_a_damaged_history_is_refused_and_the_folder_is_free_again(tmp_path: Path) -> None:
    (tmp_path / "jobs.db").write_bytes(b"<!doctype html>" * 50)
    for _ in range(2):
        with pytest.raises(StoreProblem, match="damaged"):
            await fake_studio(tmp_path, FakeVendor()).start()


# A key that came or went


@pytest.mark.fault("F22")
async def test_a_paid_job_without_its_key_is_parked_and_goes_on_with_it(tmp_path: Path) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    studio = fake_studio(tmp_path, fake, key="secret-key")
    async with studio.running():
        job = await until(studio, press(studio), "running")
        assert not job.sandbox
    fake.asked.clear()
    async with running(tmp_path, fake) as studio:
        await asyncio.sleep(0)
        parked = studio.live.get(job.id, "local")
        assert parked.state == "running"
        assert "set FAKE_KEY" in parked.detail
        assert fake.asked == []
    fake.end = Queued()
    studio = fake_studio(tmp_path, fake, key="secret-key")
    async with studio.running():
        await studio.decisions.cancel(job.id, "local")
        await until(studio, job, "cancelled")


async def test_a_sandbox_job_ends_in_the_sandbox_though_there_is_a_key_now(tmp_path: Path) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "running")
    fake.end = None
    studio = fake_studio(tmp_path, fake, key="secret-key")
    async with studio.running():
        job = await until(studio, job, "done")
        assert (job.sandbox, studio.connections["fake"].is_sandbox) == (True, False)


# What breaks


class Breaking(FakeVendor):
    """A vendor whose adapter has a bug."""

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        raise RuntimeError(f"https://signed.example/?token=secret&task={ticket.task}")


async def test_no_job_dies_in_silence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with running(tmp_path, Breaking()) as studio:
        job = await until(studio, press(studio), "unsure")
    assert job.error is not None
    assert "Something went wrong in the studio" in job.error.message
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def _never(_: str, __: str, ___: str) -> bool:
    return False


class FullJournal(Journal):
    """A journal on a disk that is full for some writes."""

    full = 0

    def put(self, job: Job, *, note: bool, since: int | None = None) -> Future[bool]:
        if job.state in ("queued", "running") and self.full < 5:
            self.full += 1
            refused = Future[bool]()
            refused.set_exception(StoreProblem("The disk is full. Free some space."))
            return refused
        return super().put(job, note=note, since=since)


@pytest.mark.fault("F57")
async def test_a_ticket_in_hand_outlives_a_full_disk(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """F57: it is written once there is room, and lies on another disk until then."""
    fake, time = FakeVendor(), Time()
    vault = Vault(tmp_path)
    vault.open()
    derived = Derived(tmp_path / "cache", vault.part, megabytes=16)
    derived.open()
    journal = FullJournal(tmp_path / "jobs.db", clock=time.clock)
    sandbox = Sandbox([fake.vendor()], tmp_path / "sandbox", speed=0)
    connection = connect(fake.vendor(), Settings(), Credentials({}), sandbox, sleep=time.sleep)
    feed = Feed()
    runner = Runner(
        journal=journal, vault=vault, derived=derived, feed=feed,
        parking=Parking([], {"fake": connection}, sandbox, _never),
        sleep=time.sleep, clock=time.clock,
        refuge=Refuge(tmp_path / "receipts"),
    )  # fmt: skip
    runner.start()
    request = read_request({"kind": "image", "model": MODEL.id, "prompt": "a fox"})
    job = new_job(
        request, owner="local", idempotency_key="", sandbox=True, now=time.now, revision=1
    )
    journal.add(job, request)
    details: list[str] = []
    shown: dict[int, Job] = {}
    with feed.watch("local") as queue:
        runner.announce(job)
        async with asyncio.timeout(60):
            while job.is_open:
                job = await queue.get()
                details.append(job.detail)
                # A page that holds this revision does not look at it again.
                assert shown.setdefault(job.revision, job) == job
    await runner.stop()
    assert (job.state, fake.created(), journal.full) == ("done", 1, 5)
    assert "The disk is full. Free some space." in details
    assert journal.jobs.get(job.id).ticket is not None
    assert f"{job.id}.json" in caplog.text
    assert list((tmp_path / "receipts").iterdir()) == []
    await connection.aclose()
    sandbox.close()
    derived.close()
    journal.close()
    vault.close()


async def test_a_checked_key_teaches_how_many_tasks_may_run(tmp_path: Path) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    async with running(tmp_path, fake, pace=ONE_SLOT) as studio:
        jobs = [press(studio, f"fox {number}") for number in range(4)]
        await until(studio, jobs[0], "running")
        told = await studio.upkeep.check_key("fake")
        for job in jobs[:3]:
            await until(studio, job, "running")
        assert told.ok
        assert studio.live.get(jobs[3].id, "local").detail == "Waiting for a slot · 3 of 3 busy"
