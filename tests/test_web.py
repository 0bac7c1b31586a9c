"""The web application: every route, the guards, the feed, files, and what no answer may hold."""

import base64
import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest
from PIL import Image
from pydantic import JsonValue
from starlette.requests import HTTPConnection
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from providers.settings import Credentials, Settings
from providers.studio import Studio
from ui.guards import Guard, Policy
from ui.web import build

HOME = "http://127.0.0.1:7860"
LIVE = "ws://127.0.0.1:7860/live"
CANARY = "user:77-CanaryCanaryCanary9"
ASK: dict[str, JsonValue] = {
    "kind": "image",
    "model": "useapi:image/gen4",
    "prompt": "A lighthouse at dusk",
    "options": {"ratio": "16:9", "seed": 7},
}
FILE_SPELLINGS = (
    "http://169.254.169.254/latest",
    "https://attacker.example/x.png",
    "HTTP://127.0.0.1/x",
    "//attacker.example/x.png",
    "file:///etc/passwd",
    "\\\\attacker\\share",
    "relative/x.png",
)


class Web(NamedTuple):
    """A running application and its studio."""

    client: TestClient
    studio: Studio


def whose(connection: HTTPConnection) -> str | None:
    """The owner whom a test names; nobody for a stranger."""
    who = connection.headers.get("x-who", "ann")
    return None if who == "stranger" else who


def serve(folder: Path, keys: dict[str, str | None], **changes: object) -> Iterator[Web]:
    """An application over a fresh studio, for as long as the test needs it."""
    values = {"data_dir": folder, "sandbox_speed": 0.0, **changes}
    settings = Settings.model_validate(values)
    studio = Studio(settings, credentials=Credentials(keys))
    app = build(studio, current_user=whose, environment={})
    with TestClient(app, base_url=HOME, raise_server_exceptions=False) as client:
        yield Web(client, studio)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application with its sandbox."""
    yield from serve(tmp_path_factory.mktemp("web") / "data", {}, max_upload_mb=1)


def picture(colour: str = "red", kind: str = "PNG") -> bytes:
    """A small picture file."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(out, kind)
    return out.getvalue()


def finished(client: TestClient, job: str, seconds: float = 20) -> dict[str, JsonValue]:
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


def test_a_job_is_made_followed_and_listed(web: Web) -> None:
    job = made(web, "A red kite over dunes")
    assert job["vendor"] == "useapi"
    assert job["sandbox"] is True
    states = str(job["events"])
    assert states.index("'waiting'") < states.index("'submitting'") < states.index("'done'")
    listed = web.client.get("/jobs", params={"text": "kite", "kind": "image"}).json()
    assert [found["id"] for found in listed["jobs"]] == [job["id"]]
    assert listed["counts"]["kind"]["image"] >= 1
    revision = job["revision"]
    assert isinstance(revision, int)
    assert web.client.get(f"/jobs?since={revision}").status_code == 204
    changed = web.client.get(f"/jobs?since={revision - 1}").json()
    assert changed["revision"] == revision
    assert [found["id"] for found in changed["jobs"]] == [job["id"]]


def test_the_same_click_twice_is_one_job(web: Web) -> None:
    asked = {**ASK, "client_request_id": "click-1"}
    first = web.client.post("/jobs", json=asked)
    second = web.client.post("/jobs", json=asked)
    assert first.json()["id"] == second.json()["id"]
    other = web.client.post("/jobs", json={**asked, "prompt": "Another"})
    assert other.status_code == 422


def test_a_refused_request_names_every_problem(web: Web) -> None:
    asked = {**ASK, "prompt": "", "options": {"ratio": "7:3", "zoom": 2}}
    answer = web.client.post("/jobs", json=asked)
    assert answer.status_code == 422
    fields = {problem["field"] for problem in answer.json()["problems"]}
    assert {"prompt", "ratio", "zoom"} <= fields
    checked = web.client.post("/check", json=asked)
    assert checked.status_code == 200
    assert {problem["field"] for problem in checked.json()["problems"]} == fields
    assert web.client.post("/check", json=ASK).json() == {"problems": []}


