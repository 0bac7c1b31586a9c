"""With whom something was agreed is kept with it: what a job's account means to everything that asks for it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import JsonValue
from starlette.responses import Response

from providers.catalogue.requests import ImageRequest
from providers.durability.restore import restore
from providers.errors import InvalidRequest, NotSent
from providers.history.rows import row_sum
from providers.jobs.job import Job
from providers.vendors.vendor import Failed, Running
from tests.support.fake_vendor import MODEL, FakeVendor, fake_studio, png, press, until
from tests.support.told import told_of

pytestmark = pytest.mark.anyio
GOES_ON = Running(progress=0.1)


async def sent(folder: Path, fake: FakeVendor, key: str = "key-a") -> Job:
    """A job that was sent with this key and is under way."""
    fake.end = GOES_ON
    studio = fake_studio(folder, fake, key=key)
    async with studio.running():
        job = await until(studio, press(studio), "running")
    fake.end = None
    fake.asked.clear()
    return job


def changed(folder: Path, job: Job, **fields: JsonValue) -> None:
    """Change a job's row, as an older studio would have written it."""
    with closing(sqlite3.connect(folder / "jobs.db")) as database, database:
        ((doc,),) = database.execute("select doc from job where id = ?", [job.id]).fetchall()
        text = json.dumps({**json.loads(doc), **fields})
        values = [text, row_sum(text), job.id]
        database.execute("update job set doc = ?, row_sum = ? where id = ?", values)


def lose(folder: Path) -> None:
    """The history is gone, and is put together from its receipts."""
    for path in folder.glob("jobs.db*"):
        path.unlink()
    restore(folder)


async def test_a_key_that_is_renewed_again_needs_one_more_answer_and_the_old_one_still_holds(
    tmp_path: Path,
) -> None:
    fake = FakeVendor()
    job = await sent(tmp_path, fake)
    for key in ("key-b", "key-c"):
        fake.end = GOES_ON
        studio = fake_studio(tmp_path, fake, key=key)
        async with studio.running():
            assert studio.live.get(job.id, "local").parked == "other_account"
            assert (await studio.decisions.go_on(job.id, "local")).parked is None
        assert fake.asked.count("submit") == 0
    for key in ("key-b", "key-a"):
        studio = fake_studio(tmp_path, fake, key=key)
        async with studio.running():
            assert studio.live.get(job.id, "local").parked is None


async def test_one_owners_answer_is_not_anothers(tmp_path: Path) -> None:
    fake = FakeVendor(end=GOES_ON)
    studio = fake_studio(tmp_path, fake, key="key-a")
    asked = ImageRequest.model_validate({"model": MODEL.id, "prompt": "a fox"})
    async with studio.running():
        ann, bea = (studio.submission.submit(asked, owner=owner) for owner in ("ann", "bea"))
        for job in (ann, bea):
            with studio.live.watch(job.owner) as queue:
                while studio.live.get(job.id, job.owner).state != "running":
                    await queue.get()
    studio = fake_studio(tmp_path, fake, key="key-b")
    async with studio.running():
        await studio.decisions.go_on(ann.id, "ann")
        assert studio.live.get(ann.id, "ann").parked is None
        assert studio.live.get(bea.id, "bea").parked == "other_account"


async def test_without_a_key_nobody_can_say_that_the_account_is_the_same(tmp_path: Path) -> None:
    fake = FakeVendor()
    job = await sent(tmp_path, fake)
    studio = fake_studio(tmp_path, fake)
    async with studio.running():
        with pytest.raises(InvalidRequest, match="set FAKE_KEY"):
            await studio.decisions.go_on(job.id, "local")
        with pytest.raises(InvalidRequest, match="Give it up first"):
            await studio.decisions.delete(job.id, "local")
    studio = fake_studio(tmp_path, fake, key="key-a")
    async with studio.running():
        assert (await studio.decisions.go_on(job.id, "local")).parked is None


