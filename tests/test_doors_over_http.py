"""`STUDIO_<VENDOR>_BASE_URL` at `python -m providers.vendors.sandbox` gives what the built-in sandbox gives."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import read_request
from providers.library.media import Probe, probe
from providers.settings import Credentials, Settings
from providers.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.fake_vendor import png, until
from tests.servers import ROOT

pytestmark = pytest.mark.anyio

JOBS: list[tuple[str, dict[str, JsonValue], int]] = [
    ("useapi:image/gen4", {"ratio": "16:9", "seed": 5}, 1),
    ("runway:image/gen4_image", {"ratio": "16:9", "seed": 5}, 1),
    ("runway:video/gen4.5", {"duration": 2, "seed": 5}, 0),
    ("runware:image/google:4@1", {"ratio": "1:1", "count": 2}, 2),
    ("runflow:image/google/nano-banana-pro", {"ratio": "1:1", "seed": 5}, 3),
]
"""Model, options, and how many references go with it."""
ROWS: dict[str, ModelSpec] = {spec.id: spec for vendor in VENDORS for spec in vendor.models}


@pytest.fixture(scope="module")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """All emulators in a process of their own; their address."""
    folder = tmp_path_factory.mktemp("emulators")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "providers.vendors.sandbox",
        "--port",
        str(port),
        "--speed",
        "0",
    ]
    url = f"http://127.0.0.1:{port}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--folder", str(folder / "kept")], cwd=ROOT, stdout=log, stderr=log
        )
    try:
        # Refused connections are tried again, a little later each time, until the process listens.
        with httpx.Client(transport=httpx.HTTPTransport(retries=6), timeout=30) as client:
            client.get(f"{url}/book").raise_for_status()
        yield url
    finally:
        process.kill()
        process.wait(10)


def address(vendor: Vendor, emulators: str) -> str:
    return f"{emulators}/{vendor.name}{urlsplit(vendor.base_url).path}"


async def results(
    folder: Path, name: str, keys: dict[str, str | None]
) -> list[tuple[JsonValue, list[Probe]]]:
    """Every job's cost and what its files are."""
    studio = Studio(
        Settings(data_dir=folder / name, sandbox_speed=0), credentials=Credentials(keys)
    )
    gained: list[tuple[JsonValue, list[Probe]]] = []
    async with studio.running():
        for model, options, references in JOBS:
            kept: list[JsonValue] = []
            for number in range(references):
                (folder / "in.png").write_bytes(png(number + 1))
                kept.append((await studio.keep("local", "in.png", folder / "in.png")).id)
            body: dict[str, JsonValue] = {
                "kind": ROWS[model].kind,
                "model": model,
                "prompt": "A gate",
                "options": options,
            }
            if kept:
                body["references"] = kept
            job = studio.submit(read_request(body), owner="local")
            job = await until(studio, job, "done", "failed", "rejected", "unsure")
            assert (job.state, job.sandbox) == ("done", True), (model, job.error)
            cost = None if job.cost is None else job.cost.model_dump(mode="json")
            gained.append((cost, [probe(studio.file(one)) for one in job.artifacts]))
    return gained


async def test_emulators_over_http_give_what_the_built_in_sandbox_gives(
    tmp_path: Path, emulators: str
) -> None:
    keys: dict[str, str | None] = {
        f"STUDIO_{vendor.name.upper()}_BASE_URL": address(vendor, emulators) for vendor in VENDORS
    }
    over_http = await results(tmp_path, "http", keys)
    assert over_http == await results(tmp_path, "inside", {})
    async with httpx.AsyncClient() as client:
        book = (await client.get(f"{emulators}/book")).json()
    assert [one["vendor"] for one in book] == [model.partition(":")[0] for model, _, _ in JOBS]
