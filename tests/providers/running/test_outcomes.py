"""From the vendor's success to files on disk, cancelling on the way, and whose jobs are whose."""

import asyncio
import re
from pathlib import Path

import pytest
from starlette.responses import Response

from providers.catalogue.requests import ImageRequest
from providers.errors import (
    Gone,
    InvalidRequest,
    Unknown,
    VendorError,
)
from providers.history.ledger import fate_of
from providers.history.marks import Marks
from providers.vendors.pace import Pace
from providers.vendors.vendor import Running, TaskUpdate
from tests.support.fake_vendor import CANCEL_NOTE, MODEL, FakeVendor, png, press, running, until

pytestmark = pytest.mark.anyio


@pytest.mark.fault("F41", "F42", "F46", "F51")
@pytest.mark.parametrize(
    "answers",
    [
        [Response("expired", 403)],
        [Response("expired", 403), Response("expired", 404)],
        [Response(png()[:80])],
        [Response("<!doctype html>", media_type="image/png")],
        [Response(b"")],
        [Response("busy", 503)],
    ],
    ids=["dead link", "dead links", "cut", "html", "empty", "busy"],
)
async def test_a_download_that_goes_wrong_is_renewed_or_repeated(
    tmp_path: Path, answers: list[Response]
) -> None:
    fake = FakeVendor(answers=answers)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        assert studio.files.path(job.artifacts[0]).read_bytes() == png(1)
        assert list((tmp_path / "part").iterdir()) == []
    assert fake.created() == 1


@pytest.mark.fault("F42")
async def test_files_that_could_not_be_fetched_beside_others_stay_fetchable(tmp_path: Path) -> None:
    fine = [Response(png(1)), Response(png(2))]
    fake = FakeVendor(files=4, answers=[*fine, *(Response("", 503) for _ in range(199))])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        assert job.error is not None
        assert job.error.message == (
            "2 of 4 files are here. The rest is ready but couldn't be downloaded. The file's "
            "server is busy."
        )
        assert (job.error.code, job.error.charged, fate_of(job)) == ("storage", "yes", "settle")
        assert (len(job.artifacts), len(job.outputs)) == (2, 4)
        assert all(studio.files.path(one).exists() for one in job.artifacts)
        fake.answers = []
        await studio.decisions.look_again(job.id, "local")
        after = await until(studio, job, "done")
        assert {one.id for one in job.artifacts} < {one.id for one in after.artifacts}
        assert ([one.number for one in after.artifacts], after.detail) == ([1, 2, 3, 4], "")
    assert fake.created() == 1


@pytest.mark.fault("F54")
@pytest.mark.parametrize("pressed", [False, True], ids=["while it saves", "after a press"])
async def test_what_is_here_is_done_when_the_vendor_deleted_the_rest(
    tmp_path: Path, pressed: bool
) -> None:
    fake = FakeVendor(files=2, answers=[Response(png(1)), *(Response("", 404) for _ in range(199))])
    gone: list[TaskUpdate | Exception] = [Gone("No such task.") for _ in range(199)]
    fake.updates = [fake.success(), *([] if pressed else gone)]
    async with running(tmp_path, fake) as studio:
        job = press(studio)
        if pressed:
            job = await until(studio, job, "unsure")
            fake.updates = gone
            await studio.decisions.look_again(job.id, "local")
        job = await until(studio, job, "done")
    assert (len(job.artifacts), fate_of(job)) == (1, "settle")
    assert job.detail == (
        "1 of 2 files is here. The service deleted the rest before it could be downloaded."
    )


async def test_who_gives_up_the_rest_keeps_the_files_that_are_here(tmp_path: Path) -> None:
    fake = FakeVendor(files=2, answers=[Response(png(1)), *(Response("no") for _ in range(199))])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        kept = studio.decisions.discard(job.id, "local")
        assert (kept.state, kept.artifacts, fate_of(kept)) == ("done", job.artifacts, "settle")
        assert (kept.error, kept.detail) == (None, "1 of 2 files is here. The rest was skipped.")
        assert studio.live.get(job.id, "local").state == "done"


