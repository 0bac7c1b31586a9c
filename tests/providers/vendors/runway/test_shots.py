"""Videos of several shots at Runway, from a press to the file, in the sandbox."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import read_request
from providers.errors import InvalidRequest
from providers.jobs.job import Job
from providers.jobs.views import JobView
from providers.studio.studio import Studio
from tests.support.fake_vendor import png, until
from tests.support.multishots import is_cut_at, opened, press, sent

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

RECIPE = "multi_shot_video"


def ask(studio: Studio, name: str, *shots: tuple[str, int], **beside: JsonValue) -> Job:
    """Press Generate with a model of this vendor."""
    return press(studio, f"runway:multishot/{name}", *shots, **beside)


async def test_a_recipe_of_three_shots_is_one_file_that_is_cut_where_they_begin(
    tmp_path: Path,
) -> None:
    plan = (("A potter lifts a wet bowl", 4), ("A thumb smooths the rim", 3), ("A shelf", 3))
    async with opened(tmp_path) as studio:
        job = await until(studio, ask(studio, RECIPE, *plan, options={"ratio": "9:16"}), "done")
        (film,) = job.artifacts
        assert (film.width, film.height, film.sound) == (720, 1280, True)
        is_cut_at(studio.files.path(film), 4, 3, 3)
        assert sent(studio) == {
            "version": "2026-06", "mode": "custom", "duration": 10, "ratio": "720:1280", "audio": True,
            "shots": [{"prompt": prompt, "duration": seconds} for prompt, seconds in plan],
        }  # fmt: skip


KLING_PLAN = (("A ferry leaves", 4), ("The compass swings", 3), ("Rain on the glass", 5))


@pytest.mark.parametrize("name", ["kling3.0_standard", "klingO3_standard"])
async def test_three_shots_of_kling_are_one_file_that_is_cut_where_they_begin(
    tmp_path: Path, name: str
) -> None:
    async with opened(tmp_path) as studio:
        job = ask(studio, name, *KLING_PLAN, options={"audio": False, "ratio": "1:1"})
        (film,) = (await until(studio, job, "done")).artifacts
        assert (film.width, film.height, film.sound) == (960, 960, False)
        is_cut_at(studio.files.path(film), 4, 3, 5)
        assert sent(studio) == {
            "model": name, "ratio": "960:960", "audio": False,
            "providerSettings": {
                "shotType": "customize",
                "multiPrompt": [{"prompt": text, "duration": seconds} for text, seconds in KLING_PLAN],
            },
        }  # fmt: skip


async def test_references_of_kling_stand_beside_its_first_frame(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as studio:
        held: list[str] = []
        for number in range(3):
            path = tmp_path / f"{number}.png"
            path.write_bytes(png(number))
            held.append((await studio.files.keep("local", path.name, path)).id)
        with pytest.raises(InvalidRequest, match="needs a start frame"):
            ask(studio, "klingO3_standard", *KLING_PLAN, references=[*held])
        job = ask(
            studio, "klingO3_standard", ("She folds the map", 3), ("The tram arrives", 4),
            references=[*held[1:]], start_frame=held[0], options={"audio": False},
        )  # fmt: skip
        await until(studio, job, "done")
        body = sent(studio)
        assert [
            len(str(body[name]).split("'uri'")) - 1 for name in ("promptImage", "references")
        ] == [1, 2]
        assert "duration" not in body


async def test_a_story_is_cut_by_kling_itself(tmp_path: Path) -> None:
    async with opened(tmp_path) as studio:
        job = ask(
            studio, "kling3.0_standard-intelligence", prompt="A courier crosses a city",
            options={"duration": 6, "audio": False},
        )  # fmt: skip
        (film,) = (await until(studio, job, "done")).artifacts
        is_cut_at(studio.files.path(film), 2, 2, 2)
        body = sent(studio)
        assert body["providerSettings"] == {"shotType": "intelligence"}
        assert (body["promptText"], body["duration"]) == ("A courier crosses a city", 6)


async def test_what_klings_types_leave_open_is_sent_after_a_warning(tmp_path: Path) -> None:
    plan = (("x" * 513, 1), *[("A door", 2)] * 6)
    async with opened(tmp_path) as studio:
        body: dict[str, JsonValue] = {
            "kind": "multishot", "model": "runway:multishot/kling3.0_standard",
            "shots": [{"prompt": text, "seconds": seconds} for text, seconds in plan],
        }  # fmt: skip
        problems = studio.submission.problems(read_request(body), owner="local")
        warned = {problem.field for problem in problems if problem.field != "model"}
        assert warned == {"shots", "shots.1.prompt", *(f"shots.{n}.seconds" for n in range(1, 8))}
        assert all(problem.soft for problem in problems)
        await until(studio, ask(studio, "kling3.0_standard", *plan), "done")


async def test_an_illegal_plan_of_klings_is_refused_with_every_problem_at_its_shot(
    tmp_path: Path,
) -> None:
    plan = (("", 0), ("x" * 2501, 16))
    async with opened(tmp_path) as studio:
        with pytest.raises(InvalidRequest) as refused:
            ask(
                studio,
                "kling3.0_pro",
                *plan,
                end_frame="a",
                options={"seed": 5, "resolution": "4K"},
            )
        assert {problem.field for problem in refused.value.problems} >= {"end_frame"}
        with pytest.raises(InvalidRequest) as refused:
            ask(studio, "kling3.0_pro", *plan, options={"seed": 5, "resolution": "4K"})
        assert {problem.field for problem in refused.value.problems if not problem.soft} == {
            "shots", "shots.1.prompt", "shots.1.seconds", "shots.2.prompt", "seed", "resolution",
        }  # fmt: skip
        assert not studio.sandbox.engine.book


async def test_what_the_vendor_says_it_may_cost_is_kept_beside_our_estimate(tmp_path: Path) -> None:
    plan = (("A door opens", 5), ("A hall", 5), ("A stair", 5))
    async with opened(tmp_path) as studio:
        job = ask(studio, RECIPE, *plan, options={"resolution": "1080p"})
        assert JobView.of(job).quote is None
        view = JobView.of(await until(studio, job, "done"))
        assert (view.estimate, view.quote) == (job.estimate, view.cost)
        assert view.quote is not None
        assert (view.quote.amount, view.quote.unit) == (15 * 17, "credits")


async def test_one_story_becomes_five_shots_after_a_first_frame(tmp_path: Path) -> None:
    async with opened(tmp_path / "data") as studio:
        path = tmp_path / "a.png"
        path.write_bytes(png())
        frame = (await studio.files.keep("local", path.name, path)).id
        job = ask(
            studio, f"{RECIPE}-auto", prompt="A courier crosses a city", start_frame=frame,
            options={"duration": 5, "audio": False},
        )  # fmt: skip
        (film,) = (await until(studio, job, "done")).artifacts
        is_cut_at(studio.files.path(film), 1, 1, 1, 1, 1)
        body = sent(studio)
        assert isinstance(body["firstFrame"], dict)
        assert str(body["firstFrame"]["uri"]).startswith(("runway://", "data:image/"))
        assert body | {"firstFrame": None} == {
            "version": "2026-06", "mode": "auto", "prompt": "A courier crosses a city", "duration": 5,
            "ratio": "1280:720", "audio": False, "firstFrame": None,
        }  # fmt: skip


async def test_an_illegal_recipe_is_refused_with_every_problem_at_its_shot(tmp_path: Path) -> None:
    plan = (("ab", 0), ("🌊" * 257, 16))
    async with opened(tmp_path) as studio:
        with pytest.raises(InvalidRequest) as refused:
            ask(studio, RECIPE, *plan, prompt="Beside", options={"seed": 5, "duration": 10})
        assert {problem.field for problem in refused.value.problems} == {
            "shots", "shots.1.prompt", "shots.1.seconds", "shots.2.prompt", "shots.2.seconds",
            "prompt", "seed", "duration",
        }  # fmt: skip
        with pytest.raises(InvalidRequest) as refused:
            ask(studio, RECIPE, ("A door", 4), ("A hall", 4), ("A stair", 3))
        (problem,) = refused.value.problems
        assert "11 s, but this model makes 5, 10 or 15 s. Remove 1 s or add 4 s." in problem.message
        assert not studio.sandbox.engine.book


async def test_a_fate_in_any_shot_is_that_of_the_whole(tmp_path: Path) -> None:
    plan = (("A door", 5), ("A hall", 5), ("A stair sandbox:fails", 5))
    async with opened(tmp_path) as studio:
        await until(studio, ask(studio, RECIPE, *plan), "failed")