def test_empty_file_fields_of_another_kind_are_not_a_problem(web: Web) -> None:
    asked = {**ASK, "start_frame": None, "end_frame": "", "shots": [], "references": []}
    assert web.client.post("/check", json=asked).json() == {"problems": []}


def test_what_is_no_json_is_refused_before_it_means_anything(web: Web) -> None:
    post = web.client.post
    plain = {"Content-Type": "text/plain"}
    assert post("/jobs", content=b"{}", headers=plain).status_code == 415
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert post("/settings/sandbox", content=b"speed=1", headers=form).status_code == 415
    json = {"Content-Type": "application/json"}
    for body in (b"{", b"[1]", b'{"a": NaN}', b'{"a": "\\ud800"}', b"[" * 100_000, b"\xff"):
        answer = post("/jobs", content=body, headers=json)
        assert answer.status_code == 400, body[:20]
        assert answer.json()["problems"][0]["message"]
    big = b'{"prompt": "' + b"x" * 1_100_000 + b'"}'
    assert post("/jobs", content=big, headers=json).status_code == 413


def test_unknown_things_are_404_with_a_sentence(web: Web) -> None:
    get, post = web.client.get, web.client.post
    for answer in (
        get("/jobs/nope"),
        get("/media/nope"),
        get("/media/nope/thumb"),
        post("/jobs/nope/cancel", json={}),
        post("/jobs/nope/retry", json={}),
        post("/jobs/nope/look", json={}),
        post("/jobs/nope/adopt", json={"task": "t"}),
        post("/jobs/nope/discard", json={}),
        post("/connections/nope/check", json={}),
    ):
        assert answer.status_code == 404, answer.url
        assert answer.json()["problems"][0]["message"].strip()
    for path in ("/media/..%2f..%2fetc%2fpasswd", "/nothing"):
        assert get(path).status_code == 404
    assert get("/jobs?since=x").status_code == 422
    assert get("/jobs?limit=9999").status_code == 422
    assert get("/jobs?before=nonsense").status_code == 422


def test_a_job_is_retried_as_a_new_one(web: Web) -> None:
    job = made(web)
    again = web.client.post(f"/jobs/{job['id']}/retry", json={"client_request_id": "again-1"})
    assert again.status_code == 201
    assert again.json()["id"] != job["id"]
    assert again.json()["prompt"] == job["prompt"]


