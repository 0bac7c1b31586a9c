"""`/metrics` and `/healthz`: what is told is true, and told to nobody else."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from app import kept_secret
from providers.people.entrance import Entrance
from providers.people.register import Register
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.fake_vendor import press, until
from tests.support.guests import CHEAP, House, open_house
from tests.support.made import finished, first_file, made
from tests.support.priced import PricedVendor, live_studio
from tests.support.serving import ASK, HOME, LIVE, Web, serve
from ui.web.app import build
from ui.web.visitors import Visitors

TOKEN = "a-canary-for-the-watch"
HERE = {"vendor": "useapi", "sandbox": "true"}

Series = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    yield from serve(tmp_path, {})


def told(client: TestClient, headers: Mapping[str, str] | None = None) -> Series:
    """Every sample by its name and labels, as Prometheus' own parser reads them."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = [
        sample
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    ]
    return {(one.name, frozenset(one.labels.items())): one.value for one in samples}


def value(series: Series, name: str, **labels: str) -> float:
    """One sample's; 0 where it is not told."""
    return series.get((f"studio_{name}", frozenset(labels.items())), 0.0)


def test_the_numbers_are_true_after_a_job(web: Web) -> None:
    before = told(web.client)
    assert value(before, "jobs", vendor="useapi", state="done") == 0
    job = made(web)
    refused = web.client.post("/jobs", json={**ASK, "prompt": "sandbox:moderated"}).json()["id"]
    ended = finished(web.client, refused)
    now = told(web.client)
    states = {"done": 1.0, str(ended["state"]): 1.0}
    for state, count in states.items():
        assert value(now, "jobs", vendor="useapi", state=state) == count
    size = first_file(job)["bytes"]
    assert value(now, "fetched_bytes_total", **HERE) == size == value(now, "library_bytes")
    calls = {
        outcome: value(now, "create_calls_total", **HERE, outcome=outcome)
        for outcome in ("accepted", "refused", "busy", "not_sent", "unclear")
    }
    assert (calls["accepted"] >= 1, sum(calls.values())) == (True, 2)
    assert value(now, "looks_total", **HERE, outcome="answered") >= 1
    row = {**HERE, "model": "useapi:image/gen4"}
    assert value(now, "job_seconds_count", **row) == 1
    assert value(now, "job_seconds_bucket", **row, le="+Inf") == 1
    free = web.client.get("/settings").json()["data"]["free"]
    assert value(now, "free_bytes") == pytest.approx(free, rel=0.05)
    assert (value(now, "ready"), value(now, "connection_problem", **HERE)) == (1, 0)
    sent = {"route": "/jobs", "method": "POST", "status": "2xx"}
    assert value(now, "request_seconds_count", **sent) == 2


def test_open_pages_are_counted_while_they_are_open(web: Web) -> None:
    with web.client.websocket_connect(LIVE) as socket:
        socket.receive_json()
        assert value(told(web.client), "feed_pages") == 1
    # Its end is the server's to notice.
    while value(told(web.client), "feed_pages"):
        pass


def test_no_label_is_anybodys(web: Web) -> None:
    job = made(web, "A canary prompt")
    for path in (f"/jobs/{job['id']}", "/nothing/canary-path", "/media/canary-file", "/a%0Ab{}"):
        web.client.get(path, headers={"x-who": "canary-owner"})
    web.client.request("CANARY", "/jobs")
    now = told(web.client)
    labels = {text for _, pairs in now for pair in pairs for text in pair}
    assert not [one for one in labels if "canary" in one.lower() or str(job["id"]) in one]
    assert {"/jobs/{job}", "/media/{artifact}", "page", "other"} <= labels
    assert "ann" not in labels


@pytest.mark.anyio
async def test_caps_what_is_reserved_and_an_answer_that_was_lost(tmp_path: Path) -> None:
    studio = live_studio(tmp_path, PricedVendor(), cap_day="fake=25")
    async with studio.running():
        await until(studio, press(studio, "lost one"), "unsure")
        families = await studio.opened.aside(lambda: list(studio.metrics.collect()))
    samples = [sample for family in families for sample in family.samples]
    now = {(one.name, frozenset(one.labels.items())): one.value for one in samples}
    assert value(now, "jobs", vendor="fake", state="unsure") == 1
    where = {"vendor": "fake", "sandbox": "false"}
    assert value(now, "create_calls_total", **where, outcome="unclear") == 1
    assert value(now, "cap", vendor="fake", scope="day") == 25
    money = {"vendor": "fake", "unit": "credits"}
    assert (value(now, "reserved_today", **money), value(now, "spent_today", **money)) == (10, 0)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    yield from open_house(tmp_path / "data")


