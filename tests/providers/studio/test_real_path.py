"""The real path without a network: the adapter, the emulator, the painter, and a kill that is one."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import av
import pytest
from PIL import Image
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.jobs.job import Job, State
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.fake_vendor import png, until

pytestmark = [pytest.mark.slow, pytest.mark.anyio]


@asynccontextmanager
async def real(folder: Path) -> AsyncGenerator[Studio]:
    """A studio as it is without any key, with sandbox tasks that are ready at once."""
    settings = Settings(data_dir=folder, sandbox_speed=0)
    studio = Studio(settings, credentials=Credentials({}))
    async with studio.running():
        yield studio


def ask(studio: Studio, **body: JsonValue) -> Job:
    """Press Generate with this body."""
    return studio.submission.submit(read_request(body), owner="local")


async def test_four_pictures_are_made_in_the_sandbox(tmp_path: Path) -> None:
    async with real(tmp_path) as studio:
        job = ask(
            studio, kind="image", model="useapi:image/nano-banana-pro", prompt="a fox",
            options={"count": 4, "ratio": "1:1"},
        )  # fmt: skip
        job = await until(studio, job, "done")
        assert len(job.artifacts) == 4
        for artifact in job.artifacts:
            with Image.open(studio.files.path(artifact)) as picture:
                assert picture.size == (artifact.width, artifact.height)
                assert picture.width == picture.height
        assert len(studio.sandbox.engine.book) == 1


async def test_a_video_and_a_multishot_are_made_in_the_sandbox(tmp_path: Path) -> None:
    shots: list[JsonValue] = [{"prompt": "one", "seconds": 3}, {"prompt": "two", "seconds": 4}]
    async with real(tmp_path) as studio:
        jobs = [
            ask(studio, kind="video", model="useapi:video/veo-3.1", prompt="a fox runs"),
            ask(studio, kind="multishot", model="useapi:video/kling-3.0-pro", shots=shots),
        ]
        done = [await until(studio, job, "done") for job in jobs]
        clips = [job.artifacts[0] for job in done]
        assert clips[1].seconds == pytest.approx(7, abs=0.1)
        for clip in clips:
            with av.open(str(studio.files.path(clip))) as container:
                assert bool(container.streams.audio) == clip.sound
                assert container.streams.video[0].codec_context.width == clip.width
            assert (await studio.files.poster(clip)).stat().st_size > 100


@pytest.mark.parametrize(
    ("fate", "state", "creates"),
    [
        ("lost-answer", "done", 1),
        ("lost-request", "unsure", 0),
        ("throttled", "done", 1),
        ("expired-link", "done", 1),
        ("cut-download", "done", 1),
        ("moderated", "rejected", 0),
        ("no-credits", "rejected", 0),
        ("moderated-output", "failed", 1),
        ("fails", "failed", 1),
    ],
)
async def test_every_fate_of_the_sandbox_ends_as_it_should(
    tmp_path: Path, fate: str, state: State, creates: int
) -> None:
    async with real(tmp_path) as studio:
        job = ask(studio, kind="image", model="useapi:image/gen4", prompt=f"a fox sandbox:{fate}")
        job = await until(studio, job, "done", "unsure", "rejected", "failed")
        assert (job.state, len(studio.sandbox.engine.book)) == (state, creates)
        assert (job.error is None) == (state == "done")


async def test_an_uploaded_reference_reaches_the_vendor_through_its_kept_id(tmp_path: Path) -> None:
    (tmp_path / "fox.png").write_bytes(png(3))
    async with real(tmp_path / "data") as studio:
        kept = await studio.files.keep("local", "fox.png", tmp_path / "fox.png")
        for prompt in ("one", "two"):
            job = ask(
                studio, kind="image", model="useapi:image/gen4", prompt=prompt,
                references=[kept.id],
            )  # fmt: skip
            await until(studio, job, "done")
        first, second = studio.sandbox.engine.book
        assert first.token != second.token


KILLED = """
import asyncio, sys
from pathlib import Path
from providers.catalogue.requests import read_request
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio

async def main(folder, state):
    settings = Settings(data_dir=Path(folder), sandbox_speed=0.2)
    async with (studio := Studio(settings, credentials=Credentials({}))).running():
        body = {"kind": "image", "model": "useapi:image/gen4", "prompt": "a fox"}
        with studio.live.watch("local") as queue:
            job = studio.submission.submit(read_request(body), owner="local")
            while job.state != state or (state == "submitting" and job.submitted is None):
                job = await queue.get()
            print(job.id, flush=True)
            await asyncio.Event().wait()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize("state", ["submitting", "queued", "running"])
async def test_a_killed_process_leaves_a_job_that_ends_with_one_create_call(
    tmp_path: Path, state: State
) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", KILLED, str(tmp_path), state]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root) as process:  # noqa: ASYNC220
        assert process.stdout is not None
        job_id = await asyncio.to_thread(process.stdout.readline)
        process.kill()
        process.communicate()
    async with real(tmp_path) as studio:
        job = studio.live.get(job_id.decode().strip(), "local")
        # Killed before its first byte left or after it arrived: the vendor's tasks tell which. Its book, which
        # is written after them, dies with the same process.
        job = await until(studio, job, "done", "unsure")
        created = len([*(studio.sandbox.engine.folder / "useapi" / "tasks").glob("*.json")])
        assert (job.state, created) in (("done", 1), ("unsure", 0))
        # Whoever was answered stands in it: it is written before the answer leaves.
        was_answered = state != "submitting"
        assert created - (not was_answered) <= len(studio.sandbox.engine.book) <= created
        assert job.state == "done" or not was_answered
