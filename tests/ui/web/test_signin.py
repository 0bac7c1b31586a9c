"""Sign-in over HTTP: every door refuses a stranger, and what is one person's is nobody else's."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from providers.people.attempts import PAIR, WINDOW
from providers.people.entrance import Entrance
from providers.people.listed import Listed
from providers.people.passwords import hashed
from providers.people.register import IDLE, Register
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.guests import CHEAP, FORM, PASSWORD, House, open_house
from tests.support.serving import HOME, LIVE
from ui.web.app import build
from ui.web.live import NOT_SIGNED_IN
from ui.web.people import CHANGES
from ui.web.visitors import OPEN

PUBLIC = {
    "/healthz", "/login", "/manifest.json", "/assets/studio.css", "/assets/login.css", "/assets/icon.svg",
}  # fmt: skip
"""What a stranger may ask for, beside calling about a job whose secret is known. Think before you add to it."""
ADMINS = {
    *(("GET", "/people"), ("POST", "/people"), ("GET", "/metrics")),
    *(("POST", f"/settings/{one}") for one in ("limits", "sandbox")),
    *((method, "/connections/{vendor}/key") for method in ("POST", "DELETE")),
    *(("GET", f"/connections/{{vendor}}/{one}") for one in ("tasks", "assets")),
    ("GET", "/connections/{vendor}/assets/{asset}/thumb"),
    *(("POST", f"/connections/{{vendor}}/{does}") for does in ("check", "assets", "adopt")),
    *(("POST", f"/library/{does}") for does in ("verify", "adopt")),
    *(("POST", f"/people/{{name}}/{one}") for one in CHANGES),
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A studio with three people."""
    yield from open_house(tmp_path_factory.mktemp("house") / "data")


@pytest.fixture
def own_house(tmp_path: Path) -> Iterator[House]:
    """The same for a test that changes the people or the clock."""
    yield from open_house(tmp_path / "data")


def doors(routes: list[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of every route, those of the page's framework among them."""
    for route in routes:
        path = f"{before}{getattr(route, 'path', '')}"
        inner = getattr(route, "routes", None)
        if inner:
            yield from doors(inner, path)
        elif isinstance(route, Route):
            yield from ((method, path) for method in sorted(route.methods or ()))
        elif not isinstance(route, WebSocketRoute | Mount):
            # Gradio keeps its own routes behind an object that names none.
            yield from doors(list(getattr(getattr(route, "router", None), "routes", ())), path)


def every_door(house: House) -> list[tuple[str, str]]:
    """The same, sorted, each once."""
    app = house.client.app
    assert isinstance(app, FastAPI)
    return sorted(set(doors(list(app.routes))))


def asked(house: House, method: str, path: str, headers: dict[str, str]) -> int:
    """The status that a door answers."""
    real = re.sub(r"\{[^}]*\}", "x", path)
    body: JsonValue = None if method in ("GET", "HEAD") else {}
    return house.client.request(
        method, real, headers=headers, follow_redirects=False, json=body
    ).status_code


def test_every_door_refuses_a_stranger(house: House) -> None:
    found = every_door(house)
    assert ("POST", "/jobs") in found
    assert ("GET", "/config") in found
    assert len(found) > 90, "The routes of the page's framework are among them."
    open_doors = {path for method, path in found if asked(house, method, path, {}) != 401}
    assert open_doors == PUBLIC == OPEN
    for path in ("/gradio_api/call/jobs", "/gradio_api/queue/join", "/gradio_api/upload", "/nope"):
        assert asked(house, "POST", path, {}) == 401
    for path in ("/gradio_api/info", "/gradio_api/startup-events", "/gradio_api/file=/etc/hosts"):
        assert asked(house, "GET", path, {}) == 401
    for path in ("//", "/login/", "//login", "/healthz/x", "/assets/js/core/live.js", "/./jobs"):
        assert asked(house, "GET", path, {}) == 401, path


def test_a_door_that_somebody_adds_is_closed(house: House) -> None:
    async def added(_request: Request) -> PlainTextResponse:
        return PlainTextResponse("open")

    app = house.client.app
    assert isinstance(app, FastAPI)
    app.router.routes.insert(0, Route("/added", added))
    try:
        assert asked(house, "GET", "/added", {}) == 401
        assert asked(house, "GET", "/added", house.carried("bea")) == 200
    finally:
        del app.router.routes[0]


def test_what_is_everybodys_is_the_admins(house: House) -> None:
    # A session for each: one of the doors leads out.
    own = [one for one in every_door(house) if one[0] in ("GET", "POST", "DELETE")]
    closed = {one for one in own if asked(house, *one, house.carried("bea")) == 403}
    # The framework's own figures are switched off for everybody.
    assert {one for one in closed if not one[1].startswith("/monitoring")} == ADMINS
    ada = house.carried("ada")
    assert not [one for one in sorted(ADMINS) if asked(house, *one, ada) in (401, 403)]
    said = house.client.get("/people", headers=house.carried("bea")).json()
    assert said["problems"][0]["message"] == "Only an admin can see or change this."


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Cookie": "{cookie}="},
        {"Cookie": "{cookie}=not-a-session"},
        {"Authorization": "Bearer not-a-pass"},
        {"Authorization": "Basic YWRhOng="},
        {"Authorization": "Bearer"},
        {"Cookie": "{cookie}={pass}"},
        {"Authorization": "Bearer {session}"},
    ],
)
def test_what_is_no_session_opens_nothing(house: House, headers: dict[str, str]) -> None:
    session, program = (house.register.begin("ada", kind) for kind in ("session", "pass"))
    filled = {
        name: text.format(cookie=house.cookie, session=session, **{"pass": program})
        for name, text in headers.items()
    }
    assert asked(house, "GET", "/jobs", filled) == 401
    with house.client.websocket_connect(LIVE, headers=filled) as socket:
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == NOT_SIGNED_IN
    with (
        pytest.raises(WebSocketDisconnect),
        house.client.websocket_connect(LIVE.replace("live", "other"), headers=filled) as socket,
    ):
        socket.receive_json()