def test_admins_see_it_by_session_or_pass_and_nobody_else(house: House) -> None:
    assert house.client.get("/metrics").status_code == 401
    assert house.client.get("/metrics", headers=house.carried("bea")).status_code == 403
    assert told(house.client, house.carried("ada"))
    program = house.register.begin("ada", "pass")
    assert told(house.client, {"Authorization": f"Bearer {program}"})
    # No token is set, so none opens it.
    for shown in ("", "Bearer ", "Bearer None"):
        answer = house.client.get("/metrics", headers={"Authorization": shown})
        assert answer.status_code == 401


def watched(folder: Path, *, people: bool, host: str = "127.0.0.1") -> Iterator[TestClient]:
    """A studio with a token for whoever watches it."""
    settings = Settings(
        data_dir=folder, sandbox_speed=0, host=host, metrics_token=SecretStr(TOKEN)
    )  # fmt: skip
    register = Register(folder)
    if people:
        register.add("ada", "a password of hers", cost=CHEAP)
    studio = Studio(settings, credentials=Credentials({}))
    entrance = Entrance(register, cost=CHEAP)
    app = build(studio, entrance=entrance, environment={})
    assert Visitors(entrance).entrance.is_closed is people
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        yield client


def test_the_token_opens_this_and_nothing_else(tmp_path: Path) -> None:
    shown = {"Authorization": f"Bearer {TOKEN}"}
    for client in watched(tmp_path, people=True):
        assert told(client, shown)
        for wrong in (TOKEN[:-1], f"{TOKEN}x", TOKEN.upper(), "é" * 22):
            headers = {b"Authorization": f"Bearer {wrong}".encode()}
            assert client.get("/metrics", headers=headers).status_code == 401, wrong
        assert client.get(f"/metrics?token={TOKEN}").status_code == 401
        for path in ("/jobs", "/settings", "/people", "/metrics/", "//metrics", "/config"):
            assert client.get(path, headers=shown).status_code == 401, path
        assert client.post("/metrics", headers=shown).status_code in (404, 405)
        assert TOKEN not in client.get("/metrics", headers=shown).text


def test_where_others_reach_the_address_and_nobody_signs_in_only_the_token_opens_it(
    tmp_path: Path,
) -> None:
    for client in watched(tmp_path, people=False, host="0.0.0.0"):
        assert client.get("/jobs").status_code == 200
        assert client.get("/metrics").status_code == 403
        assert told(client, {"Authorization": f"Bearer {TOKEN}"})


def test_the_token_is_long_enough_and_a_secret() -> None:
    settings = Settings(metrics_token=SecretStr(TOKEN))
    assert TOKEN not in repr(settings)
    assert SecretStr(TOKEN) in kept_secret(settings, Credentials({}))
    for weak in ("short", "with a space in the middle of it", "ünsendable-token"):
        with pytest.raises(ValidationError, match="at least 16") as refused:
            Settings(metrics_token=SecretStr(weak))
        assert weak not in str(refused.value)
    assert Settings(metrics_token=SecretStr("")).metrics_token is None


def test_health_tells_live_and_ready(web: Web) -> None:
    stranger = {"x-who": "stranger"}
    asked = web.client.get("/healthz?ready", headers=stranger)
    assert (asked.status_code, asked.json()) == (200, {"status": "ok", "live": True, "ready": True})
    web.studio.opened.journal.database.freeze("The history was moved away.")
    for headers in (stranger, {}):
        answer = web.client.get("/healthz", headers=headers)
        assert (answer.status_code, answer.json()["ready"]) == (200, False)
        assert web.client.get("/healthz?ready", headers=headers).status_code == 503
    assert "moved" not in json.dumps(web.client.get("/healthz", headers=stranger).json())
    assert value(told(web.client), "ready") == 0
