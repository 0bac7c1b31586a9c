"""Kling O3 changes a video: made in the sandbox as asked, and refused where the vendor documents a refusal."""

from pathlib import Path

import pytest
from pydantic import JsonValue

from providers.catalogue.requests import Request, read_request
from providers.errors import InvalidRequest
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.useapi.sandbox.fields import Unacceptable
from providers.vendors.useapi.sandbox.orders import read_order
from tests.support.clips import video
from tests.support.fake_vendor import until

BODY: dict[str, JsonValue] = {
    "model": "kling-o3-pro", "text_prompt": "Make it a snowy night", "videoAssetId": "v",
}  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "kling-o3-4k"},
        {f"imageAssetId{number}": "i" for number in range(1, 6)},
        {"seed": 7},
        {"resolution": "720p"},
    ],
)
def test_the_emulator_refuses_what_is_documented_as_refused(wrong: dict[str, JsonValue]) -> None:
    read_order("video", BODY)
    read_order("video", {**BODY, **{f"imageAssetId{number}": "i" for number in range(1, 5)}})
    with pytest.raises(Unacceptable):
        read_order("video", {**BODY, **wrong})


@pytest.mark.anyio
async def test_a_video_of_up_to_10_s_is_changed(tmp_path: Path) -> None:
    studio = Studio(
        Settings(data_dir=tmp_path / "data", sandbox_speed=0), credentials=Credentials({})
    )
    body: dict[str, JsonValue] = {"kind": "video", "model": "useapi:video/kling-o3-pro-edit"}
    async with studio.running():

        async def asked(seconds: int) -> Request:
            made = video(tmp_path / "x.mp4", seconds=seconds)
            kept = await studio.files.keep("local", "x.mp4", made)
            return read_request({**body, "prompt": "A snowy night", "driving_video": kept.id})

        job = studio.submission.submit(await asked(3), owner="local")
        done = await until(studio, job, "done")
        assert round(done.artifacts[0].seconds or 0) == 3
        with pytest.raises(InvalidRequest, match=r"takes up to 10 s") as refused:
            studio.submission.submit(await asked(12), owner="local")
        assert [problem.field for problem in refused.value.problems] == ["driving_video"]
