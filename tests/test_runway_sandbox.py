"""The Runway adapter meets the emulator, which was written from the same documents by other eyes."""

import base64
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import httpx
import pytest
from PIL import Image
from pydantic import JsonValue, SecretStr

from providers.catalogue.models import ModelSpec
from providers.errors import Gone, Refused, Unclear
from providers.vendors import runway
from providers.vendors.runway.api import RunwayApi
from providers.vendors.runway.body import create_call
from providers.vendors.runway.models import MODELS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.sandbox.film import Film, Take, paint_film
from providers.vendors.sandbox.painter import Card
from providers.vendors.vendor import Failed, Media, Queued, Running, Succeeded, TaskUpdate, Ticket
from providers.vendors.wire import Downloads, Wire
from tests.cases import legal
from tests.roads import Sleeps
from tests.test_runway_bodies import ROWS, request_of
from tests.test_useapi_sandbox import Unpainted

pytestmark = pytest.mark.anyio

HEADERS = {"Authorization": "Bearer key", "X-Runway-Version": "2024-11-06"}
MOVIE_SECONDS = 4
"""Long enough for every model that works on a video, short enough for all."""


@dataclass
class Meeting:
    """Adapter, downloads, a bare caller, and the engine behind the emulator."""

    provider: RunwayApi
    downloads: Downloads
    client: httpx.AsyncClient
    engine: Engine
    folder: Path

    async def picture(self, side: int = 300) -> str:
        """Upload a square picture, which every model's limits let pass."""
        path = self.folder / "a.png"
        Image.effect_noise((side, side), 60).convert("RGB").save(path)
        media = Media("a", path, "a" * 64, "image/png", "image", path.stat().st_size)
        return await self.provider.upload(media)

    async def movie(self, seconds: int = MOVIE_SECONDS) -> str:
        """Upload a small film."""
        path = self.folder / "v.mp4"
        card = Card(model="", prompt="", facts="", seed=1)
        paint_film(
            Film(card=card, width=128, height=96, takes=(Take(prompt="", seconds=seconds),)), path
        )
        media = Media("v", path, "b" * 64, "video/mp4", "video", path.stat().st_size)
        return await self.provider.upload(media)

    async def send(
        self, model: str, uploads: Mapping[str, str] | None = None, **given: JsonValue
    ) -> Ticket:
        request = request_of(ROWS[model], given)
        return await self.provider.submit(request, uploads or {}, "token")

    async def end(self, ticket: Ticket) -> TaskUpdate:
        update = await self.provider.poll(ticket)
        while isinstance(update, Queued | Running):
            update = await self.provider.poll(ticket)
        return update

    async def file(self, ticket: Ticket) -> Path:
        """The only result, fetched."""
        update = await self.end(ticket)
        assert isinstance(update, Succeeded)
        (output,) = update.outputs
        assert output.expires is not None
        await self.downloads.fetch(output.url, self.folder / "result")
        return self.folder / "result"

    async def post(self, path: str, body: JsonValue, **headers: str) -> httpx.Response:
        """A call that the adapter would not make."""
        address = f"http://sandbox/runway{path}"
        return await self.client.post(address, json=body, headers={**HEADERS, **headers})


@asynccontextmanager
async def meeting(engine: Engine, key: str = "key") -> AsyncGenerator[Meeting, None]:
    transport = httpx.ASGITransport(app=sandbox_app([runway.VENDOR], engine))
    wire = Wire(
        label="Runway",
        base_url="http://sandbox/runway",
        key=SecretStr(key),
        headers=runway.VENDOR.headers,
        transport=transport,
        sleep=Sleeps(),
    )
    downloads = Downloads(transport, friendly_hosts=["sandbox"], sleep=Sleeps())
    provider = RunwayApi(wire)
    client = httpx.AsyncClient(transport=transport)
    yield Meeting(provider, downloads, client, engine, engine.folder)
    await provider.aclose()
    await downloads.aclose()
    await client.aclose()
    engine.close()


def unpainted(folder: Path, scale: float = 0) -> Engine:
    return Unpainted(Clock(scale), folder)


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
            assert ticket.note["kind"] == spec.kind
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


