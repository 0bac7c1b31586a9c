"""The Runway adapter meets the emulator, which was written from the same documents by other eyes."""

import base64
from collections.abc import Mapping
from pathlib import Path

import av
import pytest
from PIL import Image
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.errors import Gone, Refused
from providers.vendors.runway.body import create_call
from providers.vendors.runway.models import MODELS
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.vendor import Media, Queued, Succeeded
from tests.support.cases import legal
from tests.support.meeting import Unpainted
from tests.support.requested import request_of
from tests.support.runway_meeting import meeting, unpainted

pytestmark = [pytest.mark.slow, pytest.mark.anyio]


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.id)
async def test_every_legal_request_arrives_as_it_was_written(
    spec: ModelSpec, tmp_path: Path
) -> None:
    engine = unpainted(tmp_path)
    cases = list(legal(spec))
    async with meeting(engine) as met:
        picture, movie = await met.picture(), await met.movie()
        for case in cases:
            request = request_of(spec, apart(case.given))
            uploads = {
                artifact: movie if field == "driving_video" else picture
                for field, artifact in request.media()
            }
            ticket = await met.provider.submit(request, uploads, "token")
            created = engine.book[-1]
            assert created.body == create_call(request, uploads)[1], case.name
            assert created.task == ticket.task
            assert ticket.note["kind"] == ("image" if spec.kind == "image" else "video")
    assert len(engine.book) == len(cases)


def apart(given: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """The same fields with another artifact in the place for a video."""
    return {
        name: "driving_video-1" if name == "driving_video" else value
        for name, value in given.items()
    }


@pytest.mark.parametrize(
    ("model", "options", "size"),
    [
        ("runway:image/gemini_2.5_flash", {"ratio": "21:9"}, (1536, 672)),
        ("runway:image/gen4_image", {"ratio": "3:4", "resolution": "720p"}, (720, 960)),
        ("runway:image/seedream5_pro", {"ratio": "3:2", "resolution": "1K"}, (1296, 864)),
        ("runway:image/muse_image", {"format": "webp"}, (2016, 1152)),
    ],
)
async def test_a_picture_has_the_pixels_of_its_shape_and_size(
    model: str, options: dict[str, JsonValue], size: tuple[int, int], tmp_path: Path
) -> None:
    async with meeting(Engine(Clock(0), tmp_path)) as met:
        path = await met.file(await met.send(model, None, prompt="A teapot", **options))
        with Image.open(path) as picture:
            assert picture.size == size
            assert picture.format == ("WEBP" if "format" in options else "PNG")


async def test_a_clip_from_words_and_one_from_a_first_frame(tmp_path: Path) -> None:
    async with meeting(Engine(Clock(0), tmp_path)) as met:
        given: dict[str, JsonValue] = {"prompt": "The sea", "duration": 2}
        path = await met.file(await met.send("runway:video/gen4.5", None, ratio="9:16", **given))
        assert film(path) == (720, 1280, 2, False)
        uploads = {"frame": await met.picture()}
        ticket = await met.send(
            "runway:video/gen4.5", uploads, start_frame="frame", ratio="1:1", **given
        )
        assert film(await met.file(ticket)) == (960, 960, 2, False)


async def test_sound_is_on_until_it_is_switched_off(tmp_path: Path) -> None:
    async with meeting(Engine(Clock(0), tmp_path)) as met:
        path = await met.file(await met.send("runway:video/wan3", prompt="Sea", duration=2))
        assert film(path) == (1280, 720, 2, True)


async def test_a_picture_is_enlarged_and_one_too_large_for_it_is_refused(tmp_path: Path) -> None:
    model = "runway:image/magnific_precision_upscaler_v2"
    async with meeting(Engine(Clock(0), tmp_path)) as met:
        uploads = {"a": await met.picture(320)}
        path = await met.file(await met.send(model, uploads, references=["a"], scale=4))
        with Image.open(path) as picture:
            assert picture.size == (1280, 1280)
        with pytest.raises(Refused) as caught:
            await met.send(model, uploads, references=["a"], scale=16)
        assert caught.value.vendor_text == "Invalid asset dimensions"


def film(path: Path) -> tuple[int, int, int, bool]:
    with av.open(path) as opened:
        video = opened.streams.video[0]
        assert opened.duration is not None
        seconds = round(opened.duration / av.time_base)
        return video.width, video.height, seconds, bool(opened.streams.audio)


async def test_a_dead_link_is_renewed_by_reading_the_task_again(tmp_path: Path) -> None:
    async with meeting(Engine(Clock(0), tmp_path)) as met:
        ticket = await met.send("runway:image/gemini_2.5_flash", prompt="x sandbox:expired-link")
        update = await met.end(ticket)
        assert isinstance(update, Succeeded)
        with pytest.raises(Gone):
            await met.downloads.fetch(update.outputs[0].url, tmp_path / "none")
        assert (await met.file(ticket)).stat().st_size > 1000


async def test_only_a_task_that_goes_on_is_deleted(tmp_path: Path) -> None:
    engine = unpainted(tmp_path, scale=3600)
    async with meeting(engine) as met:
        ticket = await met.send("runway:image/gen4_image", prompt="A teapot")
        engine.clock.scale = 0
        await met.provider.cancel(ticket)
        assert isinstance(await met.end(ticket), Succeeded)
        engine.clock.scale = 3600
        other = await met.send("runway:image/gen4_image", prompt="Another")
        assert isinstance(await met.provider.poll(other), Queued)
        await met.provider.cancel(other)
        with pytest.raises(Gone):
            await met.provider.poll(other)
        await met.provider.cancel(other)


async def test_an_upload_holds_for_a_day_and_for_its_project(tmp_path: Path) -> None:
    moment = [1_790_000_000.0]
    engine = Unpainted(Clock(0, lambda: moment[0]), tmp_path)
    async with meeting(engine) as met:
        uploads = {"a": await met.picture()}
        given: dict[str, JsonValue] = {"prompt": "x", "references": ["a"]}
        await met.send("runway:image/gen4_image", uploads, **given)
        moment[0] += 25 * 3600
        with pytest.raises(Gone, match="uploaded again"):
            await met.send("runway:image/gen4_image", uploads, **given)
    assert len(engine.book) == 1


async def test_a_tiny_file_goes_inside_the_request(tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        path = tmp_path / "tiny.png"
        Image.new("RGB", (64, 64), "teal").save(path)
        assert path.stat().st_size < 512
        media = Media("a", path, "c" * 64, "image/png", "image", path.stat().st_size)
        uri = await met.provider.upload(media)
        assert base64.b64decode(uri.partition(",")[2]) == path.read_bytes()
        await met.send("runway:image/gen4_image", {"a": uri}, prompt="x", references=["a"])
