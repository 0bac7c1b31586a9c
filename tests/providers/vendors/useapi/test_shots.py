"""Videos of several shots at useapi.net, from a press to the file, in the sandbox."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.errors import InvalidRequest
from providers.jobs.job import Job
from providers.studio.studio import Studio
from tests.support.fake_vendor import png, until
from tests.support.multishots import is_cut_at, opened, press, sent

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

MODELS = ("kling-o3-standard", "kling-3.0-standard")
every_model = pytest.mark.parametrize("name", MODELS)


def ask(studio: Studio, name: str, *shots: tuple[str, int], **beside: JsonValue) -> Job:
    """Press Generate with a model of this vendor."""
    return press(studio, f"useapi:multishot/{name}", *shots, **beside)


@every_model
async def test_three_shots_are_one_file_that_is_cut_where_they_begin(
    tmp_path: Path, name: str
) -> None:
    plan = (("A ferry leaves", 4), ("The compass swings", 3), ("Rain on the glass", 5))
    async with opened(tmp_path) as studio:
        job = await until(studio, ask(studio, name, *plan, options={"audio": False}), "done")
        (film,) = job.artifacts
        is_cut_at(studio.files.path(film), 4, 3, 5)
        body = sent(studio)
        assert "duration" not in body
        assert body["multishot_duration_3"] == 5


async def test_references_go_out_numbered_beside_a_start_frame(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as studio:
        held: list[str] = []
        for number in range(3):
            path = tmp_path / f"{number}.png"
            path.write_bytes(png(number))
            held.append((await studio.files.keep("local", path.name, path)).id)
        job = ask(
            studio, "kling-o3-standard", ("@IMG_1 opens a door", 3), ("@IMG_2 on a table", 3),
            references=[*held[:2]], start_frame=held[2], options={"audio": False},
        )  # fmt: skip
        assert job.request.fields()["references"] == held[:2]
        await until(studio, job, "done")
        body = sent(studio)
        assert {name for name in body if "AssetId" in name} == {
            "startFrameAssetId", "imageAssetId1", "imageAssetId2",
        }  # fmt: skip
        assert body["multishot_prompt_1"] == "@IMG_1 opens a door"


@every_model
async def test_an_illegal_plan_is_refused_with_every_problem_at_its_shot(
    tmp_path: Path, name: str
) -> None:
    plan = (("", 2), ("A door", 13), ("x" * 2501, 4))
    async with opened(tmp_path) as studio:
        with pytest.raises(InvalidRequest) as refused:
            ask(studio, name, *plan, options={"seed": 5, "resolution": "720p"})
        assert {problem.field for problem in refused.value.problems} == {
            "shots", "shots.1.prompt", "shots.1.seconds", "shots.2.seconds", "shots.3.prompt", "seed",
            "resolution",
        }  # fmt: skip
        assert not studio.sandbox.engine.book


async def test_what_is_only_concluded_of_a_shots_text_is_sent_after_a_warning(
    tmp_path: Path,
) -> None:
    async with opened(tmp_path) as studio:
        job = ask(studio, "kling-o3-pro", ("x" * 513, 3), ("sandbox:fails", 3))
        await until(studio, job, "failed")
        assert len(studio.sandbox.engine.book) == 1