@pytest.mark.parametrize(
    ("word", "code"), [("sandbox:no-credits", "credits"), ("sandbox:lost-answer", "unclear")]
)
async def test_each_fate_at_the_door_has_its_error(word: str, code: str, tmp_path: Path) -> None:
    engine = unpainted(tmp_path)
    async with meeting(engine) as met:
        with pytest.raises((Refused, Unclear)) as caught:
            await met.send("runway:image/gen4_image", prompt=f"A teapot {word}")
        told = caught.value.code if isinstance(caught.value, Refused) else "unclear"
        assert told == code
        assert len(engine.book) == (code == "unclear")


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("sandbox:moderated", "moderated"),
        ("sandbox:moderated-output", "moderated"),
        ("sandbox:fails", "quality"),
    ],
)
async def test_each_fate_on_the_way_has_its_failure(word: str, code: str, tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        update = await met.end(await met.send("runway:image/gen4_image", prompt=f"x {word}"))
    assert isinstance(update, Failed)
    assert update.code == code
    assert update.message


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
        with pytest.raises(Gone, match="sent again"):
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


async def test_the_place_for_a_file_refuses_the_key_and_a_second_file(tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        slot = (await met.post("/v1/uploads", {"filename": "a.png", "type": "ephemeral"})).json()
        file = {"file": ("a.png", b"x" * 600, "image/png")}
        url, fields = slot["uploadUrl"], slot["fields"]
        keyed = await met.client.post(url, data=fields, files=file, headers=HEADERS)
        assert keyed.status_code == 400
        small = {"file": ("a.png", b"x" * 100, "image/png")}
        refused = await met.client.post(url, data=fields, files=small)
        assert (refused.status_code, "EntityTooSmall" in refused.text) == (400, True)
        assert (await met.client.post(url, data=fields, files=file)).status_code == 204
        assert (await met.client.post(url, data=fields, files=file)).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status", "place"),
    [
        ("text_to_image", {"model": "gen4_image", "promptText": "x"}, 400, "ratio"),
        ("text_to_image", {"model": "veo3", "promptText": "x"}, 400, "model"),
        ("text_to_video", {"model": "gen4_turbo", "promptText": "x"}, 400, "model"),
        (
            "text_to_video",
            {"model": "gen4.5", "promptText": "x", "ratio": "960:960", "duration": 5},
            400,
            "ratio",
        ),
        (
            "text_to_video",
            {"model": "gen4.5", "promptText": "x", "ratio": "1280:720", "duration": 11},
            400,
            "duration",
        ),
        (
            "text_to_video",
            {"model": "veo3.1", "promptText": "x", "ratio": "1280:720", "wibble": 1},
            400,
            None,
        ),
        (
            "image_to_video",
            {
                "model": "veo3.1",
                "ratio": "1280:720",
                "promptImage": [{"uri": "https://example.com/a.png", "position": "last"}],
            },
            400,
            "promptImage",
        ),
        (
            "image_to_video",
            {
                "model": "seedance2",
                "promptImage": [
                    {"uri": "https://example.com/a.png", "position": "first"},
                    {"uri": "https://example.com/b.png"},
                ],
            },
            400,
            "promptImage",
        ),
        ("video_to_video", {"model": "aleph2"}, 400, "videoUri"),
        (
            "video_to_video",
            {
                "model": "seedance2_5", "mode": "extend", "promptText": "x", "ratio": "1280:720",
                "promptVideo": "https://example.com/a.mp4",
            },
            400,
            "ratio",
        ),
    ],
)  # fmt: skip
async def test_a_body_that_breaks_a_rule_is_refused_at_its_place(
    path: str, body: JsonValue, status: int, place: str | None, tmp_path: Path
) -> None:
    engine = unpainted(tmp_path)
    async with meeting(engine) as met:
        answer = await met.post(f"/v1/{path}", body)
    assert answer.status_code == status
    told = answer.json()
    assert told["error"] == "Validation of body failed"
    assert told["docUrl"]
    issues = told["issues"]
    assert all(issue["code"] and issue["message"] for issue in issues)
    assert place in [next(iter(issue["path"]), None) for issue in issues]
    assert not engine.book


async def test_pictures_and_videos_that_do_not_fit_are_refused_in_the_vendors_words(
    tmp_path: Path,
) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        path = tmp_path / "tall.png"
        Image.effect_noise((200, 600), 60).save(path)
        media = Media("a", path, "d" * 64, "image/png", "image", path.stat().st_size)
        tall = await met.provider.upload(media)
        given: dict[str, JsonValue] = {"prompt": "x", "start_frame": "a"}
        with pytest.raises(Refused) as caught:
            await met.send("runway:video/gen4.5", {"a": tall}, **given)
        assert "must be at least 0.5. Got 0.333" in caught.value.vendor_text
        with pytest.raises(Refused) as caught:
            await met.send("runway:video/gen4.5", {"a": await met.movie(1)}, **given)
        assert caught.value.vendor_text == "Unsupported asset type"
        with pytest.raises(Refused) as caught:
            await met.send("runway:video/aleph2", {"v": await met.movie(1)}, driving_video="v")
        assert "videoUri: Asset duration must be at least 2 seconds" in caught.value.vendor_text


async def test_the_gate_wants_the_version_and_a_key(tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        body: JsonValue = {"filename": "a.png", "type": "ephemeral"}
        old = await met.post("/v1/uploads", body, **{"X-Runway-Version": "2023-01-01"})
        assert old.status_code == 400
        assert (await met.post("/v1/uploads", body, Authorization="Bearer")).status_code == 401
        assert (await met.post("/v1/none", body)).status_code == 404
        assert (await met.post("/v1/tasks/x", body)).status_code == 405
        assert (await met.post("/v1/text_to_image", [1])).status_code == 400


async def test_a_key_is_checked_with_its_balance_and_what_it_made_today(tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        await met.send("runway:image/gen4_image", prompt="x", resolution="720p")
        checked = await met.provider.check()
        assert checked.ok
        assert checked.balance is not None
        assert (checked.balance.amount, checked.balance.unit) == (99_995, "credits")
        assert checked.sentence == "The key works. Made today: 1 of 10,000 with gen4_image."
        assert (checked.plan, checked.concurrency) == ("up to 200,000 credits a month", 5)
    async with meeting(unpainted(tmp_path / "other"), key="bad") as met:
        checked = await met.provider.check()
        assert not checked.ok
        assert "RUNWAYML_API_SECRET" in checked.sentence
