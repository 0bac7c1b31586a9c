"""The container's files, and the examples for web servers, asked through these where the machine has them."""

import io
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import httpx
import pytest
from PIL import Image
from pydantic import JsonValue
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.deploy.rehearsal import image_made, steps
from tests.support.ports import Port
from tests.support.servers import ROOT, StudioServer

Example = Callable[[Path, str, int, Path], list[str]]
"""Writes its files into a folder, for the studio's address, a port and a certificate; the command to run."""
NAMES = ("studio.example.org", "www.example.org")
PLACES = {"studio.example.org": "", "www.example.org": "/studio"}
WHOLE = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    {temporary}
    include {folder}/site.conf;
}}
"""
DOCKERFILE = steps((ROOT / "Dockerfile").read_text(encoding="utf-8"))
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
UNIT = (ROOT / "deploy/multishot-studio.service").read_text(encoding="utf-8")


def of(name: str) -> list[str]:
    return [rest for step, rest in DOCKERFILE if step == name]


def test_the_container_runs_without_rights_on_code_that_it_cannot_write() -> None:
    names = [name for name, _ in DOCKERFILE]
    assert of("USER") == ["10001:10001"]
    assert "RUN" not in names[names.index("USER") :]
    assert not any("--chown" in rest or "chmod" in rest for _, rest in DOCKERFILE)
    assert of("VOLUME") == ["/data"]
    assert "/healthz" in of("HEALTHCHECK")[0]
    # A shell in between would not pass the signal on.
    assert json.loads(of("ENTRYPOINT")[0]) == ["multishot-studio"]
    for line in ("read_only: true", "cap_drop: [ALL]", "no-new-privileges:true", "init: true"):
        assert line in COMPOSE
    assert 'ports: ["127.0.0.1:7860:7860"]' in COMPOSE
    assert "stop_grace_period: 30s" in COMPOSE


def test_the_container_gets_all_that_the_wheel_is_made_of_and_nothing_else() -> None:
    copied = {source for rest in of("COPY") for source in rest.split()[:-1]}
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "*"
    assert copied == {line[1:] for line in lines if line.startswith("!")}
    assert all((ROOT / source).exists() for source in copied)
    assert {"app.py", "assets", "providers", "ui", "pyproject.toml"} <= copied
    assert "pip install -r requirements.txt -c constraints.txt" in of("RUN")


def test_the_unit_runs_without_rights_and_stops_in_order() -> None:
    told = dict(line.split("=", 1) for line in UNIT.splitlines() if re.match(r"\w+=", line))
    wanted = {
        "User": "studio", "CapabilityBoundingSet": "", "NoNewPrivileges": "yes",
        "ProtectSystem": "strict", "StateDirectory": "multishot-studio", "KillMode": "mixed",
        "TimeoutStopSec": "30", "Environment": "STUDIO_DATA_DIR=/var/lib/multishot-studio",
    }  # fmt: skip
    assert {name: told.get(name) for name in wanted} == wanted
    if shutil.which("systemd-analyze"):
        path = str(ROOT / "deploy/multishot-studio.service")
        done = subprocess.run(
            ["systemd-analyze", "verify", path], capture_output=True, text=True, check=False
        )
        faults = [line for line in done.stderr.splitlines() if "is not executable" not in line]
        assert not [line for line in faults if "multishot-studio.service" in line]


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio that knows both names."""
    folder = tmp_path_factory.mktemp("studio") / "data"
    made = StudioServer(folder, STUDIO_ALLOWED_HOSTS=",".join(NAMES))
    yield made.start()
    made.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for both names, and its key beside it."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={NAMES[0]}", "-out", str(path), "-keyout", str(path) + ".key"),
            *("-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in NAMES)),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    return path


def nginx(folder: Path, behind: str, port: int, certificate: Path) -> list[str]:
    """The command that runs nginx with the example."""
    text = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8")
    text = re.sub(r"/etc/ssl/\S+\.pem;", f"{certificate};", text)
    text = re.sub(r"/etc/ssl/\S+\.key;", f"{certificate}.key;", text)
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl")
    (folder / "site.conf").write_text(text.replace("127.0.0.1:7860", behind))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(WHOLE.format(folder=folder, temporary=temporary))
    return ["nginx", "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]


def caddy(folder: Path, behind: str, port: int, certificate: Path) -> list[str]:
    """The command that runs Caddy with the example."""
    text = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    for name in NAMES:
        text = text.replace(
            f"\n{name} {{", f"\n{name}:{port} {{\n\ttls {certificate} {certificate}.key"
        )
    head = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n"
    (folder / "Caddyfile").write_text(head + text.replace("127.0.0.1:7860", behind))
    return ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


@contextmanager
def running(command: list[str], folder: Path, port: int) -> Generator[None]:
    """A web server at work until it is stopped."""
    program = shutil.which(command[0], path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    log = folder / "log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [program, *command[1:]],
            env={"HOME": str(folder), "PATH": os.environ["PATH"]}, stdout=told, stderr=told,
        )  # fmt: skip
    try:
        while not listens(port):
            assert process.poll() is None, log.read_text()
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def listens(port: int) -> bool:
    """Whether somebody takes connections there; where nobody does, that is found out after a moment."""
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.slow
@pytest.mark.parametrize("example", [nginx, caddy], ids=["nginx", "caddy"])
def test_the_example_of_a_web_server_passes_on_all_that_the_studio_needs(
    example: Example, studio: StudioServer, certificate: Path, tmp_path: Path
) -> None:
    port = Port()
    behind = studio.url.removeprefix("http://")
    command = example(tmp_path, behind, port.number, certificate)
    trust = ssl.create_default_context(cafile=str(certificate))
    with running(command, tmp_path, port.number):
        for name, place in PLACES.items():
            with Site(name, place, port.number, trust) as site:
                through(site)
    port.close()


class Site(httpx.Client):
    """The studio as a browser finds it, by a name of which this machine alone knows where it is."""

    def __init__(self, name: str, place: str, port: int, trust: ssl.SSLContext) -> None:
        def named(asked: httpx.Request) -> None:
            asked.extensions["sni_hostname"] = name

        super().__init__(
            base_url=f"https://127.0.0.1:{port}{place}/", verify=trust, timeout=60, trust_env=False,
            headers={"Host": f"{name}:{port}"}, event_hooks={"request": [named]},
        )  # fmt: skip
        self.own = f"https://{name}:{port}{place}"
        self.port = port
        self.trust = trust


def through(site: Site) -> None:
    """The page, its feed, a call whose answer is a stream, a large file up, and an image down."""
    assert site.get("config").json()["root"] == site.own
    assert site.get("theme.css").status_code == 200
    noise = Image.frombytes("RGB", (1500, 1500), os.urandom(1500 * 1500 * 3))
    held = io.BytesIO()
    noise.save(held, "PNG")
    sent = site.post("media?name=noise.png", content=held.getvalue())
    assert sent.status_code == 201, sent.text
    called = site.post("gradio_api/call/models", json={"data": ["image"]}).json()
    with site.stream("GET", f"gradio_api/call/models/{called['event_id']}") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        assert "event: complete" in events.read().decode()
    told = cast("Mapping[str, JsonValue]", json.loads(feed_of(site)))
    assert told["type"] == "snapshot"
    assert image_made(site) > 1000


def feed_of(site: Site) -> str:
    """The first that the feed tells, over a socket by TLS."""
    name = site.own.removeprefix("https://").partition(":")[0]
    url = site.own.replace("https://", "ws://") + "/live"
    origin = Origin(site.own.removesuffix("/studio"))
    plain = socket.create_connection(("127.0.0.1", site.port))
    with (
        site.trust.wrap_socket(plain, server_hostname=name) as private,
        connect(url, sock=private, origin=origin, proxy=None) as told,
    ):
        return str(told.recv(30))
