"""The studio below a path, whichever way a proxy passes it on, and whom it believes about that."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import ValidationError
from starlette.testclient import TestClient

from providers.settings import Settings
from tests.support.guests import FORM, PASSWORD, House, open_house
from tests.support.serving import ASK, HOME, Web, serve
from ui.web.mounted import Proxied, is_taken

PROXY = "203.0.113.9"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application, which is told of no path by its settings."""
    yield from serve(tmp_path_factory.mktemp("web") / "data", {})


@pytest.fixture(scope="module")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application below /studio by its settings."""
    yield from serve(tmp_path_factory.mktemp("below") / "data", {}, root_path="/studio")


def behind(web: Web, client: str = PROXY) -> TestClient:
    """Whoever asks from this address, where PROXY is a trusted proxy."""
    proxied = Proxied(web.client.app, PROXY)
    return TestClient(proxied, base_url=HOME, client=(client, 5000))


@pytest.mark.parametrize("left", ["", "/studio"])
def test_a_setting_puts_everything_below_a_path(below: Web, left: str) -> None:
    get = below.client.get
    page = get(f"{left}/").text
    assert f'"root":"{HOME}/studio"' in page.replace(" ", "")
    assert '"/manifest.json"' not in page
    for path in ("/theme.css", "/manifest.json", "/static/js/iframeResizer.contentWindow.min.js"):
        assert get(f"{left}{path}").status_code == 200, path
    assert get(f"{left}/config").json()["root"] == f"{HOME}/studio"
    assert below.client.post(f"{left}/jobs", json=ASK).status_code == 201
    with below.client.websocket_connect(f"ws://127.0.0.1:7860{left}/live") as socket:
        assert socket.receive_json()["type"] == "snapshot"
    assert below.client.post(f"{left}/callbacks/x/y").status_code == 204
    assert get("/studio", follow_redirects=False).headers["location"] == "/studio/"
    assert get("/studious/theme.css").status_code == 404


@pytest.mark.parametrize("left", ["", "/studio"])
def test_a_trusted_proxy_tells_the_path_of_each_request(web: Web, left: str) -> None:
    told = {"X-Forwarded-Prefix": "/studio/", "X-Forwarded-Host": "127.0.0.1:7860"}
    proxy = behind(web)
    assert proxy.get(f"{left}/config", headers=told).json()["root"] == f"{HOME}/studio"
    assert proxy.get(f"{left}/theme.css", headers=told).status_code == 200
    assert proxy.get("/config").json()["root"] == HOME


@pytest.mark.parametrize(
    "prefix", ["//evil.test", "/a/../b", "https://evil.test", "/a b", '/"x', "/é"]
)
def test_what_is_no_path_is_not_believed(web: Web, prefix: str) -> None:
    told = behind(web).get("/config", headers={"X-Forwarded-Prefix": prefix.encode()})  # pyright: ignore[reportArgumentType]
    assert told.json()["root"] in (HOME, f"{HOME}/evil.test")
    assert "https://evil" not in told.text


def test_nobody_else_can_tell_of_a_path(web: Web) -> None:
    stranger = behind(web, "198.51.100.4")
    told = {"X-Forwarded-Prefix": "/elsewhere"}
    assert stranger.get("/config", headers=told).json()["root"] == HOME
    assert stranger.get("/elsewhere/config", headers=told).status_code == 404
    # An application that stands behind nothing believes no header at all.
    assert web.client.get("/config", headers=told).json()["root"] == HOME


def test_a_session_is_shown_below_the_path_alone_and_its_links_stay_there(tmp_path: Path) -> None:
    for house in open_house(tmp_path / "data"):
        proxy = behind(Web(house.client, house.studio))
        told = {"X-Forwarded-Prefix": "/studio", **FORM}
        assert proxy.get("/manifest.json", headers=told).json()["start_url"] == "./"
        asked = proxy.get("/studio/", headers=told, follow_redirects=False)
        assert asked.headers["location"] == "login"
        cookie = session(proxy, house, told)
        assert "Path=/studio/;" in cookie


def test_a_session_of_the_same_name_for_the_whole_host_is_no_obstacle(tmp_path: Path) -> None:
    """As one is left by a studio that stood at the top before, or set by somebody else's page there."""
    for house in open_house(tmp_path / "data"):
        proxy = behind(Web(house.client, house.studio))
        told = {"X-Forwarded-Prefix": "/studio", **FORM}
        made = session(proxy, house, told).partition(";")[0]
        proxy.cookies.clear()
        # Browsers name the cookie of the longer path first.
        both = {"X-Forwarded-Prefix": "/studio", "Cookie": f"{made}; {house.cookie}=old"}
        assert proxy.get("/jobs", headers=both).status_code == 200


def session(proxy: TestClient, house: House, told: dict[str, str]) -> str:
    """The cookie of somebody who signs in."""
    form = {"username": "bea", "password": PASSWORD}
    done = proxy.post("/login", data=form, headers=told, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "./")
    assert house.cookie in done.headers["set-cookie"]
    return done.headers["set-cookie"]


def test_a_path_is_written_in_any_usual_way_and_refused_otherwise(web: Web) -> None:
    for written in ("studio", "/studio/", " /studio "):
        assert Settings(root_path=written).root_path == "/studio"
    assert Settings(root_path="/").root_path == ""
    assert Settings(root_path="/apps/studio").root_path == "/apps/studio"
    for wrong in ("/a/../b", "/a b", "https://x.test/studio", "/a?b", "/é"):
        with pytest.raises(ValidationError):
            Settings(root_path=wrong)
    app = web.client.app
    assert isinstance(app, FastAPI)
    assert is_taken("/media", app.routes)
    assert is_taken("/gradio_api", app.routes)
    assert not is_taken("/studio", app.routes)
