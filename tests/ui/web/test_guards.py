"""What the guards refuse and allow: hosts, origins, files, headers, and keys in answers."""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.websockets import WebSocketDisconnect

from tests.support.serving import ASK, HOME, LIVE, Web, picture, serve
from ui.web.guards import Policy

CANARY = "user:77-CanaryCanaryCanary9"
FILE_SPELLINGS = (
    "http://169.254.169.254/latest",
    "https://attacker.example/x.png",
    "HTTP://127.0.0.1/x",
    "//attacker.example/x.png",
    "file:///etc/passwd",
    "\\\\attacker\\share",
    "relative/x.png",
)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """The application with its sandbox."""
    yield from serve(tmp_path_factory.mktemp("web") / "data", {}, max_upload_mb=1)


@pytest.mark.fault("F83")
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


@pytest.mark.fault("F83")
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


@pytest.mark.fault("F83")
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


@pytest.mark.fault("F92")
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