INSIDE = "The file's link leads to an address inside this network."
PLAIN = "The file's link is not a normal web address."
CUT = Response(png()[:80])
# Nobody tells how long it is, so that something may be missing.
del CUT.headers["content-length"]
BARE = (
    (Response("", 503), "The file's server is busy."),
    (Response("", 429), "The file's server is busy."),
    (Response("", 500), "The file's server returned error 500."),
    (Response("", 403), "The link to the file has expired."),
    (Response(b""), "The file didn't arrive complete."),
    (Response("", 302, {"location": "http://10.0.0.1/"}), INSIDE),
    (Response("", 302, {"location": "ftp://files.invalid/"}), PLAIN),
    (Response("", 302), "The file's link leads nowhere."),
    (Response("", 302, {"location": "/fake/1.png"}), "The file's link redirects too many times."),
)


@pytest.mark.parametrize(("answer", "sentence"), BARE, ids=[words for _, words in BARE])
async def test_why_a_file_is_not_here_reads_well_while_it_is_tried_and_at_the_end(
    tmp_path: Path, answer: Response, sentence: str
) -> None:
    """A file's error says what happened; what is done about it stands in the frame, once."""
    fake, said = FakeVendor(answers=[answer] * 999), set[str]()
    async with running(tmp_path, fake) as studio:
        with studio.live.watch("local") as queue:
            job = await until(studio, press(studio), "unsure")
            while not queue.empty():
                said.add((await queue.get()).detail)
    assert job.error is not None
    assert job.error.message == (f"The result is ready but couldn't be downloaded. {sentence}")
    assert f"The result is ready. {sentence} The studio tries again automatically." in said


async def test_a_result_that_cannot_be_fetched_waits_for_the_person(tmp_path: Path) -> None:
    fake = FakeVendor(answers=[Response("no") for _ in range(99)])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        assert job.error is not None
        assert (job.error.code, job.error.charged) == ("storage", "yes")
        fake.answers = []
        await studio.decisions.look_again(job.id, "local")
        await until(studio, job, "done")
    assert fake.created() == 1


@pytest.mark.fault("F53")
async def test_equal_files_are_kept_once_and_shown_twice(tmp_path: Path) -> None:
    fake = FakeVendor(files=2, answers=[Response(png(1)), Response(png(1))])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        assert len({artifact.sha256 for artifact in job.artifacts}) == 1
        assert len({artifact.id for artifact in job.artifacts}) == 2


# Cancelling


@pytest.mark.fault("F91")
async def test_a_waiting_job_is_cancelled_at_once(tmp_path: Path) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    async with running(tmp_path, fake, pace=Pace(image_every=5, video_every=5, slots=1)) as studio:
        first = press(studio, "first")
        await until(studio, first, "running")
        second = await studio.decisions.cancel(press(studio, "second").id, "local")
        assert second.state == "cancelled"
        assert second.error is not None
        assert (second.error.charged, fake.created()) == ("no", 1)


@pytest.mark.fault("F91")
async def test_a_job_whose_create_call_is_in_flight_is_cancelled_after_its_answer(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(gate=asyncio.Event())
    async with running(tmp_path, fake) as studio:
        job = press(studio)
        await fake.reached.wait()
        asking = asyncio.create_task(studio.decisions.cancel(job.id, "local"))
        await asyncio.sleep(0)
        assert fake.gate is not None
        fake.gate.set()
        job = await until(studio, job, "cancelled")
        await asking
    assert job.ticket is not None
    assert job.error is not None
    assert (job.error.message, job.error.charged) == (CANCEL_NOTE, "unknown")
    assert fake.asked.count("cancel") == 1


@pytest.mark.fault("F91")
async def test_a_running_job_is_looked_at_before_it_is_cancelled(tmp_path: Path) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "running")
        job = await studio.decisions.cancel(job.id, "local")
        assert job.state == "cancelled"
    place = fake.asked.index("cancel")
    assert fake.asked[place - 1] == "poll"


