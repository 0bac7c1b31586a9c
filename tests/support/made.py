"""Jobs made through the front door, and what came of them."""

import time

from pydantic import JsonValue
from starlette.testclient import TestClient

from tests.support.serving import ASK, Web


def finished(client: TestClient, job: str, seconds: float = 60) -> dict[str, JsonValue]:
    """The job once it has ended."""
    until = time.monotonic() + seconds
    while True:
        found = client.get(f"/jobs/{job}").json()
        if found["finished"] is not None or time.monotonic() > until:
            return found
        time.sleep(0.02)  # The server works in another thread; its own feed is tested on its own.


def made(web: Web, prompt: str = "A lighthouse at dusk") -> dict[str, JsonValue]:
    """A finished job."""
    answer = web.client.post("/jobs", json={**ASK, "prompt": prompt})
    assert answer.status_code == 201, answer.text
    job = finished(web.client, answer.json()["id"])
    assert job["state"] == "done", job
    return job


def first_file(job: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The job's first artifact."""
    artifacts = job["artifacts"]
    assert isinstance(artifacts, list)
    assert isinstance(artifacts[0], dict)
    return artifacts[0]
