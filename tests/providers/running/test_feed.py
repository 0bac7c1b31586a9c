"""The feed: whoever watches is told of every job, however many change at once."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from providers.catalogue.requests import ImageRequest
from providers.history.marks import Marks
from providers.jobs.job import Job
from providers.running.feed import ROOM, Feed
from providers.vendors.vendor import Running
from tests.support.fake_vendor import FakeVendor, press, running, until
from tests.support.serving import ASK, LIVE, Web, serve

MANY = 400


def _job(number: int, revision: int, **changes: object) -> Job:
    job = Job(
        id=f"{number:025}",
        owner="ann",
        client_request_id="",
        token=f"{number:025}",
        request=ImageRequest(model="acme:image/one", prompt="a red fox"),
        sandbox=True,
        revision=revision,
        created=1000.0,
        updated=1000.0,
    )
    return job.model_copy(update=changes)


@pytest.mark.anyio
@pytest.mark.fault("F108")
async def test_four_hundred_jobs_that_change_at_once_are_all_told(tmp_path: Path) -> None:
    async with running(tmp_path, FakeVendor(end=Running(progress=0.1))) as studio:
        jobs = [press(studio, f"fox {number}") for number in range(MANY)]
        await until(studio, jobs[0], "running")
        with studio.live.watch("local") as changes:
            for job in jobs:
                studio.keeping.mark(job.id, "local", Marks(starred=True))
            told = {job.id: job for job in (changes.get_nowait() for _ in range(changes.qsize()))}
        assert [job.id for job in jobs if not (job.id in told and told[job.id].starred)] == []


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    yield from serve(tmp_path, {}, sandbox_speed=60)


@pytest.mark.slow
@pytest.mark.fault("F108")
def test_a_page_sees_each_of_four_hundred_jobs_as_it_is_and_who_is_gone(web: Web) -> None:
    studio, portal = web.studio, web.client.portal
    assert portal is not None
    ended = web.client.post("/jobs", json={**ASK, "prompt": "ends"}).json()["id"]
    web.client.post(f"/jobs/{ended}/cancel", json={})
    _wait_for(web.client, ended)
    request = ImageRequest(model=str(ASK["model"]), prompt="a red fox")
    jobs = [studio.submission.submit(request, owner="ann").id for _ in range(MANY)]

    async def star() -> None:
        await studio.decisions.delete(ended, "ann")
        for job in jobs:
            studio.keeping.mark(job, "ann", Marks(starred=True))

    with web.client.websocket_connect(LIVE) as live:
        shown = {job["id"]: job for job in live.receive_json()["jobs"]}
        gone = set[str]()
        portal.call(star)
        # The last of them is told last.
        while not shown[jobs[-1]]["starred"]:
            told = live.receive_json()
            if told["type"] == "gone":
                gone.add(told["id"])
            elif told["type"] == "job":
                shown[told["job"]["id"]] = told["job"]
    assert gone == {ended}
    assert [job for job in jobs if not shown[job]["starred"]] == []


def _wait_for(client: TestClient, job: str) -> None:
    with client.websocket_connect(LIVE) as live:
        shown = {one["id"]: one for one in live.receive_json()["jobs"]}
        while shown[job]["state"] != "cancelled":
            told = live.receive_json()
            if told["type"] == "job":
                shown[told["job"]["id"]] = told["job"]


@pytest.mark.anyio
@pytest.mark.fault("F108")
async def test_what_a_watcher_may_be_behind_is_bounded_by_the_jobs_there_are() -> None:
    feed = Feed()
    with feed.watch("ann") as changes:
        for revision in range(50_000):
            feed.publish(_job(revision % 300, revision))
            assert changes.qsize() <= 2 * max(ROOM, 300)
        told = [changes.get_nowait() for _ in range(changes.qsize())]
    assert {job.id: job.revision for job in told} == {
        f"{number:025}": revision
        for revision in range(49_700, 50_000)
        if (number := revision % 300) >= 0
    }


STEPS = st.lists(
    st.tuples(st.integers(0, ROOM + 50), st.integers(0, 3), st.booleans(), st.integers(0, 20)),
    max_size=60,
)


@pytest.mark.fault("F108")
@settings(max_examples=40, deadline=None)
@given(STEPS, st.integers(0, 3 * ROOM))
def test_whoever_reads_how_they_like_ends_with_every_job_as_it_is(
    steps: list[tuple[int, int, bool, int]], burst: int
) -> None:
    """Also where changes come out of order, and after a job is gone."""
    feed, revision = Feed(), 0
    truth, page = dict[str, Job](), dict[str, Job]()

    def show(job: Job) -> None:
        if job.id not in page or page[job.id].revision < job.revision:
            page[job.id] = job

    async def live() -> None:
        nonlocal revision
        with feed.watch("ann") as changes:
            for number, late, is_gone, reads in [
                *steps,
                *((one, 0, False, 0) for one in range(burst)),
            ]:
                revision += 1
                job = _job(number, revision * 10 - late * 15, gone=is_gone)
                held = truth.get(job.id)
                if held is None or (not held.gone and held.revision < job.revision):
                    truth[job.id] = job
                elif held.gone:
                    continue
                feed.publish(job)
                for _ in range(min(reads, changes.qsize())):
                    show(changes.get_nowait())
            while not changes.empty():
                show(await changes.get())

    asyncio.run(live())
    assert page == truth
