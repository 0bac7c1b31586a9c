"""`STUDIO_<VENDOR>_BASE_URL` at `python -m providers.vendors.sandbox` gives what the built-in sandbox gives."""

import hashlib
import json
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import JsonValue

from providers.catalogue.models import ModelSpec
from providers.catalogue.requests import read_request
from providers.library.media import Probe, probe
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.vendor import Vendor
from tests.support.fake_vendor import png, until
from tests.support.servers import ROOT
from tests.support.told import told_of

pytestmark = [pytest.mark.slow, pytest.mark.anyio]

JOBS: list[tuple[str, dict[str, JsonValue], int]] = [
    ("useapi:image/gen4", {"ratio": "16:9", "seed": 5}, 1),
    ("runway:image/gen4_image", {"ratio": "16:9", "seed": 5}, 1),
    ("runway:video/gen4.5", {"duration": 2, "seed": 5}, 0),
    ("runware:image/google:4@1", {"ratio": "1:1", "count": 2}, 2),
    ("runflow:image/google/nano-banana-pro", {"ratio": "1:1", "seed": 5}, 3),
]
"""Model, options, and how many references go with it."""
ROWS: dict[str, ModelSpec] = {spec.id: spec for vendor in VENDORS for spec in vendor.models}


class Emulators(NamedTuple):
    """All emulators in a process of their own."""

    url: str
    folder: Path


@pytest.fixture(scope="module")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulators]:
    """They serve until the last test here is over."""
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
        yield Emulators(url, folder / "kept")
    finally:
        process.kill()
        process.wait(10)


def address(vendor: Vendor, emulators: str) -> str:
    return f"{emulators}/{vendor.name}{urlsplit(vendor.base_url).path}"


@dataclass(frozen=True)
class Result:
    """What one way to the emulators gave, without what differs from call to call."""

    jobs: list[JsonValue]
    """Every job's document."""
    files: list[tuple[str, Probe]]
    """What each file holds, by the hash of its bytes."""


async def result(folder: Path, name: str, keys: dict[str, str | None]) -> Result:
    """Every job once, with its files."""
    studio = Studio(
        Settings(data_dir=folder / name, sandbox_speed=0), credentials=Credentials(keys)
    )
    gained = Result([], [])
    async with studio.running():
        for model, options, references in JOBS:
            kept: list[JsonValue] = []
            for number in range(references):
                (folder / "in.png").write_bytes(png(number + 1))
                kept.append((await studio.files.keep("local", "in.png", folder / "in.png")).id)
            body: dict[str, JsonValue] = {
                "kind": ROWS[model].kind,
                "model": model,
                "prompt": "A gate",
                "options": options,
            }
            if kept:
                body["references"] = kept
            job = studio.submission.submit(read_request(body), owner="local")
            job = await until(studio, job, "done", "failed", "rejected", "unsure")
            assert (job.state, job.sandbox) == ("done", True), (model, job.error)
            gained.jobs.append(settled(told_of(job)))
            for artifact in job.artifacts:
                digest = hashlib.sha256(studio.files.path(artifact).read_bytes()).hexdigest()
                gained.files.append((digest, probe(studio.files.path(artifact))))
    return gained


TIMES = {
    "at",
    "created",
    "submitted",
    "finished",
    "before_at",
    "now_at",
    "usual",
    "link_deadline",
    "starts_in",
    "revision",
}
MARKS = (
    (r"https?://[^/\s\"]+/", "there/"),
    (r"_jwt=[\w.-]+", "_jwt=…"),
    # In this order: an address holds an id, and a token is one that has lost its dashes.
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "…"),
    (r"\b[0-9a-f]{8,64}\b", "…"),
)
"""Addresses, signatures, ids and tokens."""


def settled(document: JsonValue) -> JsonValue:
    """A document without times, and with every id as one sign."""
    if isinstance(document, dict):
        kept = {name: value for name, value in document.items() if name not in TIMES}
        return {str(settled(name)): settled(value) for name, value in kept.items()}
    if isinstance(document, list):
        return [settled(value) for value in document]
    if isinstance(document, str):
        for shape, sign in MARKS:
            document = re.sub(shape, sign, document)
    return document


def book(folder: Path) -> list[JsonValue]:
    """What the emulators were asked to make, in order."""
    lines = (folder / "book.jsonl").read_text().splitlines()
    return [settled(json.loads(line)) for line in lines]


async def test_emulators_over_http_give_what_the_built_in_sandbox_gives(
    tmp_path: Path, emulators: Emulators
) -> None:
    keys: dict[str, str | None] = {
        f"STUDIO_{vendor.name.upper()}_BASE_URL": address(vendor, emulators.url)
        for vendor in VENDORS
    }
    over_http = await result(tmp_path, "http", keys)
    inside = await result(tmp_path, "inside", {})
    assert over_http.jobs == inside.jobs
    assert over_http.files == inside.files
    assert len({digest for digest, _ in inside.files}) == len(inside.files) == 6
    ordered = book(emulators.folder)
    assert ordered == book(tmp_path / "inside" / "sandbox")
    assert not (tmp_path / "http" / "sandbox" / "book.jsonl").exists()
    vendors = [one["vendor"] for one in ordered if isinstance(one, dict)]
    assert vendors == [model.partition(":")[0] for model, _, _ in JOBS]
    # The book can be read over HTTP too.
    async with httpx.AsyncClient() as client:
        told = (await client.get(f"{emulators.url}/book")).json()
    assert [one["vendor"] for one in told] == vendors


def test_what_is_left_out_of_the_comparison_is_only_what_differs_from_call_to_call() -> None:
    told: JsonValue = {
        "prompt": "A gate",
        "seed": 5,
        "at": 1.0,
        "image_urls": [
            "http://127.0.0.1:8790/runflow/files/0a1b2c3d-0000-4000-8000-00000000000a?_jwt=a.b-c.d"
        ],
    }
    assert settled(told) == {
        "prompt": "A gate",
        "seed": 5,
        "image_urls": ["there/runflow/files/…?_jwt=…"],
    }