def test_files_come_whole_in_ranges_and_once(web: Web) -> None:
    file = first_file(made(web))
    url = str(file["url"])
    whole = web.client.get(url)
    assert whole.headers["content-type"] == file["media_type"]
    assert len(whole.content) == file["bytes"]
    assert whole.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert whole.headers["content-security-policy"].startswith("sandbox")
    assert whole.headers["x-content-type-options"] == "nosniff"
    known = web.client.get(url, headers={"If-None-Match": whole.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    for asked, part in (
        ("bytes=0-99", whole.content[:100]),
        ("bytes=100-", whole.content[100:]),
        ("bytes=-50", whole.content[-50:]),
    ):
        ranged = web.client.get(url, headers={"Range": asked, "Cookie": "a=b"})
        assert ranged.status_code == 206
        assert ranged.content == part
        assert "cookie" not in ranged.headers
    beyond = web.client.get(url, headers={"Range": "bytes=999999999-"})
    assert beyond.status_code == 416
    assert web.client.head(url).headers["content-length"] == str(file["bytes"])


def test_a_download_has_a_readable_name(web: Web) -> None:
    file = first_file(made(web, "Señor Fuchs: ../../etc"))
    name = web.client.get(f"{file['url']}?download=1").headers["content-disposition"]
    assert name.startswith('attachment; filename="sandbox-senor-fuchs-etc-')
    small = web.client.get(f"{file['url']}/thumb")
    assert small.headers["content-type"] == "image/webp"
    assert max(Image.open(io.BytesIO(small.content)).size) <= 480
    assert web.client.get(f"{file['url']}/poster").headers["content-type"] == "image/webp"


def test_a_reference_is_handed_in_as_a_stream(web: Web) -> None:
    answer = web.client.post("/media?name=../my%00boat.png", content=picture())
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert (kept["width"], kept["height"], kept["kind"]) == (320, 200, "image")
    assert kept["name"] == "myboat.png"
    used = web.client.post("/jobs", json={**ASK, "references": [kept["id"]]})
    assert used.status_code == 201, used.text
    assert finished(web.client, used.json()["id"])["state"] == "done"


def test_what_is_no_picture_or_too_large_is_not_kept(web: Web) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    for body in (svg, b"<html><script>alert(1)</script></html>", b"", picture()[:60]):
        answer = web.client.post("/media?name=x.png", content=body)
        assert answer.status_code == 422, body[:20]
        assert answer.json()["problems"][0]["field"] == "file"

    def pieces() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 65536

    assert web.client.post("/media", content=b"x" * 1_100_000).status_code == 413
    assert web.client.post("/media", content=pieces()).status_code == 413


def test_another_owner_sees_nothing(web: Web) -> None:
    job = made(web, "Only for Ann")
    file = first_file(job)
    bob = {"x-who": "bob"}
    get, post = web.client.get, web.client.post
    path = f"/jobs/{job['id']}"
    for answer in (
        get(path, headers=bob),
        get(f"/{file['url']}", headers=bob),
        get(f"/{file['url']}/thumb", headers=bob),
        get(f"/{file['url']}/poster", headers=bob),
        *(
            post(f"{path}/{what}", json={"task": "x"}, headers=bob)
            for what in ("cancel", "retry", "look", "adopt", "discard")
        ),
    ):
        assert answer.status_code == 404, answer.url
    assert get("/jobs", headers=bob).json()["jobs"] == []
    assert get("/jobs?since=1", headers=bob).status_code == 204
    borrowed = post("/jobs", json={**ASK, "references": [file["id"]]}, headers=bob)
    assert borrowed.status_code == 422
    with web.client.websocket_connect(LIVE, headers=bob) as socket:
        assert socket.receive_json()["jobs"] == []


def test_a_stranger_gets_nothing_at_all(web: Web) -> None:
    who = {"x-who": "stranger"}
    for path in ("/jobs", "/settings", "/media/x", "/config", "/", "/gradio_api/info"):
        assert web.client.get(path, headers=who).status_code == 401, path
    with web.client.websocket_connect(LIVE, headers=who) as socket:
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
        assert closed.value.code == 4401
    assert web.client.get("/healthz", headers=who).status_code == 200


def test_the_feed_sends_a_snapshot_and_then_every_change(web: Web) -> None:
    with web.client.websocket_connect(LIVE) as socket:
        snapshot = socket.receive_json()
        assert snapshot["type"] == "snapshot"
        assert snapshot["connections"][0]["vendor"] == "useapi"
        job = web.client.post("/jobs", json={**ASK, "prompt": "Seen live"}).json()
        socket.send_text("the page says something")
        revisions = [0]
        while True:
            message = socket.receive_json()
            if message["job"]["id"] == job["id"]:
                revisions.append(message["job"]["revision"])
                if message["job"]["state"] == "done":
                    break
        assert revisions == sorted(set(revisions))


def test_settings_show_the_sandbox_and_change_its_time(web: Web) -> None:
    shown = web.client.get("/settings").json()
    assert shown["connections"][0]["sandbox"] is True
    assert shown["connections"][0]["key_variable"] == "USEAPI_TOKEN"
    assert shown["sandbox"]["words"]
    changed = web.client.post("/settings/sandbox", json={"speed": 0.5}).json()
    assert changed["sandbox"]["speed"] == 0.5
    web.client.post("/settings/sandbox", json={"speed": 0})
    for speed in (-1, 61, "1", True, None):
        assert web.client.post("/settings/sandbox", json={"speed": speed}).status_code == 422
    assert web.client.post("/connections/useapi/check", json={}).json()["ok"] is True
    health = web.client.get("/healthz").json()
    assert health["status"] == "ok"
    assert set(health) == {"status", "version", "open_jobs"}


@pytest.mark.parametrize("path", ["/", "/config", "/jobs", "/healthz", "/assets/studio.css"])
def test_a_foreign_host_is_refused(web: Web, path: str) -> None:
    for host in ("rebind.example", "127.0.0.1.evil.example", "192.168.1.5", "127.0.0.1@evil", ""):
        answer = web.client.get(path, headers={"Host": host})
        assert answer.status_code == 400, host
    for host in ("127.0.0.1:7860", "localhost", "LOCALHOST:80", "[::1]:7860"):
        assert web.client.get(path, headers={"Host": host}).status_code == 200, host


FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"},
    {"Origin": "http://127.0.0.1:3000"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1.evil.example:7860"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"},
)


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/x"]
)
def test_a_foreign_page_can_neither_read_nor_write(
    web: Web, headers: dict[str, str], kind: str
) -> None:
    sent = {**headers, "Content-Type": kind}
    for method, path in (
        ("GET", "/"),
        ("GET", "/jobs"),
        ("POST", "/jobs"),
        ("POST", "/media"),
        ("POST", "/settings/sandbox"),
        ("POST", "/gradio_api/upload"),
        ("POST", "/gradio_api/call/generate_image"),
        ("OPTIONS", "/jobs"),
        ("DELETE", "/jobs"),
        ("PUT", "/jobs"),
    ):
        answer = web.client.request(method, path, headers=sent, content=b"{}")
        assert answer.status_code == 403, (method, path)
        assert "access-control-allow-origin" not in answer.headers


