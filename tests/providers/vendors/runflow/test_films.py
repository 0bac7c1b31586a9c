"""Videos of one shot and of several at Runflow, from a press to the file, in the sandbox."""

import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PIL import Image
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.errors import InvalidRequest
from providers.jobs.job import Job, State
from providers.library.media import probe
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors import runflow
from providers.vendors.sandbox.clips import FPS
from tests.support.fake_vendor import until
from tests.support.filmed import cuts

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

KLING = "kuaishou/kling-video/v3/pro"
PLAN = (("A ferry leaves", 4), ("The compass swings", 3), ("Rain on the glass", 5))
FATES: list[tuple[str, State, int]] = [
    ("lost-answer", "done", 1),
    ("lost-request", "unsure", 0),
    ("throttled", "done", 1),
    ("expired-link", "done", 1),
    ("cut-download", "done", 1),
    ("moderated", "rejected", 0),
    ("no-credits", "rejected", 0),
    ("moderated-output", "failed", 1),
    ("fails", "failed", 1),
]


@asynccontextmanager
async def opened(folder: Path, speed: float = 0) -> AsyncGenerator[Studio]:
    """A studio without any key, with sandbox tasks that are ready at once."""
    settings = Settings(data_dir=folder, sandbox_speed=speed)
    studio = Studio(settings, credentials=Credentials({}), vendors=[runflow.VENDOR])
    async with studio.running():
        yield studio


def ask(studio: Studio, kind: str, **body: JsonValue) -> Job:
    """Press Generate for Kling without audio."""
    silent: JsonValue = {"audio": False}
    told = {"kind": kind, "model": f"runflow:{kind}/{KLING}", "options": silent, **body}
    return studio.submission.submit(read_request(told), owner="local")


def shots(*plan: tuple[str, JsonValue]) -> list[JsonValue]:
    return [{"prompt": prompt, "seconds": seconds} for prompt, seconds in plan]


async def frame(studio: Studio, folder: Path, size: tuple[int, int]) -> str:
    """A picture that was uploaded."""
    path = folder / "in.png"
    Image.new("RGB", size, "teal").save(path)
    return (await studio.files.keep("local", path.name, path)).id


async def test_three_shots_are_one_file_that_is_cut_where_they_begin(tmp_path: Path) -> None:
    async with opened(tmp_path) as studio:
        job = await until(studio, ask(studio, "multishot", shots=shots(*PLAN)), "done")
        (film,) = job.artifacts
        assert (film.kind, film.sound) == ("video", False)
        frames, begun = cuts(studio.files.path(film))
        assert frames == 12 * FPS
        assert len(begun) == 2
        for told, seconds in zip(begun, (4, 7), strict=True):
            assert abs(told - seconds * FPS) <= 1
        assert (await studio.files.poster(film)).stat().st_size > 100
        assert job.cost is not None
        assert job.cost.amount == pytest.approx(12 * 0.112)


async def test_a_start_frame_makes_it_the_other_address_and_gives_its_shape(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "data") as studio:
        tall = await frame(studio, tmp_path, (180, 320))
        plain: dict[str, JsonValue] = {"prompt": "A door opens", "start_frame": tall}
        options: JsonValue = {"audio": True, "duration": 3}
        jobs = [
            ask(studio, "multishot", shots=shots(("A door", 3), ("A hall", 3)), start_frame=tall),
            ask(studio, "video", **plain, options=options),
            ask(studio, "video", **plain, options=options, end_frame=tall),
        ]
        for job in jobs:
            film = (await until(studio, job, "done")).artifacts[0]
            assert film.width is not None
            assert film.height is not None
            assert film.width / film.height == pytest.approx(9 / 16, abs=0.01)
            assert probe(studio.files.path(film)).kind == "video"
        sent = [created.body for created in studio.sandbox.engine.book]
        for body in sent:
            assert isinstance(body, dict)
            assert body["model"] == f"{KLING}/image-to-video"
            assert isinstance(body["input"], dict)
            assert str(body["input"]["start_image_url"]).startswith("http")


