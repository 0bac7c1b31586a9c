"""Models that only some of Runway's accounts have: told, and asked about once until they are listed."""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import Request, read_request
from providers.errors import InvalidRequest
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.fake_vendor import until
from tests.support.runway_served import emulator

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

KEY = "key_of_a_small_account"
KLING = "runway:video/kling3.0_standard"


@asynccontextmanager
async def keyed(folder: Path, listed: Collection[str]) -> AsyncGenerator[Studio]:
    """A studio with a key of Runway's, whose organization lists these models."""
    with emulator(folder / "vendor", listed=listed) as url:
        keys = {"RUNWAYML_API_SECRET": KEY, "STUDIO_RUNWAY_BASE_URL": url}
        studio = Studio(Settings(data_dir=folder / "data"), credentials=Credentials(keys))
        async with studio.running():
            yield studio


async def listed_at_start(studio: Studio, model: str) -> None:
    """Wait until the organization has answered, which the studio asks as it starts."""
    async with asyncio.timeout(60):
        for _ in count():
            if model not in studio.connections["runway"].withheld:
                return
            await asyncio.sleep(0)


def video(model: str = KLING, prompt: str = "A ferry leaves") -> Request:
    """A short one."""
    options: Mapping[str, JsonValue] = {"audio": False, "ratio": "1:1", "duration": 3}
    body: Mapping[str, JsonValue] = {"kind": "video", "model": model, "prompt": prompt}
    return read_request({**body, "options": {**options}})


def questions(studio: Studio, request: Request) -> list[tuple[str, str]]:
    """What is said of the model, and under which name it asks."""
    found = studio.submission.problems(request, owner="local")
    assert all(problem.soft for problem in found)
    return [(problem.message, problem.asks) for problem in found if problem.field == "model"]


async def test_a_model_that_the_account_does_not_list_is_asked_about_once(tmp_path: Path) -> None:
    async with keyed(tmp_path, ["gen4_image"]) as studio:
        sentence = (
            "Runway doesn't list Kling 3.0 Standard for this account, so it may reject the request."
        )
        assert questions(studio, video()) == [(sentence, "withheld")]
        with pytest.raises(InvalidRequest, match="doesn't list Kling"):
            studio.submission.submit(video(), owner="local")
        with pytest.raises(InvalidRequest):
            studio.submission.submit(video(), owner="local", agreed=["moderated"])
        job = studio.submission.submit(video(), owner="local", agreed=["withheld"])
        await until(studio, job, "done")
        assert questions(studio, video(prompt="Another")) == [(sentence, "")]
        other = video("runway:video/kling3.0_pro")
        assert [asks for _, asks in questions(studio, other)] == ["withheld"]
        assert not questions(studio, read_request(
            {"kind": "image", "model": "runway:image/gen4_image", "prompt": "x"}
        ))  # fmt: skip


async def test_a_model_that_the_account_lists_is_like_any_other(tmp_path: Path) -> None:
    async with keyed(tmp_path, ["gen4_image", "kling3.0_standard"]) as studio:
        await listed_at_start(studio, KLING)
        assert not questions(studio, video())
        assert "runway:multishot/kling3.0_standard" not in studio.connections["runway"].withheld
        assert questions(studio, video("runway:video/kling3.0_pro"))


async def test_a_check_of_the_key_tells_what_the_account_has_by_now(tmp_path: Path) -> None:
    listed = ["gen4_image"]
    async with keyed(tmp_path, listed) as studio:
        assert questions(studio, video())
        listed.append("kling3.0_standard")
        assert (await studio.upkeep.check_key("runway")).ok
        assert not questions(studio, video())
        listed.clear()
        await studio.upkeep.check_key("runway")
        assert questions(studio, video())


async def test_a_model_that_is_enabled_later_is_seen_without_a_restart_or_a_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("providers.studio.studio.ASKED_EVERY", 0.01)
    listed = ["gen4_image"]
    async with keyed(tmp_path, listed) as studio:
        assert questions(studio, video())
        listed.append("kling3.0_standard")
        await listed_at_start(studio, KLING)
        assert not questions(studio, video())


async def test_the_sandbox_has_every_model(tmp_path: Path) -> None:
    studio = Studio(Settings(data_dir=tmp_path), credentials=Credentials({}))
    async with studio.running():
        assert not studio.connections["runway"].withheld
        assert not questions(studio, video())