def test_our_own_page_and_a_link_to_it_are_welcome(web: Web) -> None:
    own = {"Origin": HOME, "Sec-Fetch-Site": "same-origin"}
    assert web.client.post("/check", json=ASK, headers=own).status_code == 200
    link = {
        "Sec-Fetch-Site": "cross-site",
        "Sec-Fetch-Mode": "navigate",
        "Sec-Fetch-Dest": "document",
    }
    assert web.client.get("/", headers=link).status_code == 200
    assert web.client.get("/gradio_api/startup-events", headers=link).status_code == 403
    with web.client.websocket_connect(LIVE, headers=own) as socket:
        assert socket.receive_json()["type"] == "snapshot"


@pytest.mark.parametrize("headers", [*FOREIGN, {"Host": "rebind.example"}])
def test_a_foreign_page_cannot_open_the_feed(web: Web, headers: dict[str, str]) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        web.client.websocket_connect(LIVE, headers=headers) as socket,
    ):
        socket.receive_json()


@pytest.mark.parametrize("target", FILE_SPELLINGS)
def test_gradio_serves_no_addresses_as_files(web: Web, target: str) -> None:
    for path in (f"/gradio_api/file={target}", f"/gradio_api/file={quote(target, safe='')}"):
        assert web.client.get(path).status_code == 403, path
    assert web.client.get(f"/gradio_api/proxy={target}").status_code == 403


def test_an_upload_is_served_without_power_and_without_echo(web: Web) -> None:
    sent = web.client.post("/gradio_api/upload", files={"files": ("x.png", picture())})
    path = sent.json()[0]
    answer = web.client.get(
        f"/gradio_api/file={path}",
        headers={"Range": "bytes=0-9", "Cookie": "session=secret", "Authorization": "Bearer s"},
    )
    assert answer.status_code == 200
    assert not {"cookie", "authorization", "host"} & set(answer.headers)
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert web.client.get("/gradio_api/file=/etc/passwd").status_code == 403
    big = {"files": ("x.bin", b"x" * 1_200_000)}
    assert web.client.post("/gradio_api/upload", files=big).status_code == 413


def test_every_answer_carries_the_security_headers(web: Web) -> None:
    for path in ("/", "/config", "/jobs", "/nope", "/healthz", "/assets/studio.css"):
        headers = web.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "connect-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "http" not in policy


