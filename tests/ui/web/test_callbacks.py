"""Where vendors call: open to everybody, 204 to everything, and silent about every job."""

import logging
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.types import Message, Scope

from providers.jobs.callback import CALLBACKS
from providers.jobs.job import Job
from tests.support.guests import open_house
from tests.support.serving import ASK, HOME, Web, serve
from ui.web.callbacks import MOST_BODY

PUBLIC = "http://localhost:9"
SECRET = "whsec_0123456789abcdef"
"""Of Runflow's; nobody listens at the public address, so no emulator disturbs."""
NEVER = 60.0
"""How much slower than usual tasks go here: none ends while a test looks."""


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A studio that can be called."""
    folder = tmp_path_factory.mktemp("web") / "data"
    keys: dict[str, str | None] = {"RUNFLOW_CALLBACK_SECRET": SECRET}
    yield from serve(folder, keys, public_url=PUBLIC, sandbox_speed=NEVER)


def made(web: Web, model: str = "useapi:image/gen4") -> Job:
    """A job of ann's, with its address."""
    options = ASK["options"] if model.startswith("useapi") else {}
    answer = web.client.post("/jobs", json={**ASK, "model": model, "options": options})
    assert answer.status_code == 201, answer.text
    return web.studio.live.get(answer.json()["id"], "ann")


def path_of(job: Job) -> str:
    return urlsplit(job.callback).path


_MADE: dict[str, str] = {}


def one_of(web: Web, model: str) -> str:
    """The path of a job of this model, the same each time."""
    if model not in _MADE:
        _MADE[model] = path_of(made(web, model))
    return _MADE[model]


@pytest.mark.fault("F79", "F80")
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_everything_is_answered_with_nothing(web: Web, method: str) -> None:
    job = made(web)
    for path in (path_of(job), f"{CALLBACKS}x", f"{CALLBACKS}", f"{CALLBACKS}{job.id}/call-x/y/z"):
        answer = web.client.request(method, path)
        assert (answer.status_code, answer.content) == (204, b""), path
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.fault("F80")
@pytest.mark.parametrize("model", ["useapi:image/gen4", "runflow:image/google/nano-banana-pro"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "studio.example.org"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Content-Type": "application/json"},
        {"Content-Encoding": "gzip"},
        {"x-who": "stranger"},
        {"Runflow-Signature": "é" * 64},
    ],
)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff" * 100, b'{"status":"succeeded"}', b"[" * 30_000, b"x" * 5_000_000]
)
def test_whoever_calls_with_whatever_is_answered_alike(
    web: Web, model: str, headers: dict[str, str], body: bytes
) -> None:
    known = [(name.encode(), value.encode()) for name, value in headers.items()]
    for path in (one_of(web, model), f"{CALLBACKS}0/call-0"):
        answer = web.client.post(path, headers=known, content=body)
        assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.fault("F80")
@pytest.mark.parametrize("length", ["9" * 5000, "-1", "1e9", "", "²"])
def test_a_length_that_is_none_is_answered_alike(web: Web, length: str) -> None:
    path = one_of(web, "runflow:image/google/nano-banana-pro")
    portal = web.client.portal
    assert portal is not None
    portal.call(lambda: asked(web, path, pieces=1, length=length.encode("latin-1")))


async def asked(web: Web, path: str, *, pieces: int, length: bytes | None = None) -> int:
    """How many pieces of 16 KiB are read of a call whose body has so many."""
    read, said = 0, list[Message]()

    async def receive() -> Message:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 16_384, "more_body": read < pieces}

    async def send(message: Message) -> None:
        said.append(message)

    headers = [(b"host", b"x"), *([] if length is None else [(b"content-length", length)])]
    scope: Scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": b"", "headers": headers, "http_version": "1.1", "scheme": "http",
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 7860), "state": {},
    }  # fmt: skip
    await web.client.app(scope, receive, send)
    assert said[0]["status"] == 204
    return read


def test_of_a_body_nothing_is_read_or_a_little_where_it_has_to_be_signed(web: Web) -> None:
    signed, plain = made(web, "runflow:image/google/nano-banana-pro"), made(web)
    portal = web.client.portal
    assert portal is not None
    most = MOST_BODY // 16_384
    for path, least, read in (
        (path_of(plain), 0, 0), (f"{CALLBACKS}{signed.id}/call-none", 0, 0),
        (path_of(signed), most + 1, most + 1),
    ):  # fmt: skip
        count = portal.call(lambda path=path: asked(web, path, pieces=10_000))
        assert least <= count <= read, path


def test_no_page_answer_or_log_tells_the_address(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    job = made(web)
    secret = path_of(job).rpartition("/")[2]
    assert secret.startswith("call-")
    web.client.post(path_of(job), content=b"{}")
    for path in (
        "/", "/config", "/jobs", f"/jobs/{job.id}", "/settings", "/healthz", "/jobs?since=0",
    ):  # fmt: skip
        told = web.client.get(path).text
        assert secret not in told, path
        assert CALLBACKS not in told, path
    with web.client.websocket_connect("ws://127.0.0.1:7860/live") as socket:
        assert secret not in str(socket.receive_json())
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("studio")]
    assert not any(secret in line for line in ours)


def test_a_stranger_may_call_though_people_have_to_sign_in(tmp_path: Path) -> None:
    for house in open_house(tmp_path / "data"):
        assert house.client.get("/jobs").status_code == 401
        assert house.client.post(f"{CALLBACKS}x/call-y").status_code == 204
        assert house.client.post("/callbacks").status_code == 401
        assert house.client.post("/callbacksx/y").status_code == 401


def test_a_foreign_name_opens_this_and_nothing_beside_it(web: Web) -> None:
    foreign = {"Host": "studio.example.org"}
    for path in ("/", "/callbacks", "/callbacks.", "/CALLBACKS/x", "//callbacks/x", "/jobs"):
        assert web.client.get(f"{HOME}{path}", headers=foreign).status_code == 400, path
    for path in ("/callbacks/../jobs", "/callbacks/%2e%2e/jobs", "/callbacks/x/../../config"):
        answer = web.client.get(f"{HOME}{path}", headers=foreign)
        assert (answer.status_code, answer.content) in ((204, b""), (400, answer.content)), path
        assert b"jobs" not in answer.content
