"""The doors for many jobs at once: what they answer, to whom, and to bodies that are none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue

from tests.support.serving import ASK, Web, serve

OTHER = {"x-who": "bob"}
ROWS: list[JsonValue] = [{**ASK, "prompt": f"sandbox:slow {row}"} for row in range(4)]


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    yield from serve(tmp_path_factory.mktemp("batches"), {})


def test_a_list_is_read_checked_and_sent_for_its_owner_alone(web: Web) -> None:
    asked: dict[str, JsonValue] = {"text": "A {red|blue} fox\nA {bad|one", "request": ASK}
    read = web.client.post("/batches/read", json=asked).json()
    assert [row["request"]["prompt"] for row in read["rows"]] == [
        "A red fox", "A blue fox", "A {bad|one",
    ]  # fmt: skip
    assert [bool(row["problem"]) for row in read["rows"]] == [False, False, True]
    requests = [row["request"] for row in read["rows"][:2]]
    bad = {**ASK, "options": {"ratio": "7:5"}}
    checked = web.client.post("/batches/check", json={"requests": [*requests, bad, 7]}).json()
    fields = [[one["field"] for one in row["problems"]] for row in checked["rows"]]
    assert fields == [[], [], ["ratio"], ["request"]]
    assert [(one["vendor"], one["jobs"], one["sandbox"]) for one in checked["bill"]] == [
        ("useapi", 2, True)
    ]
    body = {"client_request_id": "read-and-sent", "requests": requests, "shown": checked["bill"]}
    sent = web.client.post("/batches", json=body)
    assert sent.status_code == 201, sent.text
    assert (
        web.client.post("/batches", json=body).json()["jobs"][0]["id"]
        == sent.json()["jobs"][0]["id"]
    )
    assert web.client.get("/batches/read-and-sent").json()["rows"] == 2
    assert len(web.client.get("/jobs?batch=read-and-sent").json()["jobs"]) == 2
    assert web.client.get("/jobs?batch=read-and-sent", headers=OTHER).json()["jobs"] == []
    for method, path in (("GET", ""), ("POST", "/cancel"), ("POST", "/retry")):
        asked = {"client_request_id": "by-another", "jobs": ["x"]}
        more = {} if method == "GET" else {"json": asked}
        answer = web.client.request(method, f"/batches/read-and-sent{path}", headers=OTHER, **more)  # pyright: ignore[reportArgumentType]
        assert answer.status_code == 404
        answer = web.client.request(
            method,
            f"/batches/read-and-sent{path}",
            headers={"x-who": "stranger"},
            **more,  # pyright: ignore[reportArgumentType]
        )
        assert answer.status_code == 401


def test_what_was_not_sent_yet_of_a_batch_is_cancelled_by_one_call(tmp_path: Path) -> None:
    for web in serve(tmp_path, {}, sandbox_speed=60.0):
        body: dict[str, JsonValue] = {"client_request_id": "to-be-cancelled", "requests": ROWS}
        jobs = web.client.post("/batches", json=body).json()["jobs"]
        told = web.client.post("/batches/to-be-cancelled/cancel", json={}).json()
        assert told["states"].pop("cancelled") == 2
        assert told["rows"] == sum(told["states"].values()) + 2
        ended = [web.client.get(f"/jobs/{job['id']}").json() for job in jobs]
        assert [job["state"] for job in ended[2:]] == ["cancelled"] * 2
        assert all(job["error"]["charged"] == "no" for job in ended[2:])
        assert told["failed"] == []


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("", {}, "requests"),
        ("", {"requests": []}, "requests"),
        ("", {"requests": "many"}, "requests"),
        ("", {"requests": [ASK] * 201}, "requests"),
        ("", {"requests": [ASK]}, "client_request_id"),
        ("", {"requests": [ASK], "client_request_id": 7}, "client_request_id"),
        ("", {"requests": [{"kind": "song"}], "client_request_id": "a-fine-name"}, "rows.1.kind"),
        ("/check", {"requests": {}}, "requests"),
        ("/read", {"text": 7, "request": ASK}, "text"),
        ("/read", {"text": "a fox"}, "request"),
        ("/read", {"text": "a fox", "request": ASK, "takes": "two"}, "takes"),
        ("/read", {"text": "a fox", "request": ASK, "takes": 99}, "takes"),
        ("/read", {"text": "a fox", "request": ASK, "models": [7]}, "models"),
        ("/read", {"text": "a fox", "request": ASK, "models": ["nobody"]}, "models"),
    ],
)
def test_a_body_that_is_none_is_told_by_its_field(
    web: Web, path: str, body: dict[str, JsonValue], field: str
) -> None:
    before = web.client.get("/jobs").json()["counts"]
    answer = web.client.post(f"/batches{path}", json=body)
    assert (answer.status_code, [one["field"] for one in answer.json()["problems"]]) == (
        422,
        [field],
    )
    assert web.client.get("/jobs").json()["counts"] == before
