"""Deleting over HTTP: who may, what is refused, and how every page learns of it."""

from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from tests.support.made import finished, first_file, made
from tests.support.serving import ASK, LIVE, Web, serve


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    yield from serve(tmp_path_factory.mktemp("deleting") / "data", {})


def revision(job: dict[str, JsonValue]) -> int:
    found = job["revision"]
    assert isinstance(found, int)
    return found


def test_an_ended_job_and_its_files_are_deleted(web: Web) -> None:
    job = made(web, "A heron that goes")
    file = first_file(job)["url"]
    assert web.client.get(f"/{file}").status_code == 200
    answer = web.client.delete(f"/jobs/{job['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    for path in (f"/jobs/{job['id']}", f"/{file}", f"/{file}/thumb"):
        assert web.client.get(path).status_code == 404
    assert web.client.get("/jobs", params={"text": "heron"}).json()["jobs"] == []
    assert web.client.delete(f"/jobs/{job['id']}").status_code == 404


def test_nobody_else_deletes_it(web: Web) -> None:
    address = f"/jobs/{made(web)['id']}"
    assert web.client.delete(address, headers={"x-who": "bob"}).status_code == 404
    assert web.client.delete(address, headers={"x-who": "stranger"}).status_code == 401
    foreign = {"Origin": "https://evil.example"}
    assert web.client.delete(address, headers=foreign).status_code == 403
    assert web.client.get(address).status_code == 200


def test_what_is_on_its_way_is_refused_with_a_sentence(web: Web) -> None:
    web.studio.sandbox.speed = 60
    answer = web.client.post("/jobs", json={**ASK, "prompt": "slow"})
    job = answer.json()["id"]
    refused = web.client.delete(f"/jobs/{job}")
    assert refused.status_code == 422
    assert "Cancel it first" in refused.json()["problems"][0]["message"]
    web.client.post(f"/jobs/{job}/cancel", json={})
    web.studio.sandbox.speed = 0
    assert finished(web.client, job)["state"] == "cancelled"
    assert web.client.delete(f"/jobs/{job}").status_code == 204


def test_every_open_page_is_told_and_so_is_one_that_was_away(web: Web) -> None:
    job = made(web)
    with web.client.websocket_connect(LIVE) as live, web.client.websocket_connect(LIVE) as other:
        assert {live.receive_json()["type"], other.receive_json()["type"]} == {"snapshot"}
        web.client.delete(f"/jobs/{job['id']}")
        told = live.receive_json()
        assert (told["type"], told["id"]) == ("gone", job["id"])
        assert other.receive_json() == told
    since = revision(job)
    polled = web.client.get(f"/jobs?since={since}").json()
    assert (polled["jobs"], polled["gone"]) == ([], [job["id"]])
    assert web.client.get(f"/jobs?since={polled['revision']}").status_code == 204
    with web.client.websocket_connect(f"{LIVE}?since={since}") as back:
        assert job["id"] in back.receive_json()["gone"]
    for unknown in ("", "?since=x", "?since=0"):
        with web.client.websocket_connect(f"{LIVE}{unknown}") as fresh:
            assert fresh.receive_json()["gone"] == []
    with web.client.websocket_connect(f"{LIVE}?since={since}", headers={"x-who": "bob"}) as bob:
        assert bob.receive_json()["gone"] == []


def test_the_press_of_a_deleted_job_is_refused(web: Web) -> None:
    asked = {**ASK, "client_request_id": "press-once"}
    job = web.client.post("/jobs", json=asked).json()["id"]
    finished(web.client, job)
    web.client.delete(f"/jobs/{job}")
    again = web.client.post("/jobs", json=asked)
    assert again.status_code == 422
    assert "since been deleted" in again.json()["problems"][0]["message"]
