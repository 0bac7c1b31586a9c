"""Two people at one studio: neither sees, takes, stops or removes what is the other's."""
# Gradio's client leaves parts of its own types open.
# pyright: reportUnknownMemberType=false

import time
from collections.abc import Iterator

import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError
from pydantic import JsonValue

from providers.people.register import Register
from tests.support.guests import PASSWORD, House, invite, open_house
from tests.support.servers import StudioServer
from tests.support.serving import ASK, LIVE, picture

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A studio with three people."""
    yield from open_house(tmp_path_factory.mktemp("house") / "data")


def finished(house: House, job: str, headers: dict[str, str]) -> dict[str, JsonValue]:
    """The job once it has ended."""
    until = time.monotonic() + 60
    while True:
        found = house.client.get(f"/jobs/{job}", headers=headers).json()
        if found["finished"] is not None or time.monotonic() > until:
            assert found["state"] == "done", found
            return found
        time.sleep(0.02)  # The server works in another thread.


def test_what_is_one_persons_is_nobody_elses(house: House) -> None:
    client, bea, cyd = house.client, house.carried("bea"), house.carried("cyd")
    ada = house.carried("ada")
    with client.websocket_connect(LIVE, headers=cyd) as feed:
        assert feed.receive_json()["jobs"] == []
        made = client.post("/jobs", json={**ASK, "prompt": "Only for Bea"}, headers=bea).json()
        job = finished(house, made["id"], bea)
        files = job["artifacts"]
        assert isinstance(files, list)
        assert isinstance(files[0], dict)
        file = str(files[0]["url"])
        # The next person in this browser gets nothing of it from the browser's own store.
        assert "Cookie" in client.get(f"/{file}", headers=bea).headers["vary"]
        reference = client.post("/media?name=own.png", content=picture(), headers=bea).json()["id"]
        for other in (cyd, ada):
            for method, path in (
                ("GET", f"/jobs/{job['id']}"),
                ("DELETE", f"/jobs/{job['id']}"),
                *(
                    ("POST", f"/jobs/{job['id']}/{verb}")
                    for verb in ("cancel", "retry", "look", "adopt", "discard", "go-on")
                ),
                *(("GET", f"/{file}{more}") for more in ("", "?download=1", "/thumb", "/poster")),
                ("GET", f"/media/{reference}"),
            ):
                body: JsonValue = {"task": "x"} if method == "POST" else None
                answer = client.request(method, path, headers=other, json=body)
                assert answer.status_code == 404, (method, path)
            assert client.get("/jobs", headers=other).json()["jobs"] == []
            assert client.get("/jobs?text=Bea", headers=other).json()["jobs"] == []
            assert client.get("/jobs?since=1", headers=other).status_code == 204
            mark = client.post(f"/jobs/{job['id']}/mark", json={"starred": True}, headers=other)
            assert mark.status_code == 404
            parcel = client.post("/archive", json={"jobs": [job["id"]]}, headers=bea).json()
            assert client.get(f"/{parcel['url']}", headers=other).status_code == 404
            assert client.get(f"/{parcel['url']}", headers=bea).status_code == 200
            borrowed = {**ASK, "references": [reference]}
            assert client.post("/jobs", json=borrowed, headers=other).status_code == 422
        mine = client.post("/jobs", json={**ASK, "prompt": "Only for Cyd"}, headers=cyd).json()
        # Everything of Bea's has happened before this: the feed has not told it.
        assert feed.receive_json()["job"]["id"] == mine["id"]
    again = client.get(f"/jobs/{job['id']}", headers=house.carried("bea"))
    assert again.json()["prompt"] == "Only for Bea", "Another device of hers sees the same."
    finished(house, mine["id"], cyd)


def test_a_member_is_told_of_nothing_that_is_not_theirs(house: House) -> None:
    stray = house.register.folder / "artifacts" / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(picture("blue"))
    ada, bea = house.carried("ada"), house.carried("bea")
    house.client.post("/library/verify", json={}, headers=ada)
    whole, part = (house.client.get("/settings", headers=one).json() for one in (ada, bea))
    assert whole["data"]["unknown"] == [stray.name]
    assert str(house.register.folder) in str(whole)
    assert set(part["data"]) == {"harmed", "free"}
    assert stray.name not in str(part)
    assert str(house.register.folder) not in str(part)
    assert "key_variable" not in part["connections"][0]
    assert set(part["spend"]) == {"today", "days", "caps"}
    notices = house.client.get("/notices", headers=bea).json()
    assert (notices["damaged"], notices["harmed"], notices["notice"]) == (0, 0, "")


def test_programs_sign_in_with_a_password_or_a_pass(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("programs") / "data"
    register = Register(folder)
    invite(register)
    server = StudioServer(folder)
    try:
        server.start()
        assert "Everyone has to sign in: 3 people." in server.told + server.log.read_text()
        bearer = {"Authorization": f"Bearer {register.begin('bea', 'pass')}"}
        bea = Client(server.url, headers=bearer, verbose=False)
        ada = Client(server.url, auth=("ada", PASSWORD), verbose=False)
        made = ada.predict(model=ASK["model"], prompt="By a program", api_name="/generate_image")
        assert made["state"] == "waiting", made
        assert ada.predict(id=made["id"], api_name="/job")["prompt"] == "By a program"
        assert "no such job" in str(bea.predict(id=made["id"], api_name="/cancel"))
        assert bea.predict(api_name="/jobs")["jobs"] == []
        with pytest.raises(AuthenticationError):
            Client(server.url, auth=("ada", "wrong"), verbose=False)
    finally:
        server.close()