def test_the_form_signs_in_and_leads_to_the_page_alone(house: House) -> None:
    client = house.client
    shown = client.get("/?x=1", headers=FORM, follow_redirects=False)
    assert (shown.status_code, shown.headers["location"]) == (303, "login")
    form = client.get("/login?next=https://evil.example/").text
    assert '<form method="post" action="login">' in form
    assert "evil" not in form
    assert "isn't encrypted" not in form, "Nothing leaves this machine."
    sent = {"username": " Ada ", "password": PASSWORD, "next": "//evil.example"}
    done = client.post(
        "/login?next=//evil.example", data=sent, headers=FORM, follow_redirects=False
    )
    assert (done.status_code, done.headers["location"]) == (303, "./")
    cookie = done.headers["set-cookie"]
    client.cookies.clear()
    assert cookie.startswith(f"{house.cookie}=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    carried = {"Cookie": cookie.partition(";")[0]}
    page = client.get("/", headers=carried)
    assert '<script type="application/json" id="studio-person">{"name": "ada"' in page.text
    assert page.headers["cache-control"] == "no-store"
    again = client.get("/login", headers=carried, follow_redirects=False)
    assert (again.status_code, again.headers["location"]) == (303, "./")


def test_over_https_the_cookie_stays_there(own_house: House) -> None:
    own_house.client.base_url = HOME.replace("http", "https")
    done = own_house.client.post("/login", data={"username": "ada", "password": PASSWORD})
    assert "Secure" in done.headers["set-cookie"].split("; ")


def test_a_frame_of_another_site_is_led_out(house: House) -> None:
    framed = house.client.get("/login", headers={"Sec-Fetch-Dest": "iframe"}).text
    assert "<form" not in framed
    assert 'target="_blank"' in framed


def test_wrong_is_one_sentence_whoever_it_is(own_house: House) -> None:
    own_house.register.set_enabled("cyd", False)
    said: set[str] = set()
    for name, password in (("ada", "wrong"), ("nobody", PASSWORD), ("cyd", PASSWORD), ("", "")):
        sent = {"username": name, "password": password}
        answer = own_house.client.post("/login", data=sent)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        said.add(answer.text)
    assert len(said) == 1
    sent = {"username": '"><script>alert(1)</script>', "password": "wrong-canary"}
    page = own_house.client.post("/login", data=sent, headers=FORM)
    assert page.status_code == 401
    assert "<script>alert" not in page.text
    assert "wrong-canary" not in page.text
    assert 'role="alert"' in page.text


def test_too_many_tries_wait_and_are_told_how_long(own_house: House) -> None:
    assert [own_house.sign_in("bea", "wrong") for _ in range(PAIR)] == [401] * PAIR
    assert own_house.sign_in("bea") == 429, "Even the right one is not judged now."
    sent = {"username": "bea", "password": PASSWORD}
    page = own_house.client.post("/login", data=sent, headers=FORM)
    assert "Too many attempts. Wait 15 min and try again." in page.text
    assert int(page.headers["retry-after"]) == int(WINDOW) + 1
    assert own_house.sign_in("ada") == 200, "Somebody else is not kept out."
    own_house.clock.now += WINDOW
    assert own_house.sign_in("bea") == 200


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"username": "ada"}', "application/json", 415),
        (b"username=ada", "text/plain", 415),
        (b"x" * 9000, "application/x-www-form-urlencoded", 413),
        (b"username=ada&password=" + b"x" * 2000, "application/x-www-form-urlencoded", 401),
        (b"\xff=%ff&password=%zz&&;", "application/x-www-form-urlencoded", 401),
        (b"&".join([b"a=1"] * 50), "application/x-www-form-urlencoded", 400),
    ],
)
def test_what_is_no_form_is_refused(house: House, content: bytes, kind: str, status: int) -> None:
    headers = {"Content-Type": kind}
    assert house.client.post("/login", content=content, headers=headers).status_code == status


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_another_site_can_neither_sign_in_nor_out(house: House, headers: dict[str, str]) -> None:
    assert house.sign_in("ada", **headers) == 403
    carried = house.carried("ada")
    out = house.client.post("/logout", json={}, headers={**carried, **headers})
    assert out.status_code == 403
    plain = house.client.post("/logout", content=b"", headers=carried)
    assert plain.status_code == 415, "A form of another site is no JSON."
    assert asked(house, "GET", "/jobs", carried) == 200


