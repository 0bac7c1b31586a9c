"""Stars and tags over HTTP: who may, what is refused, and how every page learns of it."""

from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from tests.support.made import made
from tests.support.serving import LIVE, Web, serve


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    yield from serve(tmp_path_factory.mktemp("marks") / "data", {})


def test_a_star_and_tags_are_listed_counted_and_filtered(web: Web) -> None:
    heron, _ = made(web, "A heron"), made(web, "An owl")
    answer = web.client.post(
        f"/jobs/{heron['id']}/mark", json={"starred": True, "tags": ["Water Bird", "blue"]}
    )
    assert answer.status_code == 200
    assert (answer.json()["starred"], answer.json()["tags"]) == (True, ["Water Bird", "blue"])
    listed = web.client.get("/jobs").json()
    assert listed["total"] == 2
    assert listed["counts"]["starred"] == {"true": 1}
    assert listed["counts"]["tag"] == {"Water Bird": 1, "blue": 1}
    for asked in ({"starred": "true"}, {"tag": "water bird"}, {"text": "bird"}):
        found = web.client.get("/jobs", params=asked).json()
        assert [job["id"] for job in found["jobs"]] == [heron["id"]], asked
        assert found["total"] == 1
    only = web.client.post(f"/jobs/{heron['id']}/mark", json={"starred": False}).json()
    assert (only["starred"], only["tags"]) == (False, ["Water Bird", "blue"])
    assert web.client.get("/jobs?starred=true").json()["jobs"] == []


def test_every_open_page_is_told_and_so_is_one_that_was_away(web: Web) -> None:
    job = made(web)
    with web.client.websocket_connect(LIVE) as live:
        assert live.receive_json()["type"] == "snapshot"
        web.client.post(f"/jobs/{job['id']}/mark", json={"starred": True})
        told = live.receive_json()["job"]
        assert (told["id"], told["starred"]) == (job["id"], True)
    missed = web.client.get(f"/jobs?since={job['revision']}").json()["jobs"]
    assert [(one["id"], one["starred"]) for one in missed] == [(job["id"], True)]


def test_nobody_else_marks_it(web: Web) -> None:
    job = made(web)
    address, mark = f"/jobs/{job['id']}/mark", {"starred": True}
    assert web.client.post(address, json=mark, headers={"x-who": "bob"}).status_code == 404
    assert web.client.post(address, json=mark, headers={"x-who": "stranger"}).status_code == 401
    foreign = {"Origin": "https://evil.example"}
    assert web.client.post(address, json=mark, headers=foreign).status_code == 403
    assert web.client.get(f"/jobs/{job['id']}").json()["starred"] is False
    hidden = web.client.get("/jobs", headers={"x-who": "bob"}).json()["counts"]
    assert (hidden["starred"], hidden["tag"]) == ({"true": 0}, {})


@pytest.mark.parametrize(
    ("marks", "field"),
    [
        ({"starred": "yes"}, "starred"),
        ({"tags": "sky"}, "tags"),
        ({"tags": [1]}, "tags"),
        ({"tags": ["x" * 40]}, "tags"),
        ({"tags": [str(number) for number in range(9)]}, "tags"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_no_mark_is_refused(web: Web, marks: dict[str, JsonValue], field: str) -> None:
    answer = web.client.post(f"/jobs/{made(web)['id']}/mark", json=marks)
    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["problems"]] == [field]
