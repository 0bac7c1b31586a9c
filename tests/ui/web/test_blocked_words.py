"""Words that moderation blocked are not sent again without an edit, or a yes to one question."""

from collections.abc import Iterator

import pytest
from pydantic import JsonValue

from providers.errors import Refused
from providers.jobs import failures
from providers.vendors.vendor import Failed
from tests.support.made import finished
from tests.support.serving import ASK, Web, serve

VENDORS = {
    "useapi": ASK["model"],
    "runway": "runway:image/gen4_image",
    "runware": "runware:image/google:4@2",
    "runflow": "runflow:image/google/nano-banana-pro",
}


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application with its sandbox."""
    yield from serve(tmp_path_factory.mktemp("blocked") / "data", {})


def asked(vendor: str, words: str) -> dict[str, JsonValue]:
    """A request with words that this vendor's sandbox blocks."""
    return {"kind": "image", "model": VENDORS[vendor], "prompt": f"{words} sandbox:moderated"}


def blocked(web: Web, request: dict[str, JsonValue]) -> str:
    """The id of a job that moderation ended."""
    answer = web.client.post("/jobs", json=request)
    assert answer.status_code == 201, answer.text
    job = finished(web.client, answer.json()["id"])
    assert job["error"]["code"] == "moderated"  # pyright: ignore[reportArgumentType,reportCallIssue,reportIndexIssue,reportOptionalSubscript]
    return str(job["id"])


@pytest.mark.parametrize("vendor", VENDORS)
def test_the_same_words_are_sent_again_by_an_edit_or_a_yes(web: Web, vendor: str) -> None:
    request = asked(vendor, f"A storm over {vendor}")
    first = blocked(web, request)
    before = web.client.get("/jobs").json()["total"]
    for again in (
        web.client.post("/jobs", json=request),
        web.client.post("/jobs", json={**request, "agreed": ["another question"]}),
        web.client.post(f"/jobs/{first}/retry", json={}),
    ):
        assert again.status_code == 422, again.text
        [problem] = again.json()["problems"]
        assert (problem["asks"], problem["field"]) == ("moderated", "prompt")
    assert web.client.get("/jobs").json()["total"] == before, "and nothing was sent"
    [told] = web.client.post("/check", json=request).json()["problems"]
    assert told["asks"] == "moderated"
    edited = {**request, "prompt": f"A calm sea over {vendor}"}
    assert web.client.post("/jobs", json=edited).status_code == 201
    agreed = web.client.post("/jobs", json={**request, "agreed": ["moderated"]})
    assert agreed.status_code == 201, agreed.text
    finished(web.client, agreed.json()["id"])
    retried = web.client.post(f"/jobs/{first}/retry", json={"agreed": ["moderated"]})
    assert retried.status_code == 201, retried.text
    finished(web.client, retried.json()["id"])


def test_it_is_a_question_of_an_owner_at_a_vendor_and_of_all_options(web: Web) -> None:
    request = asked("useapi", "A quarrel")
    blocked(web, request)
    other = {**asked("runware", "A quarrel")}
    assert web.client.post("/jobs", json=other).status_code == 201
    theirs = web.client.post("/jobs", json=request, headers={"x-who": "bob"})
    assert theirs.status_code == 201
    seeded = {**request, "options": {"seed": 7}}
    assert web.client.post("/jobs", json=seeded).status_code == 422


def test_a_shot_list_is_asked_about_as_a_whole(web: Web) -> None:
    shots: list[JsonValue] = [
        {"prompt": "A door opens sandbox:moderated-output", "seconds": 4},
        {"prompt": "A hall", "seconds": 4},
    ]
    request: dict[str, JsonValue] = {
        "kind": "multishot",
        "model": "useapi:multishot/kling-3.0-pro",
        "shots": shots,
    }
    blocked(web, request)
    [problem] = web.client.post("/jobs", json=request).json()["problems"]
    assert (problem["asks"], problem["field"]) == ("moderated", "shots")
    edited = {**request, "shots": [shots[0], {"prompt": "A garden", "seconds": 4}]}
    assert web.client.post("/jobs", json=edited).status_code == 201


def test_trying_failed_ones_of_a_batch_again_leaves_blocked_ones_out(web: Web) -> None:
    requests = [
        asked("useapi", "A duel"),
        {**ASK, "prompt": "A meadow sandbox:fails"},
    ]
    sent = web.client.post(
        "/batches", json={"client_request_id": "blocked-batch", "requests": requests}
    )
    assert sent.status_code == 201, sent.text
    jobs = [finished(web.client, one["id"]) for one in sent.json()["jobs"]]
    told = web.client.get("/batches/blocked-batch").json()
    assert told["failed"] == [jobs[1]["id"]]
    refused = web.client.post(
        "/batches/blocked-batch/retry",
        json={"client_request_id": "blocked-again", "jobs": [jobs[0]["id"]]},
    )
    assert refused.status_code == 422
    again = web.client.post(
        "/batches", json={"client_request_id": "blocked-third", "requests": [requests[0]]}
    )
    assert again.status_code == 422
    assert again.json()["problems"][0]["field"] == "rows.1.prompt"


def test_the_account_is_spoken_of_where_there_is_one(web: Web) -> None:
    for vendor in VENDORS:
        job = blocked(web, asked(vendor, "A riot"))
        error = web.client.get(f"/jobs/{job}").json()["error"]
        assert "account" not in " ".join(error["lines"]), error
        assert "Change" in " ".join(error["lines"])
    for failure in (
        failures.refused(Refused("Moderation rejected the prompt.", code="moderated")),
        failures.failed(Failed(code="moderated", message="", charged="yes")),
    ):
        assert failures.COUNTED in " ".join(failures.lines(failure, sandbox=False))
