"""A job tells as data what is happening to it, so that nobody has to read it out of a sentence."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from pydantic import JsonValue
from starlette.responses import Response

from providers.catalogue.requests import read_request
from providers.errors import NotSent, Unclear, VendorError
from providers.jobs.job import Job
from providers.library.disk import Disk
from providers.studio.studio import Studio
from providers.vendors.vendor import Queued, Running
from tests.support.fake_vendor import MODEL, FakeVendor, png, press, running
from tests.support.promises import Failing, pressed_twice, studio_on
from tests.support.serving import ASK, serve
from tests.support.told import told_of

pytestmark = pytest.mark.anyio
PATIENCE = 30.0
THROTTLING = ("useapi:image/gen4", "runway:image/gen4_image")


async def told(
    studio: Studio, holds: Callable[[dict[str, JsonValue]], bool]
) -> dict[str, JsonValue]:
    """The first job of this owner's that is shown like this."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for job in studio.live.recent("local"):
                if holds(shown := told_of(job)):
                    return shown
            await asyncio.sleep(0.001)


async def comes_to(studio: Studio, phase: str) -> dict[str, JsonValue]:
    """The job once it is in this phase."""
    return await told(studio, lambda job: job["phase"] == phase)


@pytest.mark.parametrize("model", THROTTLING)
async def test_a_task_that_is_held_back_says_whose_queue_it_is_in(
    tmp_path: Path, model: str
) -> None:
    for web in serve(tmp_path, {}, sandbox_speed=3):
        asked = {**ASK, "model": model, "prompt": "A pier sandbox:throttled", "options": {}}
        job = web.client.post("/jobs", json=asked).json()["id"]
        async with asyncio.timeout(PATIENCE):
            while (shown := web.client.get(f"/jobs/{job}").json())["phase"] != "throttled":
                assert shown["state"] in ("waiting", "submitting", "queued"), shown
                await asyncio.sleep(0.02)
        assert (shown["state"], shown["queue"]["whose"]) == ("queued", "Runway")
        assert shown["detail"]
        web.client.post(f"/jobs/{job}/cancel", json={})


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Open files are told under /proc.")
async def test_a_job_that_waits_for_its_receipt_is_held_by_the_disk_also_for_who_comes_later(
    tmp_path: Path,
) -> None:
    disk, fake = Failing(), FakeVendor()
    await pressed_twice(tmp_path, fake)
    disk.fails = True
    async with studio_on(tmp_path, fake, disk=Disk(fsync=disk.fsync)) as studio:
        shown = await comes_to(studio, "held_disk")
        assert (shown["state"], fake.created()) == ("submitting", 1)
        assert "No receipts can be written" in str(shown["detail"])
        assert shown["detail_as"] == "sentence"
        disk.fails = False
        await told(studio, lambda job: job["id"] == shown["id"] and job["state"] == "done")
    assert fake.created() == 2


async def _slot(studio: Studio, _fake: FakeVendor) -> None:
    for number in range(2):
        await comes_to(studio, "making")
        if not number:
            press(studio, "second")
    press(studio, "third")
    shown = await told(studio, lambda job: bool(job["queue"]) and job["phase"] == "slot")
    assert shown["queue"] == {"whose": "", "ahead": 2, "of": 2, "turns": None}
    assert shown["detail_as"] == "phase"


async def _uploading(studio: Studio, _fake: FakeVendor) -> None:
    shown = await comes_to(studio, "uploading")
    assert shown["state"] == "submitting"


async def _sent(studio: Studio, _fake: FakeVendor) -> None:
    shown = await comes_to(studio, "sent")
    assert (shown["state"], shown["submitted"] is None) == ("submitting", False)


async def _looking(studio: Studio, _fake: FakeVendor) -> None:
    shown = await told(
        studio, lambda job: job["phase"] == "looking" and "failed" in str(job["detail"])
    )
    assert (shown["state"], shown["detail_as"]) == ("submitting", "sentence")


