"""Caps, the largest upload and the sandbox's time, set in the page: kept, in force at once, and by whom."""

import os
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue
from starlette.testclient import TestClient

from providers.errors import InvalidRequest, StoreProblem
from providers.library.disk import Disk
from providers.settings import Credentials, Settings
from providers.studio.limits import Limits
from providers.studio.studio import Studio
from providers.vendors.connection import Sandbox
from tests.support.fake_vendor import press
from tests.support.priced import PricedVendor, live_studio
from tests.support.serving import HOME, LIVE, picture, serve
from ui.web.app import build

pytestmark = pytest.mark.anyio


def shown(client: TestClient) -> dict[str, Mapping[str, str]]:
    """The limits of the Settings tab, by name."""
    return {one["name"]: one for one in client.get("/settings").json()["limits"]}


def limit(client: TestClient, wanted: Mapping[str, JsonValue]) -> int:
    """The status of a change."""
    return client.post("/settings/limits", json=wanted).status_code


async def test_a_cap_that_is_set_holds_for_the_next_press_and_after_a_restart(
    tmp_path: Path,
) -> None:
    studio = live_studio(tmp_path, PricedVendor())
    async with studio.running():
        press(studio, "lost one")
        studio.limits.set({"cap_day": "fake=15"})
        with pytest.raises(InvalidRequest, match="or raise the cap in Settings"):
            press(studio, "lost two")
        (cap,) = studio.spending.shown("local").caps
        assert (cap.scope, cap.origin, cap.variable) == ("day", "page", "")
    again = live_studio(tmp_path, PricedVendor())
    async with again.running():
        with pytest.raises(InvalidRequest, match="daily cap"):
            press(again, "lost two")
        again.limits.set({"cap_day": None})
        press(again, "lost two")
        assert not again.spending.shown("local").caps


async def test_the_environment_wins_and_is_named(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor())
    async with studio.running():
        studio.limits.set({"cap_day": "fake=5", "cap_job": "fake=500"})
    again = live_studio(tmp_path, PricedVendor(), cap_day="fake=1000")
    async with again.running():
        press(again, "lost one")
        told = {one.name: (one.value, one.origin) for one in again.limits.shown()}
        assert told["cap_day"] == ("fake=1000", "environment")
        assert told["cap_job"] == ("fake=500", "page")
        assert told["cap_owner_day"] == ("", "usual")
        with pytest.raises(InvalidRequest, match="STUDIO_CAP_DAY sets this"):
            again.limits.set({"cap_day": "fake=5", "cap_job": ""})
        # All or none.
        assert {one.name: one.value for one in again.limits.shown()}["cap_job"] == "fake=500"


def test_an_upload_limit_is_in_force_at_once_for_every_way_in(tmp_path: Path) -> None:
    big = picture(size=(900, 900), kind="BMP")
    for web in serve(tmp_path, {}):
        post = web.client.post
        assert post("/media?name=a.bmp", content=big).status_code == 201
        with web.client.websocket_connect(LIVE) as socket:
            assert socket.receive_json()["type"] == "snapshot"
            assert limit(web.client, {"max_upload_mb": 1}) == 200
            assert socket.receive_json() == {"type": "settings"}
        assert shown(web.client)["max_upload_mb"]["origin"] == "page"
        assert post("/media?name=a.bmp", content=big).status_code == 413
        handed = {"files": ("a.bmp", big)}
        assert post("/gradio_api/upload", files=handed).status_code == 413
        assert limit(web.client, {"max_upload_mb": None}) == 200
        assert post("/gradio_api/upload", files=handed).status_code == 200


def test_the_sandboxs_time_is_kept_and_a_start_has_the_environments(tmp_path: Path) -> None:
    starts: list[tuple[dict[str, float], tuple[str, str]]] = [
        ({}, ("1", "usual")),
        ({"sandbox_speed": 5.0}, ("5", "environment")),
        ({}, ("0.25", "page")),
    ]
    for given, expected in starts:
        settings = Settings.model_validate({"data_dir": tmp_path, **given})
        studio = Studio(settings, credentials=Credentials({}))
        with TestClient(build(studio, environment={}), base_url=HOME) as client:
            told = shown(client)["sandbox_speed"]
            assert (told["value"], told["origin"]) == expected
            client.post("/settings/sandbox", json={"speed": 0.25}).raise_for_status()
            assert studio.sandbox.speed == 0.25


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"cap_day": "nobody=3"}, "cap_day"),
        ({"cap_day": "runway"}, "cap_day"),
        ({"cap_day": 5}, "cap_day"),
        ({"cap_job": "runway=-1"}, "cap_job"),
        ({"max_upload_mb": 0}, "max_upload_mb"),
        ({"max_upload_mb": 1.5}, "max_upload_mb"),
        ({"max_upload_mb": True}, "max_upload_mb"),
        ({"sandbox_speed": "x"}, "sandbox_speed"),
        ({"sandbox_speed": 61}, "sandbox_speed"),
        ({"data_dir": "/"}, "data_dir"),
    ],
)
def test_what_is_no_limit_is_refused_by_name(
    tmp_path: Path, wanted: Mapping[str, JsonValue], field: str
) -> None:
    for web in serve(tmp_path, {}):
        answer = web.client.post("/settings/limits", json=wanted)
        assert answer.status_code == 422
        assert [one["field"] for one in answer.json()["problems"]] == [field]
        assert not (tmp_path / "limits.json").exists()


async def test_no_cap_is_lost_to_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor())
    async with studio.running():
        studio.limits.set({"cap_day": "fake=5"})
    kept = tmp_path / "limits.json"
    assert kept.stat().st_mode & 0o077 == 0
    for damage in ('{"cap_day": "fa', "{}x", '{"cap_dya": "fake=5"}', '{"cap_day": "gone=5"}'):
        kept.write_text(damage)
        with pytest.raises(StoreProblem, match=r"limits\.json"):
            await live_studio(tmp_path, PricedVendor()).start()


def test_of_two_who_set_a_limit_at_the_same_time_neither_loses_theirs(tmp_path: Path) -> None:
    writing, go_on = threading.Event(), threading.Event()

    def replace(new: Path, file: Path) -> None:
        if not writing.is_set():
            writing.set()
            # What the other one read before this is there would be without it.
            go_on.wait(10)
        os.replace(new, file)

    settings = Settings(data_dir=tmp_path)
    limits = Limits(settings, ["fake"], Sandbox([], tmp_path, speed=0), Disk(replace=replace))
    one = threading.Thread(target=limits.set, args=({"cap_day": "fake=5"},))
    other = threading.Thread(target=limits.set, args=({"cap_job": "fake=2"},))
    one.start()
    assert writing.wait(10)
    other.start()
    other.join(0.2)
    go_on.set()
    one.join(10)
    other.join(10)
    again = Limits(settings, ["fake"], Sandbox([], tmp_path, speed=0), Disk())
    again.open()
    for held in (limits, again):
        assert (held.caps("day"), held.caps("job")) == ({"fake": 5.0}, {"fake": 2.0})