async def test_an_illegal_plan_is_refused_with_every_problem_at_its_shot(tmp_path: Path) -> None:
    plan = shots(("", 3), ("A door", 0), ("A hall", "4"), ("A stair", 15))
    async with opened(tmp_path) as studio:
        with pytest.raises(InvalidRequest) as refused:
            ask(studio, "multishot", shots=plan[:2] + plan[3:], options={"seed": 5})
        assert {problem.field for problem in refused.value.problems if not problem.soft} == {
            "shots", "shots.1.prompt", "shots.2.seconds", "seed",
        }  # fmt: skip
        with pytest.raises(InvalidRequest):
            ask(studio, "multishot", shots=plan)
        assert not studio.sandbox.engine.book


async def test_what_no_page_says_is_sent_after_a_warning(tmp_path: Path) -> None:
    async with opened(tmp_path) as studio:
        plan = shots(("x" * 513, 1), ("A door", 2), *[("A hall", 1)] * 5)
        job = await until(studio, ask(studio, "multishot", shots=plan), "done")
        frames, begun = cuts(studio.files.path(job.artifacts[0]))
        assert (frames, len(begun)) == (8 * FPS, 6)


@pytest.mark.parametrize(("fate", "state", "creates"), FATES)
@pytest.mark.parametrize("kind", ["video", "multishot"])
async def test_every_fate_of_a_video_ends_as_it_should(
    kind: str, fate: str, state: State, creates: int, tmp_path: Path
) -> None:
    words = f"a fox sandbox:{fate}"
    one: dict[str, JsonValue] = {
        "prompt": words, "options": {"audio": False, "duration": 3},
    }  # fmt: skip
    several: dict[str, JsonValue] = {"shots": shots(("A door", 3), (words, 3))}
    async with opened(tmp_path) as studio:
        job = ask(studio, kind, **(one if kind == "video" else several))
        job = await until(studio, job, "done", "unsure", "rejected", "failed")
        assert (job.state, len(studio.sandbox.engine.book)) == (state, creates)
        assert (job.error is None) == (state == "done")
        assert [film.kind for film in job.artifacts] == ["video"] * (state == "done")


async def test_a_video_that_is_under_way_when_the_studio_ends_is_there_after_the_next_start(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path, speed=60) as studio:
        job = ask(studio, "multishot", shots=shots(("A door", 3), ("A hall", 3)))
        job = await until(studio, job, "queued", "running")
    async with opened(tmp_path) as studio:
        done = await until(studio, job, "done")
        assert [film.kind for film in done.artifacts] == ["video"]
        assert len(studio.sandbox.engine.book) == 1


async def test_films_that_an_earlier_library_made_are_taken_in_as_what_they_are(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path / "lost") as studio:
        made = [
            ask(studio, "multishot", shots=shots(("A door", 3), ("A hall", 3))),
            ask(studio, "video", prompt="A fox", options={"audio": False, "duration": 3}),
        ]
        for job in made:
            await until(studio, job, "done")
        video = next(
            one.task for one in studio.sandbox.engine.book if "multi_prompt" not in str(one.body)
        )
    shutil.copytree(tmp_path / "lost" / "sandbox", tmp_path / "new" / "sandbox")
    async with opened(tmp_path / "new") as studio:
        listed = await studio.adoption.unknown("runflow")
        told = {(one.kind, one.prompt, one.model) for one in listed}
        kling = f"runflow:multishot/{KLING}"
        assert told == {("multishot", "A door A hall", kling), ("video", "A fox", "")}
        names = [one.name for one in listed if one.kind == "multishot"]
        for task, kind in ((names[0], "multishot"), (video, "video")):
            taken = await studio.adoption.take_in("runflow", task, "local", kind)
            taken = await until(studio, taken, "done")
            assert (taken.kind, [film.kind for film in taken.artifacts]) == (kind, ["video"])