async def _queued(studio: Studio, _fake: FakeVendor) -> None:
    shown = await told(studio, lambda job: job["detail"] == "3 of 9 in line")
    assert (shown["phase"], shown["detail_as"]) == ("queued", "words")


async def _throttled(studio: Studio, fake: FakeVendor) -> None:
    await comes_to(studio, "throttled")
    fake.end = VendorError("The vendor does not answer.")
    shown = await told(studio, lambda job: "does not answer" in str(job["detail"]))
    assert (shown["phase"], shown["detail_as"]) == ("throttled", "sentence")


async def _making(studio: Studio, _fake: FakeVendor) -> None:
    shown = await comes_to(studio, "making")
    assert (shown["state"], shown["queue"]) == ("running", None)


async def _fetching(studio: Studio, _fake: FakeVendor) -> None:
    shown = await told(
        studio, lambda job: job["phase"] == "fetching" and job["detail_as"] == "sentence"
    )
    assert "tries again automatically" in str(shown["detail"])


async def _cancelling(studio: Studio, fake: FakeVendor) -> None:
    fake.cancel_gate = asyncio.Event()
    shown = await comes_to(studio, "making")
    asking = asyncio.create_task(studio.decisions.cancel(str(shown["id"]), "local"))
    shown = await comes_to(studio, "cancelling")
    assert shown["cancelling"] is True
    fake.cancel_gate.set()
    await asking


NEVER = Running(progress=0.1)
WAYS: dict[str, tuple[FakeVendor, Callable[[Studio, FakeVendor], Awaitable[None]]]] = {
    "slot": (FakeVendor(updates=[], end=NEVER), _slot),
    "uploading": (FakeVendor(end=NEVER), _uploading),
    "sent": (FakeVendor(end=NEVER), _sent),
    "looking": (
        FakeVendor(creates=[Unclear("Lost.")], finds=[NotSent("Fake is not reached.")] * 9, end=NEVER),
        _looking,
    ),
    "queued": (FakeVendor(updates=[], end=Queued(detail="3 of 9 in line")), _queued),
    "throttled": (
        FakeVendor(updates=[], end=Queued(throttled=True, detail="Others come first")), _throttled,
    ),
    "making": (FakeVendor(updates=[], end=NEVER), _making),
    "fetching": (FakeVendor(answers=[Response("", 503)] * 9), _fetching),
    "cancelling": (
        FakeVendor(updates=[], end=NEVER, cancels=[VendorError("Fake is silent.")] * 9), _cancelling,
    ),
}  # fmt: skip


@pytest.mark.parametrize("phase", WAYS)
async def test_each_phase_of_a_jobs_life_is_told(tmp_path: Path, phase: str) -> None:
    fake, holds = WAYS[phase]
    if phase == "uploading":
        fake.upload_gate = asyncio.Event()
    if phase == "sent":
        fake.gate = asyncio.Event()
    async with running(tmp_path, fake) as studio:
        (tmp_path / "in.png").write_bytes(png())
        kept = await studio.files.keep("local", "in.png", tmp_path / "in.png")
        body: dict[str, JsonValue] = {"kind": "image", "model": MODEL.id, "prompt": "fox"}
        studio.submission.submit(read_request({**body, "references": [kept.id]}), owner="local")
        await holds(studio, fake)
        for gate in (fake.gate, fake.upload_gate):
            if gate is not None:
                gate.set()


def test_a_job_that_ended_is_in_no_phase() -> None:
    asked = read_request({"kind": "image", "model": MODEL.id, "prompt": "fox"})
    job = Job(
        id="1", owner="local", client_request_id="", token="1", request=asked, sandbox=True,
        state="done", created=1.0, updated=1.0,
    )  # fmt: skip
    assert (told_of(job)["phase"], told_of(job)["cancelling"]) == (None, False)
    waits = job.model_copy(update={"state": "waiting", "parked": "no_key"})
    assert told_of(waits)["phase"] == "parked"
