"""A job's life: one create call at most, nothing paid is lost, and every end has its sentence."""

import asyncio
from pathlib import Path

import pytest

from providers.catalogue.requests import ImageRequest
from providers.errors import (
    Busy,
    Gone,
    InvalidRequest,
    NotSent,
    Problem,
    Refused,
    Unclear,
    VendorError,
)
from providers.jobs.job import State
from providers.vendors.pace import Pace
from providers.vendors.vendor import Cancelled, Failed, Queued, Running, Succeeded, Ticket
from tests.support.fake_vendor import MODEL, FakeVendor, Time, png, press, running, until

pytestmark = pytest.mark.anyio
LOST = Unclear("The response was lost.")
DOWN = NotSent("Fake cannot be reached.")


async def test_a_job_goes_from_waiting_to_done_with_its_files_on_disk(tmp_path: Path) -> None:
    fake = FakeVendor(files=4)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        states = [event["state"] for event in studio.live.events(job.id, "local")]
        files = [studio.files.path(artifact).read_bytes() for artifact in job.artifacts]
        thumb = await studio.files.thumb(job.artifacts[0])
        assert thumb.exists()
    assert list(dict.fromkeys(states)) == [
        "waiting", "submitting", "queued", "running", "saving", "done",
    ]  # fmt: skip
    assert files == [png(number) for number in (1, 2, 3, 4)]
    assert job.artifacts[0].name == "a-red-fox-1.png"
    assert (job.progress, job.outputs, job.sandbox) == (1.0, (), True)
    assert fake.created() == 1


async def test_a_double_press_is_one_job_and_another_request_is_refused(tmp_path: Path) -> None:
    fake = FakeVendor()
    request = ImageRequest(model=MODEL.id, prompt="a fox")
    async with running(tmp_path, fake) as studio:
        jobs = [
            studio.submission.submit(request, owner="local", idempotency_key="press")
            for _ in range(5)
        ]
        await until(studio, jobs[0], "done")
        with pytest.raises(InvalidRequest):
            studio.submission.submit(
                request.model_copy(update={"prompt": "b"}), owner="local", idempotency_key="press"
            )
    assert len({job.id for job in jobs}) == 1
    assert fake.created() == 1


async def test_presses_from_several_threads_make_one_job(tmp_path: Path) -> None:
    fake = FakeVendor()
    request = ImageRequest(model=MODEL.id, prompt="a fox")
    async with running(tmp_path, fake) as studio:
        jobs = await asyncio.gather(
            *(
                asyncio.to_thread(
                    studio.submission.submit, request, owner="local", idempotency_key="press"
                )
                for _ in range(8)
            )
        )
        await until(studio, jobs[0], "done")
    assert len({job.id for job in jobs}) == 1
    assert fake.created() == 1


async def test_every_problem_is_told_before_anything_is_kept(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor()) as studio:
        request = ImageRequest(
            model=MODEL.id, prompt="", references=("nobody",), options={"count": 3}
        )
        with pytest.raises(InvalidRequest) as caught:
            studio.submission.submit(request, owner="local")
        assert {problem.field for problem in caught.value.problems} == {
            "prompt", "references", "count",
        }  # fmt: skip
        assert studio.live.recent("local") == []


# Sending


async def test_a_vendor_that_cannot_be_reached_is_tried_until_it_can(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[DOWN, DOWN, DOWN])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        details = [event["detail"] for event in studio.live.events(job.id, "local")]
    assert job.attempts == 4
    assert len(fake.tokens) == 1
    assert any("cannot be reached. Trying again in" in str(detail) for detail in details)


@pytest.mark.parametrize(
    "refusal", [Busy("Full.", running=1), Busy("Full."), Busy("Full.", wait=3)]
)
async def test_a_full_vendor_means_waiting_for_a_slot(tmp_path: Path, refusal: Busy) -> None:
    fake, time = FakeVendor(creates=[refusal, refusal]), Time()
    async with running(tmp_path, fake, time=time) as studio:
        job = await until(studio, press(studio), "done")
        states = [event["state"] for event in studio.live.events(job.id, "local")]
    assert states.count("submitting") >= 3
    assert (job.attempts, fake.created(), len(fake.tokens)) == (1, 3, 1)


async def test_slots_are_kept_and_served_in_the_order_of_the_presses(tmp_path: Path) -> None:
    fake = FakeVendor(updates=[], end=Running(progress=0.1))
    async with running(tmp_path, fake, pace=Pace(image_every=5, video_every=5, slots=2)) as studio:
        jobs = [press(studio, f"fox {number}") for number in range(4)]
        for job in jobs[:2]:
            await until(studio, job, "running")
        waiting = [studio.live.get(job.id, "local") for job in jobs[2:]]
        assert [job.state for job in waiting] == ["waiting", "waiting"]
        assert waiting[0].detail == "Waiting for a slot · 2 of 2 busy"
        assert fake.created() == 2
        await studio.decisions.cancel(jobs[0].id, "local")
        await until(studio, jobs[2], "running")
        assert studio.live.get(jobs[3].id, "local").state == "waiting"
        fake.end = None
        for job in jobs[1:]:
            await until(studio, job, "done")