@pytest.mark.fault("F91")
async def test_a_result_that_is_there_already_is_kept_in_spite_of_a_cancellation(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(end=Running(progress=0.9))
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "running")
        fake.end = None
        await studio.decisions.cancel(job.id, "local")
        job = await until(studio, job, "done")
    assert "cancel" not in fake.asked
    assert len(job.artifacts) == 1
    assert not job.cancel_wanted


@pytest.mark.fault("F91")
async def test_a_cancellation_that_the_vendor_does_not_take_is_said_honestly(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(end=Running(progress=0.1), cancels=[VendorError("No.")] * 3)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "running")
        await studio.decisions.cancel(job.id, "local")
        with studio.live.watch("local") as queue:
            while studio.live.get(job.id, "local").cancel_wanted:
                await queue.get()
        events = studio.live.events(job.id, "local")
        assert "didn't accept the cancellation" in str(events[-1]["detail"])
        fake.end = None
        await until(studio, job, "done")


async def test_cancelling_what_has_ended_changes_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor()) as studio:
        job = await until(studio, press(studio), "done")
        assert await studio.decisions.cancel(job.id, "local") == job


# Owners


async def test_nobody_reaches_the_jobs_and_files_of_another(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor()) as studio:
        job = await until(studio, press(studio), "done")
        calls = [
            lambda: studio.live.get(job.id, "stranger"),
            lambda: studio.decisions.retry(job.id, "stranger"),
            lambda: studio.decisions.discard(job.id, "stranger"),
            lambda: studio.decisions.adopt(job.id, "stranger", "task-1"),
            lambda: studio.live.events(job.id, "stranger"),
            lambda: studio.files.get(job.artifacts[0].id, "stranger"),
        ]
        for call in calls:
            with pytest.raises(Unknown):
                call()
        with pytest.raises(Unknown):
            await studio.decisions.cancel(job.id, "stranger")
        request = ImageRequest(model=MODEL.id, prompt="mine now", references=(job.artifacts[0].id,))
        with pytest.raises(InvalidRequest, match="no longer here"):
            studio.submission.submit(request, owner="stranger")
        assert studio.live.recent("stranger") == []
        assert studio.live.changed_since("stranger", 0) == []


async def test_changes_since_a_revision_include_what_is_only_in_memory(tmp_path: Path) -> None:
    fake = FakeVendor(end=Running(progress=0.1))
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "running")
        seen = studio.live.latest
        fake.updates = [Running(progress=0.8)]
        with studio.live.watch("local") as queue:
            while (await queue.get()).progress != 0.8:
                pass
        found = studio.live.changed_since("local", seen)
    assert [(one.id, one.progress) for one in found] == [(job.id, 0.8)]


@pytest.mark.fault("F39")
async def test_who_leaves_while_a_job_is_deleted_takes_the_news_from_nobody(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, FakeVendor()) as studio:
        job = await until(studio, press(studio), "done")
        with studio.live.watch("local") as queue:
            deleting = asyncio.create_task(studio.decisions.delete(job.id, "local"))
            await asyncio.sleep(0)
            deleting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await deleting
            async with asyncio.timeout(60):
                told = await queue.get()
            assert (told.id, told.gone) == (job.id, True)
        assert studio.live.recent("local") == []


async def test_a_job_that_ends_is_one_line_of_the_log_and_its_prompt_another_when_debugging(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "studio.jobs")
    async with running(tmp_path, FakeVendor()) as studio:
        job = await until(studio, press(studio, prompt="a red\nfox"), "done")
        await studio.keeping.put_marks(job.id, job.owner, Marks(starred=True))
    lines = [
        (one.levelname, one.getMessage()) for one in caplog.records if one.name == "studio.jobs"
    ]
    [(level, told), (debug, asked)] = lines
    assert (level, debug) == ("INFO", "DEBUG")
    assert re.fullmatch(rf"job {job.id}: {MODEL.id} done after \S+ s, .+", told)
    assert "fox" not in told
    assert r"a red\nfox" in asked
