"""What the emulated Runway refuses, as the real one is documented to."""

from pathlib import Path

import pytest
from PIL import Image
from pydantic import JsonValue

from providers.errors import Refused
from providers.vendors.vendor import Media
from tests.support.runway_meeting import HEADERS, meeting, unpainted

pytestmark = pytest.mark.anyio


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
        ("text_to_video", {"model": "h3_max", "promptText": "x", "seed": None}, 400, "seed"),
        ("text_to_video", {"model": "h3_max", "promptText": "x", "seed": {}}, 400, "seed"),
        (
            "text_to_video",
            {
                "model": "seedance2_5", "promptText": "",
                "references": [{"uri": "https://example.com/a.png"}],
            },
            400,
            "promptText",
        ),
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


async def test_a_whole_number_with_a_point_is_that_number(tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        body: dict[str, JsonValue] = {"model": "h3_max", "promptText": "x", "duration": 6.0}
        assert (await met.post("/v1/text_to_video", body)).status_code == 200
        halved = await met.post("/v1/text_to_video", {**body, "duration": 6.5})
        assert halved.json()["issues"][0]["path"] == ["duration"]


@pytest.mark.parametrize("start", ["9999-12-31", "0001-01-01", "2026-13-01", 5])
async def test_days_far_away_are_a_refusal_and_no_fault(start: JsonValue, tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        answer = await met.post("/v1/organization/usage", {"startDate": start})
        assert answer.status_code == 400
        assert answer.json()["issues"]
        refused = await met.client.get("http://sandbox/runway/v1/uploads", headers=HEADERS)
        assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


async def test_a_key_is_checked_with_its_balance_and_what_it_made_today(tmp_path: Path) -> None:
    async with meeting(unpainted(tmp_path)) as met:
        await met.send("runway:image/gen4_image", prompt="x", resolution="720p")
        checked = await met.provider.check()
        assert checked.ok
        assert checked.balance is not None
        assert (checked.balance.amount, checked.balance.unit) == (99_995, "credits")
        assert checked.sentence == "The key works. Generated today: 1 of 10,000 with gen4_image."
        assert (checked.plan, checked.concurrency) == ("up to 200,000 credits per month", 5)
    async with meeting(unpainted(tmp_path / "other"), key="bad") as met:
        checked = await met.provider.check()
        assert not checked.ok
        assert "RUNWAYML_API_SECRET" in checked.sentence
