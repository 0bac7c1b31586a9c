"""The emulated useapi.net: every endpoint in its documented shape, with real files behind the links."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import av
import pytest
from PIL import Image

from providers.vendors.sandbox.clips import FPS
from providers.vendors.useapi.sandbox.sizes import SIZES
from tests.support.emulated import (
    CLIP,
    EMAIL,
    PICTURE,
    Api,
    Json,
    emulated,
    film_of,
    links,
    png,
)

pytestmark = [pytest.mark.slow, pytest.mark.anyio]


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """The emulator with tasks that take no time."""
    async with emulated(tmp_path) as made:
        yield made


@pytest.mark.parametrize("key", ["", "user:1-isbad", "two words"])
async def test_a_missing_or_bad_key_is_refused_everywhere(tmp_path: Path, key: str) -> None:
    api = Api(tmp_path, key=key)
    for method, path in [
        ("GET", "/assets/?offset=0&limit=1"), ("POST", "/assets/?name=a"),
        ("POST", "/images/create"), ("POST", "/videos/create"), ("GET", "/tasks/x"),
        ("GET", "/scheduler/"), ("GET", "/features/"), ("GET", "/accounts"),
        ("GET", "http://sandbox/useapi/v2/account"),
    ]:  # fmt: skip
        answer = await api.call(method, path)
        assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized", "code": 401})
    await api.client.aclose()


async def test_what_the_api_does_not_have_is_not_found(api: Api) -> None:
    answer = await api.call("GET", "/nothing/here")
    assert (answer.status_code, answer.json()) == (404, {"error": "Not found.", "code": 404})
    assert (await api.call("GET", "/tasks?offset=0&limit=5")).status_code == 404


async def test_the_account_tells_plan_limits_and_secrets_as_the_real_one_does(api: Api) -> None:
    features = (await api.call("GET", "/features/")).json()
    assert features["permitted"]["numPlanCredits"] > features["used"]["numPlanCredits"]
    accounts = (await api.call("GET", "/accounts")).json()
    assert accounts[EMAIL]["maxJobs"] == 5
    assert {"password", "jwt"} <= accounts[EMAIL].keys()
    subscription = (await api.call("GET", "http://sandbox/useapi/v2/account")).json()
    assert subscription["subscriptionIsActive"] is True
    assert subscription["accounts"]["runwayml"]["active"] == 1


async def test_an_upload_is_listed_read_served_and_deleted(api: Api) -> None:
    content = png((60, 40))
    answer = await api.upload(content)
    shape = answer.json()
    assert shape["type"]["type"] == "image"
    assert shape["size"] == len(content)
    asset_id = shape["assetId"]
    assert asset_id.startswith(f"user:4711-runwayml:{EMAIL}-asset:")
    listed = (await api.call("GET", "/assets/", offset=0, limit=50, mediaType="image")).json()
    assert [one["assetId"] for one in listed] == [asset_id]
    assert listed[0]["fileSize"] == len(content)
    assert listed[0]["isUserUpload"] is True
    one = (await api.call("GET", f"/assets/{asset_id}")).json()
    assert (one["mediaType"], one["metadata"]) == ("image", None)
    assert (await api.client.get(one["url"])).content == content
    assert (await api.call("GET", "/assets/", offset=0, limit=5, mediaType="video")).json() == []
    assert (await api.call("DELETE", f"/assets/{asset_id}")).json() == {"success": True}
    gone = await api.call("GET", f"/assets/{asset_id}")
    assert (gone.status_code, gone.json()) == (404, {"error": "Not found.", "code": 404})
    assert (await api.client.get(one["url"])).status_code == 404


async def test_an_upload_needs_a_name_a_listed_type_and_bytes_of_that_type(api: Api) -> None:
    assert (await api.upload(png(), name="")).status_code == 400
    for media_type in ("image/jpg", "application/octet-stream", "multipart/form-data", ""):
        answer = await api.upload(png(), media_type)
        assert (answer.status_code, answer.json()["code"]) == (400, 400)
    assert (await api.upload(png(), "image/jpeg")).status_code == 400
    assert (await api.upload(b"", "image/png")).status_code == 400
    assert (await api.upload(b"not a film", "video/mp4")).status_code == 400
    assert (await api.upload(b"RIFF", "audio/wav")).status_code == 200
    assert len((await api.call("GET", "/assets/", offset=0, limit=50)).json()) == 1


@pytest.mark.parametrize(
    "params",
    [{}, {"offset": 0}, {"limit": 5}, {"offset": 1001, "limit": 5}, {"offset": 0, "limit": 51},
     {"offset": 0, "limit": 0}, {"offset": -1, "limit": 5}],
)  # fmt: skip
async def test_lists_need_offset_and_limit_in_range(api: Api, params: dict[str, int]) -> None:
    assert (await api.call("GET", "/assets/", **params)).status_code == 400
    if params.get("limit") != 51:
        assert (await api.call("GET", "/tasks/", **params)).status_code == 400


async def test_ids_of_other_people_and_encoded_ids_are_refused(api: Api, tmp_path: Path) -> None:
    asset_id = await api.asset(png())
    other = Api(tmp_path, key="user:99-other")
    assert (await other.call("GET", f"/assets/{asset_id}")).status_code == 403
    body: Json = {**PICTURE, "imageAssetId1": asset_id}
    assert (await other.refusal("image", body))[0] == 403
    encoded = asset_id.replace(":", "%3A").replace("@", "%40")
    assert (await api.call("GET", f"/assets/{encoded}")).status_code == 404
    assert (await api.call("GET", f"/assets/{asset_id.rpartition(':')[2]}")).status_code == 404
    assert (await api.call("GET", f"/tasks/{asset_id}")).status_code == 404
    await other.client.aclose()


async def test_a_picture_goes_from_wrapped_create_to_unwrapped_task_with_real_files(
    api: Api,
) -> None:
    answer = await api.call("POST", "/images/create", {**PICTURE, "num_images": 4})
    body = cast(Json, answer.json())
    assert list(body) == ["task"]
    created = cast(Json, body["task"])
    assert (created["code"], created["progressRatio"], created["replyRef"]) == (200, "0", "token-1")
    task = await api.task(cast(str, created["taskId"]))
    assert (task["status"], task["progressRatio"], task["error"]) == ("SUCCEEDED", "1", None)
    artifacts = cast(list[Json], task["artifacts"])
    assert len(artifacts) == 4
    contents: set[bytes] = set()
    for artifact in artifacts:
        served = await api.client.get(cast(str, artifact["url"]))
        assert artifact["fileSize"] == str(len(served.content))
        with Image.open(io.BytesIO(served.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", SIZES["image 1K"]["16:9"])
        contents.add(served.content)
        small = await api.client.get(cast(list[str], artifact["previewUrls"])[0])
        assert small.headers["content-type"] == "image/jpeg"
    assert len(contents) == 4


@pytest.mark.parametrize(
    ("model", "more", "form", "size"),
    [
        ("nano-banana", {"aspect_ratio": "9:16"}, "PNG", (768, 1344)),
        ("nano-banana-pro", {"aspect_ratio": "1:1", "resolution": "2K"}, "JPEG", (2048, 2048)),
        ("nano-banana-pro", {"resolution": "4K"}, "JPEG", (3840, 2160)),
        ("gen4", {"aspect_ratio": "21:9", "resolution": "720p"}, "PNG", (1680, 720)),
        ("gen4", {"style": "sketch", "diversity": 3}, "PNG", (1920, 1080)),
    ],
)
async def test_a_picture_has_the_size_that_was_asked_for(
    api: Api, model: str, more: Json, form: str, size: tuple[int, int]
) -> None:
    task = await api.task(await api.create("image", {**PICTURE, "model": model, **more}))
    served = await api.client.get(links(task)[0])
    with Image.open(io.BytesIO(served.content)) as picture:
        assert (picture.format, picture.size) == (form, size)


async def test_the_same_seed_gives_the_same_bytes_and_an_absent_one_is_told(api: Api) -> None:
    body: Json = {"model": "gen4", "text_prompt": "A lighthouse", "resolution": "720p"}
    contents: list[bytes] = []
    for seed in (5, 5, 6):
        task = await api.task(await api.create("image", {**body, "seed": seed}))
        assert cast(Json, task["options"])["seed"] == seed
        contents.append((await api.client.get(links(task)[0])).content)
    assert contents[0] == contents[1] != contents[2]
    chosen = cast(Json, (await api.task(await api.create("image", body)))["options"])["seed"]
    assert 1 <= cast(int, chosen) <= 4294967294


async def test_references_are_echoed_and_results_may_be_references(api: Api) -> None:
    first = await api.asset(png())
    body: Json = {**PICTURE, "model": "gen4-turbo", "imageAssetId1": first, "resolution": "1080p"}
    task = await api.task(await api.create("image", body))
    sources = cast(list[Json], cast(Json, task["options"])["reference_images"])
    assert [one["tag"] for one in sources] == ["IMG_1"]
    assert first.endswith(cast(str, sources[0]["assetId"]))
    made = cast(str, cast(list[Json], task["artifacts"])[0]["assetId"])
    listed = (await api.call("GET", "/assets/", offset=0, limit=10)).json()
    assert {one["assetId"]: one["isUserUpload"] for one in listed} == {first: True, made: False}
    again = await api.create("image", {**PICTURE, "imageAssetId1": made, "imageAssetId2": first})
    assert (await api.task(again))["status"] == "SUCCEEDED"


async def test_a_film_has_the_asked_length_size_and_sound(api: Api) -> None:
    body: Json = {"model": "veo-3.1", "text_prompt": "Sea", "duration": 4, "aspect_ratio": "9:16"}
    content = await film_of(api, body)
    with av.open(io.BytesIO(content), "r") as film:
        video = film.streams.video[0]
        assert (video.width, video.height, len(film.streams.audio)) == (720, 1280, 1)
        assert sum(1 for _ in film.decode(video=0)) == 4 * FPS
    with av.open(io.BytesIO(await film_of(api, CLIP)), "r") as film:
        assert not film.streams.audio


async def test_a_multishot_is_as_long_as_its_shots(api: Api) -> None:
    body: Json = {
        "model": "kling-3.0-standard", "aspect_ratio": "1:1", "audio": False,
        "multishot_prompt_1": "Kettle", "multishot_duration_1": 3,
        "multishot_prompt_2": "Steam", "multishot_duration_2": 4,
    }  # fmt: skip
    task_id = await api.create("video", body)
    task = await api.task(task_id)
    assert cast(Json, task["options"])["seconds"] == 7
    artifact = cast(list[Json], task["artifacts"])[0]
    measures = cast(Json, artifact["metadata"])
    assert (measures["duration"], measures["dimensions"]) == (7.0, [960, 960])
    listed = (await api.call("GET", "/assets/", offset=0, limit=1, mediaType="video")).json()
    assert (listed[0]["metadata"]["width"], listed[0]["metadata"]["hasAudio"]) == (960, False)


async def test_a_clip_keeps_its_pictures_shape_where_the_model_has_no_ratio(api: Api) -> None:
    start = await api.asset(png((400, 300)))
    body: Json = {"model": "kling-2.6-i2v", "text_prompt": "Move", "imageAssetId1": start}
    task_id = await api.create("video", {**body, "duration": 5, "audio": False})
    options = cast(Json, (await api.task(task_id))["options"])
    width, height = cast(int, options["width"]), cast(int, options["height"])
    assert width / height == pytest.approx(4 / 3, abs=0.01)
    assert width % 2 == height % 2 == 0
    assert options["route"] == "i2v"


async def test_a_driving_video_lends_its_length(api: Api) -> None:
    film = await api.asset(await film_of(api, CLIP), "video/mp4")
    start = await api.asset(png())
    body: Json = {"model": "wan-2.2-animate", "imageAssetId1": start, "videoAssetId": film}
    task = await api.task(await api.create("video", body))
    assert cast(Json, task["options"])["seconds"] == 2
    swapped: Json = {**body, "imageAssetId1": film, "videoAssetId": start}
    assert (await api.refusal("video", swapped))[0] == 400


@pytest.mark.parametrize(
    ("model", "ratio", "size"),
    [
        ("kling-o3-standard", "16:9", (1280, 720)),
        ("kling-o3-pro", "9:16", (1080, 1920)),
        ("kling-o3-4k", "1:1", (2880, 2880)),
    ],
)
async def test_the_tier_of_kling_o3_and_the_ratio_make_the_size(
    api: Api, model: str, ratio: str, size: tuple[int, int]
) -> None:
    body: Json = {"model": model, "text_prompt": "sandbox:fails", "aspect_ratio": ratio}
    options = cast(Json, (await api.task(await api.create("video", body)))["options"])
    assert ((options["width"], options["height"]), options["seconds"]) == (size, 5)
    assert options["route"] == "t2v"


async def test_kling_o3_takes_frames_by_name_and_references_by_number(api: Api) -> None:
    start, end, other = [await api.asset(png(colour=colour)) for colour in ("red", "blue", "lime")]
    body: Json = {
        "model": "kling-o3-standard", "text_prompt": "sandbox:fails", "startFrameAssetId": start,
    }  # fmt: skip
    for more in ({"endFrameAssetId": end}, {"imageAssetId1": other}, {"exploreMode": True}):
        task = await api.task(await api.create("video", {**body, **more}))
        assert cast(Json, task["options"])["route"] == "i2v"