def test_signing_out_ends_this_session_or_all(house: House) -> None:
    here, there, other = house.carried("bea"), house.carried("bea"), house.carried("ada")
    done = house.client.post("/logout", json={}, headers=here)
    assert done.status_code == 200
    assert f'{house.cookie}=""' in done.headers["set-cookie"]
    assert asked(house, "GET", "/jobs", here) == 401
    assert asked(house, "GET", "/jobs", there) == 200
    last = house.carried("bea")
    house.client.post("/logout", json={"everywhere": True}, headers=last)
    assert [asked(house, "GET", "/jobs", one) for one in (there, last, other)] == [401, 401, 200]


def test_signing_in_ends_the_session_that_was_there(house: House) -> None:
    before = house.carried("bea")
    sent = {"username": "ada", "password": PASSWORD}
    assert house.client.post("/login", data=sent, headers=before).status_code == 200
    house.client.cookies.clear()
    assert asked(house, "GET", "/jobs", before) == 401


def test_a_session_expires_and_a_password_ends_it(own_house: House) -> None:
    carried, program = own_house.carried("bea"), own_house.register.begin("bea", "pass")
    own_house.clock.now += IDLE - 1
    assert asked(own_house, "GET", "/jobs", carried) == 200
    own_house.clock.now += IDLE + 1
    assert asked(own_house, "GET", "/jobs", carried) == 401
    fresh = own_house.carried("bea")
    for headers in (
        {"Authorization": f"Bearer {program}"},
        {"X-HF-Authorization": f"bearer {program}"},
    ):
        assert asked(own_house, "GET", "/jobs", headers) == 200
    own_house.register.set_password("bea", "another password", cost=CHEAP)
    assert asked(own_house, "GET", "/jobs", fresh) == 401
    assert asked(own_house, "GET", "/jobs", {"Authorization": f"Bearer {program}"}) == 401
    assert own_house.sign_in("bea") == 401
    assert own_house.sign_in("bea", "another password") == 200