def test_page_and_configuration_are_small_on_the_wire(web: Web) -> None:
    for path in ("/", "/config"):
        answer = web.client.get(path, headers={"Accept-Encoding": "gzip"})
        assert answer.headers["content-encoding"] == "gzip", path
    style = web.client.get("/assets/studio.js")
    known = web.client.get("/assets/studio.js", headers={"If-None-Match": style.headers["etag"]})
    assert known.status_code == 304
    for path in ("/assets/../app.py", "/assets/..%2fapp.py", "/assets/%2fetc%2fpasswd"):
        assert web.client.get(path).status_code in (403, 404), path
    for path in ("/docs", "/redoc", "/openapi.json", "/monitoring", "/monitoring/summary"):
        assert web.client.get(path).status_code >= 400, path


def crawl(web: Web) -> Iterator[tuple[str, str]]:
    """(path, whole answer) of everything that can be read, and of errors."""
    job = web.client.post("/jobs", json=ASK)
    check = web.client.post("/connections/useapi/check", json={})
    yield "key check", check.text
    yield "job", web.client.get(f"/jobs/{job.json()['id']}").text
    for path in (
        *("/", "/config", "/gradio_api/info", "/settings", "/healthz", "/jobs", "/nope"),
        *("/gradio_api/app_id", "/gradio_api/startup-events", "/theme.css", "/jobs?since=x"),
        *("/assets/studio.js", "/gradio_api/queue/status", "/manifest.json"),
    ):
        answer = web.client.get(path)
        yield path, f"{answer.headers} {answer.text}"
    broken = web.client.post(
        "/jobs", content=b"{", headers={"Content-Type": "application/json", "X": CANARY}
    )
    yield "broken", broken.text
    with web.client.websocket_connect(LIVE) as socket:
        yield "/live", str(socket.receive_json())


def test_a_key_is_in_no_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    # Port 9 of this machine answers nothing: the connection is live, and every call fails.
    keys: dict[str, str | None] = {
        "USEAPI_TOKEN": CANARY,
        "STUDIO_USEAPI_BASE_URL": "http://127.0.0.1:9/v1/runwayml",
    }
    forms = (CANARY, quote(CANARY, safe=""), base64.b64encode(CANARY.encode()).decode())
    for web in serve(tmp_path / "data", keys):
        assert web.client.get("/settings").json()["connections"][0]["sandbox"] is False
        for path, text in crawl(web):
            assert not any(form in text for form in forms), path
    assert not any(form in caplog.text for form in forms)


Check = Callable[[str, str, dict[str, str]], Policy]


@pytest.mark.parametrize(
    ("host", "listed", "space", "good", "bad"),
    [
        ("127.0.0.1", "", {}, ["localhost", "127.0.0.1"], ["192.168.1.5", "studio.lan"]),
        ("0.0.0.0", "", {}, ["192.168.1.5:7860", "[fe80::1]", "localhost"], ["studio.lan"]),
        ("0.0.0.0", "Studio.lan, b", {}, ["studio.lan:7860", "b"], ["evil.lan", "127.1.evil"]),
        ("192.168.1.5", "", {}, ["192.168.1.5"], ["studio.lan"]),
        ("studio.lan", "", {}, ["studio.lan"], ["evil.lan"]),
        ("0.0.0.0", "", {"SPACE_ID": "a/b", "SPACE_HOST": "a-b.hf.space"}, ["a-b.hf.space"], ["x"]),
    ],
)
def test_the_hosts_that_are_known(
    host: str, listed: str, space: dict[str, str], good: list[str], bad: list[str]
) -> None:
    policy = Policy.of(host, listed, space)
    assert [name for name in good if not policy.knows(name)] == []
    assert [name for name in bad if policy.knows(name)] == []


def test_a_space_may_be_framed_by_its_own_site_alone() -> None:
    policy = Policy.of("0.0.0.0", "", {"SPACE_ID": "a/b", "SPACE_HOST": "a-b.hf.space"})
    assert policy.frame_ancestors == "https://huggingface.co"
    assert policy.owns("https://a-b.hf.space", "127.0.0.1:7860")
    assert not policy.owns("https://evil.hf.space", "a-b.hf.space")
    assert Guard  # The header itself is tried over HTTP above.
