"""The explore queue of useapi.net's Runway accounts: a line of its own, which holds nobody back who pays."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.fake_vendor import until

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(folder: Path, speed: float) -> AsyncGenerator[Studio]:
    """A studio without any key, whose sandbox takes its time."""
    studio = Studio(Settings(data_dir=folder, sandbox_speed=speed), credentials=Credentials({}))
    async with studio.running():
        yield studio


def ask(studio: Studio, prompt: str, *, explore: bool) -> Job:
    """Press Generate."""
    body: dict[str, JsonValue] = {
        "kind": "image", "model": "useapi:image/gen4", "prompt": prompt,
        "options": {"explore": explore, "resolution": "720p"},
    }  # fmt: skip
    return studio.submission.submit(read_request(body), owner="local")


async def test_jobs_that_wait_for_the_explore_queue_hold_no_job_back_that_pays(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, speed=10) as studio:
        slow = [ask(studio, f"a fox {n} sandbox:slow", explore=True) for n in range(3)]
        await until(studio, slow[0], "queued", "running")
        paying = ask(studio, "a fox that pays", explore=False)
        await until(studio, paying, "queued", "running", "saving", "done")
        now = [studio.live.get(job.id, "local").state for job in slow]
        assert now[0] in ("queued", "running")
        assert now[1:] == ["waiting", "waiting"]
        first, second = studio.sandbox.engine.book
        assert (first.token, second.token) == (slow[0].token, paying.token)


async def test_a_refusal_of_the_explore_queue_leaves_the_slots_of_those_that_pay(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, speed=1) as studio:
        runner = studio.opened.runner
        connection = studio.connections["useapi"]
        first = ask(studio, "a fox sandbox:throttled sandbox:slow", explore=True)
        await until(studio, first, "queued", "running")
        assert runner.slots(connection).limit == connection.pace.slots
        assert runner.slots(connection, first.request).limit == 1
