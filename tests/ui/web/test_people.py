"""People in the page: what the command does, done by an admin, and by nobody else."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from pydantic import JsonValue
from starlette.testclient import TestClient

from providers.people.listed import Listed
from providers.people.passwords import hashed
from providers.people.register import Register
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from tests.support.guests import CHEAP, PASSWORD, House, open_house
from tests.support.serving import HOME, LIVE
from ui.web.app import build

NEW = "another canary, much louder"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A studio with ada, an admin, and the members bea and cyd."""
    yield from open_house(tmp_path / "data")


def change(
    house: House, path: str, body: Mapping[str, JsonValue], who: str = "ada"
) -> tuple[int, str]:
    """What somebody gets who changes the people: the status and the whole answer."""
    answer = house.client.post(f"/people{path}", json=body, headers=house.carried(who))
    return answer.status_code, answer.text


def test_somebody_who_is_added_signs_in_and_every_page_is_told(house: House) -> None:
    with house.client.websocket_connect(f"{LIVE}?person=bea", headers=house.carried("bea")) as bea:
        assert bea.receive_json()["type"] == "snapshot"
        status, told = change(house, "", {"name": "Dan", "password": NEW})
        assert (status, NEW in told) == (201, False)
        assert bea.receive_json() == {"type": "settings"}
    assert house.sign_in("dan", NEW) == 200
    assert house.register.person("dan").role == "member"
    assert change(house, "", {"name": "dan", "password": NEW})[0] == 422
    assert change(house, "", {"name": "eve", "password": "short"})[0] == 422
    assert change(house, "", {"name": "eve", "password": NEW, "role": "admin"})[0] == 201
    assert house.register.person("eve").is_admin


def test_who_is_disabled_or_has_a_new_password_is_out_at_once(house: House) -> None:
    carried = house.carried("bea")
    assert change(house, "/bea/password", {"password": NEW})[0] == 200
    assert house.client.get("/jobs", headers=carried).status_code == 401
    assert (house.sign_in("bea"), house.sign_in("bea", NEW)) == (401, 200)
    assert change(house, "/bea/enabled", {"enabled": False})[0] == 200
    assert house.sign_in("bea", NEW) == 401
    assert change(house, "/bea/enabled", {"enabled": True})[0] == 200
    assert house.sign_in("bea", NEW) == 200


def test_the_last_admin_stays(house: House) -> None:
    for path, body in (("/ada/enabled", {"enabled": False}), ("/ada/role", {"role": "member"})):
        status, told = change(house, path, body)
        assert (status, "One admin must remain" in told) == (422, True)
    assert change(house, "/bea/role", {"role": "admin"})[0] == 200
    assert change(house, "/ada/role", {"role": "member"}, "bea")[0] == 200
    assert change(house, "/bea/role", {"role": "member"}, "ada")[0] == 403


def test_a_pass_is_told_once_and_lets_a_program_in(house: House) -> None:
    status, told = change(house, "/bea/pass", {})
    secret = house.client.get("/people", headers=house.carried("ada")).text
    assert status == 201
    shown = told.partition('"secret":"')[2].partition('"')[0]
    assert shown not in secret
    bearer = {"Authorization": f"Bearer {shown}"}
    assert house.client.get("/jobs", headers=bearer).status_code == 200
    assert change(house, "/bea/signout", {})[0] == 200
    assert house.client.get("/jobs", headers=bearer).status_code == 401


def test_a_cap_of_ones_own_is_that_of_the_command(house: House) -> None:
    assert change(house, "/bea/caps", {"caps": "runway=40"})[0] == 200
    assert house.register.person("bea").caps == "runway=40"
    status, told = change(house, "/bea/caps", {"caps": "nobody=40"})
    assert (status, "There is no service 'nobody'" in told) == (422, True)
    assert change(house, "/bea/caps", {"caps": ""})[0] == 200
    assert house.register.person("bea").caps == ""


def test_members_change_nobody(house: House) -> None:
    before = house.register.people()
    for path in ("", "/bea/password", "/bea/enabled", "/bea/role", "/bea/caps", "/bea/pass"):
        assert change(house, path, {"name": "x", "password": NEW}, "bea")[0] == 403
    assert house.register.people() == before


def test_no_password_and_no_pass_stands_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    change(house, "", {"name": "dan", "password": NEW})
    change(house, "/dan/password", {"password": NEW + "."})
    secret = change(house, "/dan/pass", {})[1].partition('"secret":"')[2].partition('"')[0]
    assert NEW not in caplog.text
    assert secret
    assert secret not in caplog.text


def test_what_the_environment_says_of_somebody_is_changed_there(house: House) -> None:
    house.register.take_in([Listed("zoe", "member", hashed(PASSWORD, CHEAP))])
    told = house.client.get("/people", headers=house.carried("ada")).json()["people"]
    assert [one["name"] for one in told if one["listed"]] == ["zoe"]
    for path, body in (("/zoe/password", {"password": NEW}), ("/zoe/role", {"role": "admin"})):
        status, said = change(house, path, body)
        assert (status, "STUDIO_PEOPLE sets" in said) == (422, True)
    assert change(house, "/zoe/enabled", {"enabled": False})[0] == 200


@pytest.mark.parametrize(
    ("host", "space", "name", "status"),
    [
        ("127.0.0.1", {}, "", 201),
        ("0.0.0.0", {}, "", 422),
        ("127.0.0.1", {"SPACE_ID": "a/b"}, "", 422),
        # Behind a web server on this machine.
        ("127.0.0.1", {}, "studio.example.org", 422),
    ],
)
def test_the_first_person_is_added_in_the_page_where_nobody_else_reaches_it(
    tmp_path: Path, host: str, space: dict[str, str], name: str, status: int
) -> None:
    settings = Settings(data_dir=tmp_path, host=host, allowed_hosts=name)
    studio = Studio(settings, credentials=Credentials({}))
    with TestClient(build(studio, environment=space), base_url=HOME) as client:
        assert client.get("/people").json()["can_add"] is (status == 201)
        told = client.post("/people", json={"name": "ada", "password": NEW})
        assert told.status_code == status
        assert client.get("/jobs").status_code == (401 if status == 201 else 200)
    assert Register(tmp_path).has_people() is (status == 201)


def test_a_form_in_parts_signs_in_as_gradios_client_for_javascript_sends_it(house: House) -> None:
    parts = {"username": (None, "bea"), "password": (None, PASSWORD)}
    assert house.client.post("/login", files=parts).json() == {"success": True}
    house.client.cookies.clear()
    wrong = {**parts, "password": (None, "not hers")}
    assert house.client.post("/login", files=wrong).status_code == 401
    as_a_file = {**parts, "password": ("a.txt", PASSWORD)}
    multipart = {"Content-Type": "multipart/form-data"}
    assert house.client.post("/login", files=as_a_file).status_code == 400
    assert house.client.post("/login", content=b"--x", headers=multipart).status_code == 400
    assert house.client.post("/login", files={**parts, "x": (None, "x" * 9000)}).status_code == 413