@pytest.mark.parametrize("code", ["invalid", "key", "credits", "moderated", "session", "vendor"])
async def test_a_refusal_ends_the_job_and_is_never_sent_again(tmp_path: Path, code: str) -> None:
    refusal = Refused("The service reports no.", code=code, vendor_text="no")  # pyright: ignore[reportArgumentType]
    fake = FakeVendor(creates=[refusal])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "rejected")
    assert job.error is not None
    assert (job.error.code, job.error.message, job.error.charged) == (code, str(refusal), "no")
    assert job.error.advice
    assert fake.created() == 1


async def test_references_are_handed_over_once_and_remembered(tmp_path: Path) -> None:
    fake = FakeVendor()
    (tmp_path / "fox.png").write_bytes(png(3))
    async with running(tmp_path / "data", fake) as studio:
        kept = await studio.files.keep("local", "fox.png", tmp_path / "fox.png")
        again = await studio.files.keep("local", "copy.png", tmp_path / "fox.png")
        assert kept.id == again.id
        for prompt in ("one", "two"):
            job = press(studio, prompt, references=[kept.id])
            await until(studio, job, "done")
    assert fake.uploaded == [kept.sha256]
    assert fake.bodies == [{kept.id: "asset-1"}, {kept.id: "asset-1"}]


async def test_a_forgotten_upload_is_handed_over_anew_once(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[Gone("No such asset.")])
    (tmp_path / "fox.png").write_bytes(png(3))
    async with running(tmp_path / "data", fake) as studio:
        kept = await studio.files.keep("local", "fox.png", tmp_path / "fox.png")
        await until(studio, press(studio, references=[kept.id]), "done")
        assert (len(fake.uploaded), fake.bodies[-1]) == (2, {kept.id: "asset-2"})
        fake.creates = [Gone("No such asset."), Gone("No such asset.")]
        job = await until(studio, press(studio, references=[kept.id]), "rejected")
    assert job.error is not None
    assert job.error.code == "invalid"


async def test_an_upload_that_fails_is_repeated_and_a_refused_one_ends_the_job(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(uploads_fail=[DOWN, VendorError("Odd answer.")])
    (tmp_path / "fox.png").write_bytes(png(3))
    async with running(tmp_path / "data", fake) as studio:
        kept = await studio.files.keep("local", "fox.png", tmp_path / "fox.png")
        await until(studio, press(studio, references=[kept.id]), "done")
        (tmp_path / "other.png").write_bytes(png(4))
        other = await studio.files.keep("local", "other.png", tmp_path / "other.png")
        fake.uploads_fail = [InvalidRequest([Problem("file", "This file is damaged.")])]
        job = await until(studio, press(studio, references=[other.id]), "rejected")
    assert job.error is not None
    assert job.error.message == "This file is damaged."
    assert fake.created() == 1


# Lost answers


async def test_a_lost_answer_is_looked_up_and_never_sent_again(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[LOST], finds=[None, DOWN])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
    assert (fake.created(), len(fake.tokens), len(job.artifacts)) == (1, 1, 1)


async def test_a_vendor_that_is_away_is_no_vendor_that_does_not_know(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[LOST], finds=[DOWN] * 30)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done")
        states = [event["state"] for event in studio.live.events(job.id, "local")]
    assert (fake.created(), fake.asked.count("find"), "unsure" in states) == (1, 31, False)


async def test_a_task_that_nobody_finds_waits_for_the_person(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[LOST], accepts_unclear=False)
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        assert fake.asked.count("find") == 3
        assert job.error is not None
        assert "may have accepted the request" in job.error.message
        assert (job.error.charged, fake.created()) == ("unknown", 1)
        gone = studio.decisions.discard(job.id, "local")
        assert gone.state == studio.live.get(job.id, "local").state == "discarded"
        assert gone.finished is not None


async def test_an_unsure_job_is_found_when_the_person_looks_again(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[LOST], finds=[None, None, None])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        await studio.decisions.look_again(job.id, "local")
        job = await until(studio, job, "done")
    assert (fake.created(), job.error) == (1, None)


async def test_an_unsure_job_adopts_the_task_that_a_person_names(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[LOST], finds=[None, None, None])
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "unsure")
        for bad in ("", "two words", "x" * 600, "snow\N{SNOWMAN}"):
            with pytest.raises(InvalidRequest, match="isn't a task ID"):
                studio.decisions.adopt(job.id, "local", bad)
        studio.decisions.adopt(job.id, "local", "task-nobody-knows")
        job = await until(studio, job, "unsure")
        assert job.error is not None
        assert "doesn't know this task ID" in job.error.message
        studio.decisions.adopt(job.id, "local", " task-1 ")
        job = await until(studio, job, "done")
        fake.creates, fake.finds = [LOST], [None, None, None]
        other = await until(studio, press(studio, "another"), "unsure")
        with pytest.raises(InvalidRequest, match="Another job"):
            studio.decisions.adopt(other.id, "local", "task-1")
    assert fake.created() == 2