async def test_a_failed_task_is_asked_about_again_in_its_own_account_alone(tmp_path: Path) -> None:
    fake = FakeVendor(updates=[Failed(code="vendor")])
    studio = fake_studio(tmp_path, fake, key="key-a")
    async with studio.running():
        job = await until(studio, press(studio), "failed")
    fake.asked.clear()
    for key, asked in (("key-b", 0), ("key-a", 1)):
        studio = fake_studio(tmp_path, fake, key=key)
        async with studio.running():
            await studio.decisions.look_again(job.id, "local")
        assert min(fake.asked.count("poll"), 1) == asked


async def test_a_rotten_file_is_fetched_again_from_its_own_account_alone(tmp_path: Path) -> None:
    fake = FakeVendor()
    job = await sent(tmp_path, fake)
    changed(tmp_path, job, state="done")
    for key, asked in (("key-b", []), ("key-a", ["poll"])):
        studio = fake_studio(tmp_path, fake, key=key)
        async with studio.running():
            # What the weekly check of all files asks for.
            fetch = studio._fetch_again  # pyright: ignore[reportPrivateUsage]
            await fetch(job, ["0" * 64])
        assert fake.asked == asked


async def test_nobody_is_shown_the_mark_of_an_account(tmp_path: Path) -> None:
    job = await sent(tmp_path, FakeVendor())
    assert job.account
    assert job.account not in json.dumps(told_of(job))


async def test_a_call_that_did_not_leave_was_sent_to_nobody(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[NotSent("Nobody listens.")], end=GOES_ON)
    studio = fake_studio(tmp_path, fake, key="key-a")
    async with studio.running():
        with studio.live.watch("local") as queue:
            job, seen = press(studio), list[tuple[str, bool]]()
            while job.state != "running":
                job = await queue.get()
                seen.append((job.state, bool(job.account)))
    assert ("waiting", True) not in seen
    assert {("waiting", False), ("submitting", True), ("running", True)} <= {*seen}


async def test_a_job_from_before_goes_on_as_ever_and_its_first_answer_tells_its_account(
    tmp_path: Path,
) -> None:
    fake = FakeVendor()
    job = await sent(tmp_path, fake)
    changed(tmp_path, job, account="")
    fake.end = GOES_ON
    studio = fake_studio(tmp_path, fake, key="key-b")
    async with studio.running():
        with studio.live.watch("local") as queue:
            while not studio.live.get(job.id, "local").account:
                await queue.get()
    studio = fake_studio(tmp_path, fake, key="key-a")
    async with studio.running():
        assert studio.live.get(job.id, "local").parked == "other_account"


async def test_a_history_that_is_rebuilt_from_receipts_knows_the_account(tmp_path: Path) -> None:
    fake = FakeVendor()
    job = await sent(tmp_path, fake)
    lose(tmp_path)
    fake.end = GOES_ON
    for key, parked in (("key-b", "other_account"), ("", "no_key"), ("key-a", None)):
        studio = fake_studio(tmp_path, fake, key=key)
        async with studio.running():
            found = studio.live.get(job.id, "local")
            assert (found.account, found.parked) == (job.account, parked)


async def test_files_that_are_here_stay_when_the_rest_is_given_up(tmp_path: Path) -> None:
    fake = FakeVendor(files=2, answers=[Response(png(1)), *(Response("", 503) for _ in range(99))])
    studio = fake_studio(tmp_path, fake)
    async with studio.running():
        job = press(studio)
        with studio.live.watch("local") as queue:
            while len((await queue.get()).artifacts) < 1:
                pass
    # What was made in the sandbox is taken for paid: its account is away.
    changed(tmp_path, job, sandbox=False)
    studio = fake_studio(tmp_path, fake)
    async with studio.running():
        parked = studio.live.get(job.id, "local")
        assert (parked.state, parked.parked, len(parked.artifacts)) == ("saving", "no_key", 1)
        assert (await studio.decisions.cancel(job.id, "local")).cancel_wanted is False
        kept = studio.decisions.discard(job.id, "local")
        assert (kept.state, len(kept.artifacts)) == ("done", 1)
        assert "The rest was skipped" in kept.detail
