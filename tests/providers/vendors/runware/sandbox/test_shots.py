"""Shots at the emulated Runware: what it refuses, and films that are cut where the plan says."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.errors import InvalidRequest
from providers.library.media import probe
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.runware import VENDOR
from providers.vendors.sandbox.clips import FPS
from providers.vendors.sandbox.engine import Clock
from providers.vendors.vendor import TaskTeller
from tests.support.fake_vendor import until
from tests.support.filmed import cuts
from tests.support.meeting import Unpainted, meeting
from tests.support.runware_table import SHOTS, VIDEOS
from tests.support.runware_tasks import KLING_TASK, TASK, post

pytestmark = pytest.mark.anyio

PRO = "klingai:kling-video@3-pro"
TURBO = "klingai:kling-video@3.0-turbo"
PLAN: list[JsonValue] = [
    {"prompt": "A tailor unrolls blue cloth", "seconds": 4},
    {"prompt": "The chalk line", "seconds": 3},
    {"prompt": "The jacket by the window", "seconds": 5},
]


@pytest.mark.slow
@pytest.mark.parametrize("name", SHOTS)
async def test_a_plan_of_three_shots_becomes_a_video_with_its_two_cuts(
    name: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, sandbox_speed=0)
    studio = Studio(settings, credentials=Credentials({}))
    body: dict[str, JsonValue] = {"kind": "multishot", "model": f"runware:multishot/{name}"}
    async with studio.running():
        asked = read_request({**body, "shots": PLAN, "options": {"ratio": "9:16"}})
        job = await until(studio, studio.submission.submit(asked, owner="local"), "done")
        (video,) = job.artifacts
        path = studio.files.path(video)
        assert cuts(path)[1] == [4 * FPS, 7 * FPS]
        found = probe(path)
        (created,) = studio.sandbox.engine.book
    assert found.seconds == pytest.approx(12, abs=1 / FPS)
    assert (found.width, found.height) == next(iter(VIDEOS[name].pairs.values()))["9:16"]
    assert found.sound == (VIDEOS[name].sound_field is None)
    assert isinstance(created.body, dict)
    assert created.body["duration"] == 12


@pytest.mark.parametrize("name", SHOTS)
async def test_an_illegal_plan_is_refused_at_each_of_its_shots_and_nothing_is_sent(
    name: str, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, sandbox_speed=0)
    studio = Studio(settings, credentials=Credentials({}))
    shots: list[JsonValue] = [
        {"prompt": "", "seconds": 4},
        {"prompt": "A door", "seconds": 0},
        {"prompt": "x" * 3000, "seconds": 4},
    ]
    body: dict[str, JsonValue] = {"kind": "multishot", "model": f"runware:multishot/{name}"}
    async with studio.running():
        with pytest.raises(InvalidRequest) as caught:
            studio.submission.submit(read_request({**body, "shots": shots}), owner="local")
        assert not studio.sandbox.engine.book
    fields = {problem.field for problem in caught.value.problems if not problem.soft}
    assert fields >= {"shots.1.prompt", "shots.2.seconds", "shots.3.prompt"}


async def test_texts_that_would_break_the_shot_list_are_refused_at_their_shots(
    tmp_path: Path,
) -> None:
    shots: list[JsonValue] = [
        {"prompt": "A door; it opens", "seconds": 4},
        {"prompt": "A hand\nand a lamp", "seconds": 4},
        {"prompt": "shot 3, 4, a street", "seconds": 4},
    ]
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        with pytest.raises(InvalidRequest) as caught:
            await met.submit(f"runware:multishot/{TURBO}", {"shots": shots})
    fields = [problem.field for problem in caught.value.problems]
    assert fields == [f"shots.{number}.prompt" for number in (1, 2, 3)]


async def test_the_archive_tells_a_multishot_from_one_take(tmp_path: Path) -> None:
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        for number, name in enumerate(SHOTS):
            model, take = f"runware:multishot/{name}", f"runware:video/{name}"
            assert isinstance(met.provider, TaskTeller)
            task = (await met.submit(model, {"shots": PLAN}, f"{number:032x}")).task
            known = await met.provider.known(task)
            assert known is not None
            assert (known.kind, known.model) == ("multishot", model)
            assert "tailor" in known.prompt
            task = (await met.submit(take, {"prompt": "A fox"}, f"{number + 9:032x}")).task
            known = await met.provider.known(task)
            assert known is not None
            assert (known.kind, known.model, known.prompt) == ("video", take, "A fox")


async def test_words_that_choose_a_fate_work_in_every_shot(tmp_path: Path) -> None:
    shots: list[JsonValue] = [*PLAN, {"prompt": "A lamp sandbox:fails", "seconds": 3}]
    async with meeting(VENDOR, Unpainted(Clock(0), tmp_path)) as met:
        for number, name in enumerate(SHOTS):
            ticket = await met.submit(
                f"runware:multishot/{name}", {"shots": shots}, f"{number:032x}"
            )
            assert (await met.settled(ticket)).state == "failed"


SIZED: dict[str, JsonValue] = {**KLING_TASK, "width": 1920, "height": 1080}
BARE: dict[str, JsonValue] = {
    name: value for name, value in SIZED.items() if name != "positivePrompt"
}
READING: dict[str, JsonValue] = {**SIZED, "model": TURBO, "duration": 7}
FRAME: JsonValue = [{"image": "https://a.example/a.png", "frame": "first"}]
LAST: JsonValue = [*FRAME, {"image": "https://a.example/b.png", "frame": "last"}]


def listing(*shots: JsonValue, **more: JsonValue) -> dict[str, JsonValue]:
    """A task with a list of shots."""
    return {**BARE, "providerSettings": {"klingai": {"multiPrompt": list(shots)}}, **more}


SHOT: JsonValue = {"prompt": "A door", "duration": 4}
REFUSED: list[tuple[dict[str, JsonValue], str, str]] = [
    (listing(), "invalidMultiPrompt", "providerSettings.klingai.multiPrompt"),
    (listing({"prompt": "A door"}), "invalidMultiPrompt", "providerSettings.klingai.multiPrompt"),
    (listing({"prompt": "A door", "duration": "4"}, SHOT), "invalidMultiPrompt",
     "providerSettings.klingai.multiPrompt"),
    (listing({"prompt": "A door", "duration": 4, "seed": 1}), "invalidMultiPrompt",
     "providerSettings.klingai.multiPrompt"),
    (listing(SHOT, SHOT, model="klingai:kling-video@o3-pro"), "unsupportedParameter",
     "providerSettings.klingai.multiPrompt"),
    (listing(SHOT, SHOT, positivePrompt="A story"), "invalidPositivePrompt", "positivePrompt"),
    (listing(SHOT, SHOT, seed=7), "invalidSeed", "seed"),
    ({**BARE, "providerSettings": {"klingai": {"shotType": "customize"}}}, "unknownParameter",
     "providerSettings.klingai.shotType"),
    ({**READING, "positivePrompt": "shot 1, 4, A door; shot 2, 4, A lamp;"}, "invalidDuration",
     "duration"),
    ({**READING, "positivePrompt": "shot 1, 4, A door; shot 3, 3, A lamp;"},
     "invalidPositivePrompt", "positivePrompt"),
    ({**READING, "positivePrompt": "shot 1, 4, A door; a lamp;"}, "invalidPositivePrompt",
     "positivePrompt"),
    ({**READING, "positivePrompt": f"shot 1, 7, {'x' * 513};"}, "invalidPositivePrompt",
     "positivePrompt"),
    ({**READING, "positivePrompt": " ".join(f"shot {n}, 1, A door;" for n in range(1, 8))},
     "invalidPositivePrompt", "positivePrompt"),
    ({**READING, "providerSettings": {"klingai": {"sound": True}}}, "unsupportedParameter",
     "providerSettings"),
    ({**READING, "negativePrompt": "rain"}, "unknownParameter", "negativePrompt"),
    ({**READING, "inputs": {"frameImages": FRAME}}, "invalidWidth", "width"),
    ({**KLING_TASK, "model": TURBO, "resolution": "720p", "inputs": {"frameImages": LAST}},
     "invalidFrameImages", "inputs.frameImages"),
    ({**SIZED, "inputs": {"referenceImages": ["https://a.example/a.png"]}},
     "unsupportedParameter", "inputs"),
    ({**SIZED, "model": "klingai:kling-video@o3-pro", "negativePrompt": "rain"},
     "unknownParameter", "negativePrompt"),
    ({**SIZED, "model": "klingai:kling-video@o3-standard", "width": 1280, "height": 720,
      "resolution": "1080p"}, "incompatibleParameters", "resolution"),
]  # fmt: skip


@pytest.mark.parametrize(("task", "code", "parameter"), REFUSED)
async def test_a_list_of_shots_is_refused_where_the_vendor_says_so(
    task: dict[str, JsonValue], code: str, parameter: str, tmp_path: Path
) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    answer = await post(engine, [task])
    (error,) = answer.json()["errors"]
    assert (error["code"], error.get("parameter")) == (code, parameter)
    assert not engine.book


TAKEN: list[dict[str, JsonValue]] = [
    listing(SHOT, SHOT, duration=8),
    listing(*[SHOT] * 7),
    listing({"prompt": "x" * 600, "duration": 1}, SHOT),
    {**READING, "positivePrompt": "shot 1, 4, A door; shot 2, 3, A lamp"},
    {**READING, "duration": 5, "positivePrompt": "A shot of a door; then a lamp"},
    {**SIZED, "negativePrompt": "rain"},
    {**KLING_TASK, "model": TURBO, "resolution": "1080p", "negativePrompt": "rain",
     "inputs": {"frameImages": FRAME}},
    {**SIZED, "model": "klingai:kling-video@o3-pro",
     "inputs": {"referenceImages": ["https://a.example/a.png"]}},
    {**TASK, "taskUUID": KLING_TASK["taskUUID"]},
]  # fmt: skip


@pytest.mark.parametrize("task", TAKEN)
async def test_what_no_page_forbids_is_taken(task: dict[str, JsonValue], tmp_path: Path) -> None:
    engine = Unpainted(Clock(0), tmp_path)
    answer = await post(engine, [task])
    assert "errors" not in answer.json()
    assert len(engine.book) == 1