async def test_of_two_choices_about_one_job_the_second_changes_nothing(tmp_path: Path) -> None:
    """Two pages, two threads: each read the job before either had chosen."""
    fake = FakeVendor(creates=[LOST], finds=[None, None, None])
    async with running(tmp_path, fake) as studio:
        runner = studio.opened.runner
        read = await until(studio, press(studio), "unsure")
        given_up = studio.decisions.discard(read.id, "local")
        asked = len(fake.asked)
        told = runner.decide(read.model_copy(update={"state": "submitting", "error": None}))
        assert told == given_up == studio.live.get(read.id, "local")
        other = await until(studio, press(studio, "another"), "done")
        assert (fake.asked[asked:].count("find"), other.state) == (0, "done")
        # And while somebody works on a job, it is not for a person's choice to change it.
        fake.end = Running(progress=0.5)
        busy = await until(studio, press(studio, "busy"), "running")
        told = runner.decide(busy.model_copy(update={"state": "discarded"}))
        assert (told.state, studio.live.get(busy.id, "local").state) == ("running", "running")


async def test_two_equal_requests_never_share_one_task(tmp_path: Path) -> None:
    fake = FakeVendor()
    async with running(tmp_path, fake) as studio:
        first = await until(studio, press(studio), "done")
        fake.creates = [LOST]
        second = press(studio)
        fake.tokens[second.token] = "task-1"
        fake.accepts_unclear = False
        second = await until(studio, second, "unsure")
    assert (first.ticket, second.ticket) == (
        Ticket(task="task-1", short="task-1", seen=True),
        None,
    )


async def test_trying_again_is_a_new_job_with_the_same_request(tmp_path: Path) -> None:
    fake = FakeVendor(creates=[Refused("No.", code="vendor")])
    async with running(tmp_path, fake) as studio:
        old = await until(studio, press(studio), "rejected")
        new = await until(studio, studio.decisions.retry(old.id, "local"), "done")
    assert new.id != old.id
    assert new.token != old.token
    assert new.request == old.request


# Following


async def test_a_poll_that_fails_changes_nothing_and_progress_never_goes_back(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(
        updates=[
            Running(progress=0.4), DOWN, VendorError("Odd."), Running(progress=0.2), Queued(),
            Running(progress=None), Running(progress=7.0),
        ]
    )  # fmt: skip
    async with running(tmp_path, fake) as studio:
        seen: list[tuple[State, float | None]] = []
        with studio.live.watch("local") as queue:
            job = press(studio)
            while job.is_open:
                job = await queue.get()
                seen.append((job.state, job.progress))
    progress = [value for _, value in seen if value is not None]
    states = list(dict.fromkeys(state for state, _ in seen))
    assert progress == sorted(progress)
    assert states == ["waiting", "submitting", "queued", "running", "saving", "done"]


async def test_a_new_task_may_be_unknown_for_a_moment(tmp_path: Path) -> None:
    fake = FakeVendor(updates=[Gone("No such task.")] * 8)
    async with running(tmp_path, fake) as studio:
        await until(studio, press(studio), "done")


async def test_a_task_that_stays_unknown_is_expired_and_can_be_looked_at_again(
    tmp_path: Path,
) -> None:
    fake = FakeVendor(updates=[Running(progress=0.1)], end=Gone("No such task."))
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "expired")
        assert job.error is not None
        assert job.error.code == "expired"
        fake.end = None
        await studio.decisions.look_again(job.id, "local")
        await until(studio, job, "done")
    assert fake.created() == 1


async def test_success_without_files_is_looked_at_again_and_then_failed(tmp_path: Path) -> None:
    empty = Succeeded(outputs=())
    fake = FakeVendor(updates=[empty, empty])
    async with running(tmp_path, fake) as studio:
        await until(studio, press(studio), "done")
        fake.end = empty
        job = await until(studio, press(studio), "failed")
    assert job.error is not None
    assert (job.error.code, fake.created()) == ("no_output", 2)


@pytest.mark.parametrize(
    "code", ["moderated", "input", "quality", "transient", "credits", "vendor"]
)
async def test_a_failed_task_tells_why_and_what_to_do(tmp_path: Path, code: str) -> None:
    failure = Failed.model_validate({"code": code, "message": "VENDOR.TEXT"})
    async with running(tmp_path, FakeVendor(end=failure)) as studio:
        job = await until(studio, press(studio), "failed")
    assert job.error is not None
    assert (job.error.code, job.error.vendor_text) == (code, "VENDOR.TEXT")
    assert job.error.message.endswith(".")
    assert job.error.advice.endswith(".")


async def test_a_task_that_the_vendor_stopped_is_cancelled(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor(end=Cancelled())) as studio:
        await until(studio, press(studio), "cancelled")