def test_people_change_their_own_password_and_stay_signed_in_here_alone(
    own_house: House,
) -> None:
    here, there = own_house.carried("bea"), own_house.carried("bea")

    def change(old: str, new: str) -> tuple[int, str]:
        told = own_house.client.post("/password", json={"old": old, "new": new}, headers=here)
        return told.status_code, told.text

    new = "a better canary"
    assert change("wrong", new)[0] == 422
    assert "8 to 1024 characters" in change(PASSWORD, "short")[1]
    assert own_house.sign_in("bea", new) == 401
    assert asked(own_house, "GET", "/jobs", there) == 200
    assert change(PASSWORD, new) == (200, '{"success":true}')
    assert [asked(own_house, "GET", "/jobs", one) for one in (here, there)] == [200, 401]
    assert own_house.sign_in("bea") == 401
    assert own_house.sign_in("bea", new) == 200
    assert [change("guess", PASSWORD)[0] for _ in range(PAIR + 1)][-1] == 429
    listed = [Listed("bea", "member", hashed(PASSWORD, CHEAP))]
    own_house.register.take_in(listed)
    here = own_house.carried("bea")
    assert "STUDIO_PEOPLE" in change(PASSWORD, new)[1]


def test_a_page_of_somebody_else_acts_for_nobody(house: House) -> None:
    carried = house.carried("bea")
    for name, status in (("bea", 200), ("ada", 401), ("", 401)):
        headers = {**carried, "X-Studio-Person": name}
        assert asked(house, "GET", "/jobs", headers) == status, name
    with house.client.websocket_connect(f"{LIVE}?person=ada", headers=carried) as socket:
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == NOT_SIGNED_IN


def test_an_open_feed_ends_with_its_session(own_house: House) -> None:
    secret = own_house.register.begin("bea", "session")
    headers = {"Cookie": f"{own_house.cookie}={secret}"}
    with own_house.client.websocket_connect(f"{LIVE}?person=bea", headers=headers) as socket:
        assert socket.receive_json()["type"] == "snapshot"
        own_house.register.set_enabled("bea", False)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == NOT_SIGNED_IN


def test_health_tells_a_stranger_only_that_it_is_well(house: House) -> None:
    assert house.client.get("/healthz").json() == {"status": "ok", "live": True, "ready": True}
    assert "open_jobs" in house.client.get("/healthz", headers=house.carried("bea")).json()


def test_no_secret_is_said_or_logged(own_house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret, program = (own_house.register.begin("ada", kind) for kind in ("session", "pass"))
    headers = {"Cookie": f"{own_house.cookie}={secret}"}
    said = [
        own_house.client.post("/login", data={"username": "ada", "password": PASSWORD}).text,
        own_house.client.post("/login", data={"username": PASSWORD, "password": PASSWORD}).text,
        own_house.client.get("/people", headers=headers).text,
        own_house.client.get("/", headers=headers).text,
        own_house.client.get("/settings", headers={"Authorization": f"Bearer {program}"}).text,
    ]
    (own_house.register.folder / "people.db").write_bytes(b"")
    said.append(own_house.client.get("/jobs", headers=headers).text)
    assert not [text for text in [*said, caplog.text] for one in (secret, program) if one in text]
    assert not [text for text in [*said, caplog.text] if PASSWORD in text]


def test_a_list_that_is_lost_or_damaged_lets_nobody_in(own_house: House) -> None:
    headers = own_house.carried("ada")
    assert asked(own_house, "GET", "/jobs", headers) == 200
    people = own_house.register.folder / "people.db"
    kept = people.read_bytes()
    people.write_bytes(b"")
    answer = own_house.client.get("/jobs", headers=headers)
    assert answer.status_code == 503
    assert "nobody is let in" in answer.text
    people.unlink()
    assert asked(own_house, "GET", "/jobs", headers) == 401
    people.write_bytes(kept)
    assert asked(own_house, "GET", "/jobs", headers) == 200


def test_the_first_person_closes_the_door_at_once_and_nobody_opens_it_again(
    tmp_path: Path,
) -> None:
    register = Register(tmp_path)
    studio = Studio(Settings(data_dir=tmp_path, sandbox_speed=0), credentials=Credentials({}))
    app = build(studio, entrance=Entrance(register, cost=CHEAP), environment={})
    with TestClient(app, base_url=HOME) as client:
        assert client.get("/login", follow_redirects=False).headers["location"] == "./"
        assert client.post("/login", data={"username": "ada", "password": "x"}).status_code == 404
        assert client.get("/people").json()["people"] == []
        assert 'id="studio-person">null<' in client.get("/").text
        with client.websocket_connect(LIVE) as socket:
            socket.receive_json()
            register.add("ada", PASSWORD, cost=CHEAP)
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
            assert closed.value.code == NOT_SIGNED_IN
        assert client.get("/jobs").status_code == 401
        register.remove("ada")
        assert client.get("/jobs").status_code == 401, "Only a start without people opens it."
