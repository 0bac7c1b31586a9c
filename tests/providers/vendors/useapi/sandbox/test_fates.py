"""The emulated useapi.net when it refuses, fails, loses answers, is full, or is started again."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest

from providers.catalogue.models import ModelSpec
from providers.vendors.sandbox.clips import Film, Take, paint_film
from providers.vendors.sandbox.painter import Card
from providers.vendors.useapi.models import MODELS
from tests.support.emulated import (
    CLIP,
    EMAIL,
    PICTURE,
    ROOT,
    Api,
    Json,
    emulated,
    links,
    png,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    """The emulator with tasks that take no time."""
    async with emulated(tmp_path) as made:
        yield made


@pytest.fixture
async def slow_api(tmp_path: Path) -> AsyncIterator[Api]:
    """The emulator with tasks that take their time, and a clock that the test moves."""
    async with emulated(tmp_path, scale=1) as made:
        yield made


O3: Json = {"model": "kling-o3-4k", "text_prompt": "A lighthouse"}


SEEDANCE: Json = {"model": "seedance-2", "text_prompt": "A lighthouse"}


def shot_fields(*seconds: int) -> Json:
    body: Json = {"model": "kling-o3-pro"}
    for number, length in enumerate(seconds, start=1):
        body |= {f"multishot_prompt_{number}": "a", f"multishot_duration_{number}": length}
    return body


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("image", {"text_prompt": "No model"}),
        ("image", {**PICTURE, "model": "flux"}),
        ("image", {**PICTURE, "model": "veo-3.1"}),
        ("image", {**PICTURE, "text_prompt": " "}),
        ("image", {**PICTURE, "text_prompt": "x" * 5001}),
        ("image", {**PICTURE, "prompt": "stray"}),
        ("image", {**PICTURE, "num_images": 2}),
        ("image", {**PICTURE, "num_images": "4"}),
        ("image", {**PICTURE, "aspect_ratio": "9:21"}),
        ("image", {**PICTURE, "resolution": "1K"}),
        ("image", {**PICTURE, "seed": 1}),
        ("image", {**PICTURE, "model": "gen4", "seed": 0}),
        ("image", {**PICTURE, "model": "gen4", "diversity": 6}),
        ("image", {**PICTURE, "model": "gen4", "style": "cubist"}),
        ("image", {**PICTURE, "model": "gen4-turbo"}),
        ("image", {**PICTURE, "maxJobs": 11}),
        ("image", {**PICTURE, "exploreMode": "yes"}),
        ("image", {**PICTURE, "replyRef": "x" * 1025}),
        ("image", {**PICTURE, "imageAssetId2": "x"}),
        ("image", {**PICTURE, "imageAssetId1": ""}),
        ("video", {**CLIP, "duration": 11}),
        ("video", {**CLIP, "duration": 2.5}),
        ("video", {**CLIP, "aspect_ratio": "1:1"}),
        ("video", {**CLIP, "resolution": "720p"}),
        ("video", {**CLIP, "multishot_prompt_1": "a", "multishot_duration_1": 3}),
        ("video", {**CLIP, "style": "vivid"}),
        ("video", {**CLIP, "text_prompt": ""}),
        ("video", {"model": "veo-3.1", "text_prompt": "a", "duration": 4, "exploreMode": True}),
        ("video", {"model": "sora-2", "text_prompt": "a", "duration": 4, "audio": False}),
        ("video", {"model": "gen4", "text_prompt": "a", "duration": 5}),
        ("video", {"model": "kling-3.0-pro", "multishot_prompt_1": "a", "multishot_duration_1": 3}),
        ("video", {"model": "kling-3.0-pro", "multishot_prompt_1": "a"}),
        ("video", {"model": "kling-3.0-pro", "text_prompt": "a", "startFrameAssetId": "x"}),
        ("video", {**O3, "seed": 1}),
        ("video", {**O3, "resolution": "1080p"}),
        ("video", {**O3, "aspect_ratio": "4:3"}),
        ("video", {**O3, "duration": 4}),
        ("video", {**O3, "duration": "5"}),
        ("video", {**O3, "duration": 5.0}),
        ("video", {**O3, "audio": "yes"}),
        ("video", {**O3, "text_prompt": ""}),
        ("video", {**O3, "text_prompt": "x" * 2501}),
        ("video", {**O3, "style": "vivid"}),
        ("video", {**O3, "imageAssetId2": "x"}),
        ("video", {**O3, **{f"imageAssetId{number}": "x" for number in range(1, 9)}}),
        ("video", {**O3, "startFrameAssetId": ""}),
        ("video", {**O3, "endFrameAssetId": "x"}),
        ("video", {**O3, "startFrameAssetId": "x", "endFrameAssetId": "y", "imageAssetId1": "z"}),
        ("video", {**O3, "multishot_prompt_1": "a", "multishot_duration_1": 3}),
        ("video", {**SEEDANCE, "duration": 3}),
        ("video", {**SEEDANCE, "duration": 16}),
        ("video", {**SEEDANCE, "seed": 1}),
        ("video", {**SEEDANCE, "resolution": "4K"}),
        ("video", {**SEEDANCE, "resolution": "1080p", "exploreMode": True}),
        ("video", {**SEEDANCE, "aspect_ratio": "3:2"}),
        ("video", {**SEEDANCE, "text_prompt": "x" * 3501}),
        ("video", {**SEEDANCE, "startFrameAssetId": "x", "imageAssetId1": "y"}),
        ("video", {**SEEDANCE, "endFrameAssetId": "y"}),
        ("video", {**SEEDANCE, **{f"imageAssetId{number}": "x" for number in range(1, 13)}}),
        ("video", {**SEEDANCE, "multishot_prompt_1": "a", "multishot_duration_1": 3}),
        ("video", {"model": "happyhorse-1.0", "text_prompt": "a", "aspect_ratio": "21:9"}),
        ("video", {"model": "happyhorse-1.0", "text_prompt": "a", "audio": False}),
        ("video", {"model": "happyhorse-1.0", "text_prompt": "a", "startFrameAssetId": "x"}),
        ("video", {"model": "happyhorse-1.0", "text_prompt": "a", "resolution": "480p"}),
        ("video", {"model": "happyhorse-1.0"}),
        ("video", {"model": "grok-imagine-1.5", "text_prompt": "a"}),
        ("video", {"model": "grok-imagine-1.5", "imageAssetId1": "x", "audio": True}),
        ("video", {"model": "grok-imagine-1.5", "imageAssetId1": "x", "resolution": "1080p"}),
        ("video", {"model": "grok-imagine-1.5", "imageAssetId1": "x", "imageAssetId2": "y"}),
        ("video", shot_fields(3, 2)),
        ("video", shot_fields(3, 13)),
        ("video", shot_fields(8, 8)),
        ("video", shot_fields(3, 3, 3, 3, 3, 3)),
        ("video", {**shot_fields(3, 3), "multishot_prompt_2": " "}),
        ("video", {**shot_fields(3, 3), "multishot_duration_2": "3"}),
        ("video", {**shot_fields(3, 3), "duration": 5}),
        ("video", {**shot_fields(3, 3), "videoAssetId": "x"}),
    ],
)  # fmt: skip
async def test_what_the_vendor_does_not_take_is_refused_with_400(
    api: Api, kind: str, body: Json
) -> None:
    status, answer = await api.refusal(kind, body)
    assert (status, answer["code"]) == (400, 400)
    assert isinstance(answer["error"], str)


async def test_a_body_that_is_no_object_is_refused(api: Api) -> None:
    for content in (b"", b"[1]", b"{", b'"text"'):
        answer = await api.client.post(f"{ROOT}/images/create", content=content)
        assert (answer.status_code, answer.json()["code"]) == (400, 400)


async def test_unknown_assets_and_accounts_are_not_found(api: Api) -> None:
    missing = f"user:4711-runwayml:{EMAIL}-asset:0a1b2c3d-0000-4000-8000-000000000001"
    assert (await api.refusal("image", {**PICTURE, "imageAssetId1": missing}))[0] == 404
    assert (await api.refusal("image", {**PICTURE, "email": "else@example.com"}))[0] == 404
    assert await api.create("image", {**PICTURE, "email": EMAIL})


@pytest.mark.parametrize("model", MODELS, ids=[spec.id for spec in MODELS])
async def test_every_model_takes_its_least_request(slow_api: Api, model: ModelSpec) -> None:
    body: Json = {"model": model.name.removesuffix("-edit")}
    if "prompt" in model.rules:
        # Fails by fate, so that nothing needs to be painted here.
        body["text_prompt"] = "sandbox:fails"
    if {"start_frame", "references"} & model.rules.keys():
        body["imageAssetId1"] = await slow_api.asset(png())
    if "driving_video" in model.rules:
        clip = slow_api.engine.folder / "clip.mp4"
        _write_clip(clip)
        body["videoAssetId"] = await slow_api.asset(clip.read_bytes(), "video/mp4")
    if model.kind == "multishot":
        for number in (1, 2):
            body |= {f"multishot_prompt_{number}": "Shot", f"multishot_duration_{number}": 3}
    kind = "image" if model.kind == "image" else "video"
    task = await slow_api.task(await slow_api.create(kind, body))
    assert task["status"] == "PENDING"


def _write_clip(path: Path) -> None:
    takes = (Take(prompt="", seconds=3),)
    paint_film(Film(card=Card(model="Clip"), width=64, height=64, takes=takes), path)


async def test_moderation_and_missing_credits_are_refused_in_their_own_shapes(api: Api) -> None:
    moderated: Json = {**PICTURE, "text_prompt": "sandbox:moderated"}
    assert (await api.refusal("image", moderated))[0] == 422
    poor: Json = {**CLIP, "text_prompt": "sandbox:no-credits"}
    assert await api.refusal("video", poor) == (
        412,
        {"error": "You do not have enough credits to run this task."},
    )


async def test_a_fate_may_stand_in_a_shot(api: Api) -> None:
    body: Json = {
        "model": "kling-3.0-pro",
        "multishot_prompt_1": "Kettle", "multishot_duration_1": 3,
        "multishot_prompt_2": "sandbox:moderated", "multishot_duration_2": 3,
    }  # fmt: skip
    assert (await api.refusal("video", body))[0] == 422


async def test_throttled_refuses_once_and_then_holds_the_task_back(slow_api: Api) -> None:
    body: Json = {**PICTURE, "text_prompt": "sandbox:throttled"}
    status, answer = await slow_api.refusal("image", body)
    assert status == 429
    assert list(answer) == ["error"]
    task_id = await slow_api.create("image", body)
    slow_api.now.at += 2
    task = await slow_api.task(task_id)
    assert task["status"] == "THROTTLED"
    assert task["estimatedTimeToStartSeconds"] == 2
    slow_api.now.at += 60
    slow_api.engine.wait_for_painter()
    assert (await slow_api.task(task_id))["status"] == "SUCCEEDED"


async def test_a_task_goes_through_its_stages_and_never_back(slow_api: Api) -> None:
    task_id = await slow_api.create("image", PICTURE)
    slow_api.now.at += 2
    running = await slow_api.task(task_id)
    assert (running["status"], running["progressRatio"]) == ("RUNNING", "0.50")
    slow_api.now.at += 2
    slow_api.engine.wait_for_painter()
    assert (await slow_api.task(task_id))["status"] == "SUCCEEDED"
    slow_api.engine.clock.scale = 60
    assert (await slow_api.task(task_id))["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("word", "reason"),
    [("sandbox:fails", "INTERNAL.BAD_OUTPUT"), ("sandbox:moderated-output", "SAFETY.")],
)
async def test_a_task_may_fail_with_a_reason(api: Api, word: str, reason: str) -> None:
    task = await api.task(await api.create("video", {**CLIP, "text_prompt": word}))
    assert (task["status"], task["artifacts"]) == ("FAILED", [])
    assert cast(str, cast(Json, task["error"])["reason"]).startswith(reason)


async def test_a_lost_answer_leaves_a_task_that_the_scheduler_knows(api: Api) -> None:
    body: Json = {**PICTURE, "text_prompt": "sandbox:lost-answer", "replyRef": "mine"}
    answer = await api.call("POST", "/images/create", body)
    assert (answer.status_code, answer.headers["content-type"][:9]) == (502, "text/html")
    assert [one.token for one in api.engine.book] == ["mine"]
    tracked = (await api.call("GET", "/scheduler/")).json()
    assert [(one["taskId"], one["replyRef"]) for one in tracked] == [
        (api.engine.book[0].task, "mine")
    ]
    assert (await api.task(tracked[0]["taskId"]))["status"] == "SUCCEEDED"


async def test_a_lost_request_leaves_nothing(api: Api) -> None:
    body: Json = {**PICTURE, "text_prompt": "sandbox:lost-request"}
    assert (await api.call("POST", "/images/create", body)).status_code == 502
    assert api.engine.book == []
    assert (await api.call("GET", "/scheduler/")).json() == []
    assert (await api.call("GET", "/tasks/", offset=0, limit=20)).json() == []


async def test_an_expired_link_is_renewed_by_reading_the_task_again(api: Api) -> None:
    body: Json = {**PICTURE, "text_prompt": "sandbox:expired-link"}
    task_id = await api.create("image", body)
    dead = links(await api.task(task_id))[0]
    assert (await api.client.get(dead)).status_code == 403
    assert (await api.client.get(dead)).status_code == 403
    alive = links(await api.task(task_id))[0]
    assert (await api.client.get(alive)).status_code == 200


async def test_a_cut_download_promises_more_than_it_sends_once(api: Api) -> None:
    task = await api.task(
        await api.create("image", {**PICTURE, "text_prompt": "sandbox:cut-download"})
    )
    cut = await api.client.get(links(task)[0])
    assert len(cut.content) == int(cut.headers["content-length"]) // 2
    whole = await api.client.get(links(task)[0])
    assert len(whole.content) == int(cut.headers["content-length"])


async def test_links_need_their_token_expire_and_serve_ranges(api: Api) -> None:
    link = links(await api.task(await api.create("image", PICTURE)))[0]
    assert urlsplit(link).netloc == "sandbox"
    assert len(parse_qs(urlsplit(link).query)["_jwt"][0].split(".")) == 3
    part = await api.client.get(link, headers={"Range": "bytes=2-5"})
    assert (part.status_code, len(part.content)) == (206, 4)
    bare = link.partition("?")[0]
    for dead in (bare, f"{bare}?_jwt=a.b.c", f"{bare}?_jwt=nonsense", f"{bare}?_jwt=a.!!!.c"):
        assert (await api.client.get(dead)).status_code == 403
    api.now.at += 3 * 86400
    assert (await api.client.get(link)).status_code == 403
    unknown = "http://sandbox/useapi/files/0a1b2c3d-0000-4000-8000-000000000001.png"
    assert (await api.client.get(unknown)).status_code == 404


async def test_a_full_account_answers_with_its_running_tasks(slow_api: Api) -> None:
    running = [
        await slow_api.create("image", {**PICTURE, "text_prompt": "sandbox:fails"})
        for _ in range(5)
    ]
    status, answer = await slow_api.refusal("image", PICTURE)
    assert (status, answer["code"]) == (429, 429)
    named = cast(dict[str, list[Json]], answer["runningTasks"])[EMAIL]
    assert {cast(str, one["taskId"]) for one in named} == set(running)
    assert named[0]["replyRef"] == "token-1"
    assert "5 tasks" in cast(str, answer["error"])
    assert (await slow_api.refusal("image", {**PICTURE, "maxJobs": 1}))[0] == 429
    assert (await slow_api.call("DELETE", f"/scheduler/{running[0]}")).json() == {"success": True}
    assert (await slow_api.call("DELETE", f"/scheduler/{running[0]}")).status_code == 404
    assert await slow_api.create("image", {**PICTURE, "text_prompt": "sandbox:fails"})
    slow_api.now.at += 10
    assert await slow_api.create("image", {**PICTURE, "text_prompt": "sandbox:fails"})


async def test_one_explore_task_at_a_time_waits_as_throttled(slow_api: Api) -> None:
    body: Json = {**PICTURE, "text_prompt": "sandbox:fails", "exploreMode": True}
    task_id = await slow_api.create("image", body)
    assert (await slow_api.task(task_id))["status"] == "THROTTLED"
    status, answer = await slow_api.refusal("image", {**body, "replyRef": "token-2"})
    assert (status, list(answer)) == (429, ["error"])
    assert await slow_api.create("image", {**body, "exploreMode": False})


async def test_tasks_are_listed_newest_first_and_by_status_without_the_mark(api: Api) -> None:
    good = await api.create("image", PICTURE)
    api.now.at += 1
    bad = await api.create("image", {**PICTURE, "text_prompt": "sandbox:fails"})
    listed = (await api.call("GET", "/tasks/", offset=0, limit=20)).json()
    assert [one["taskId"] for one in listed] == [bad, good]
    assert not any("replyRef" in one for one in listed)
    assert listed[1]["name"] == "nano-banana A lighthouse"
    failed = await api.call("GET", "/tasks/", offset=0, limit=20, statuses="FAILED,RUNNING")
    assert [one["taskId"] for one in failed.json()] == [bad]
    assert (await api.call("GET", "/tasks/", offset=1, limit=1)).json()[0]["taskId"] == good
    odd = await api.call("GET", "/tasks/", offset=0, limit=20, statuses="DONE")
    assert odd.status_code == 400


async def test_a_deleted_task_is_gone_and_the_book_keeps_it(api: Api) -> None:
    task_id = await api.create("image", PICTURE)
    assert (await api.call("DELETE", f"/tasks/{task_id}")).json() == {"success": True}
    assert (await api.call("GET", f"/tasks/{task_id}")).status_code == 404
    assert (await api.call("DELETE", f"/tasks/{task_id}")).status_code == 404
    assert (await api.call("GET", "/scheduler/")).json() == []
    assert len(api.engine.book) == 1


async def test_the_scheduler_forgets_a_task_a_minute_after_its_end(api: Api) -> None:
    task_id = await api.create("image", {**PICTURE, "text_prompt": "sandbox:fails"})
    await api.task(task_id)
    assert len((await api.call("GET", "/scheduler/")).json()) == 1
    api.now.at += 61
    assert (await api.call("GET", "/scheduler/")).json() == []


async def test_a_killed_sandbox_finds_tasks_assets_and_the_same_bytes_again(
    api: Api, tmp_path: Path
) -> None:
    asset_id = await api.asset(png())
    body: Json = {**PICTURE, "imageAssetId1": asset_id}
    task_id = await api.create("image", body)
    content = (await api.client.get(links(await api.task(task_id))[0])).content
    for path in (tmp_path / "rendered").iterdir():
        path.unlink()
    again = Api(tmp_path)
    task = await again.task(task_id)
    assert task["status"] == "SUCCEEDED"
    assert (await again.client.get(links(task)[0])).content == content
    assert (await again.call("GET", f"/assets/{asset_id}")).status_code == 200
    assert [one.body for one in again.engine.book] == [body]
    await again.client.aclose()
    again.engine.close()


async def test_the_book_is_told_over_http_without_the_callers_ids(api: Api) -> None:
    await api.create("image", PICTURE)
    book = (await api.client.get("http://sandbox/book")).json()
    assert [(one["vendor"], one["token"], one["model"]) for one in book] == [
        ("useapi", "token-1", "nano-banana")
    ]
    assert EMAIL not in json.dumps(book)
