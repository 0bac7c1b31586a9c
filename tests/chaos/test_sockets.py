"""The eight toxics and lying answers over real sockets, for every vendor: the book has the last word."""

import asyncio
import itertools
import socket
import threading
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast, get_args
from urllib.parse import urlsplit

import pytest
import uvicorn
from pydantic import SecretStr

from providers.catalogue.requests import read_request
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.connection import SANDBOX_KEY, connect_sandbox
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from providers.vendors.transport.downloads import Downloads
from providers.vendors.transport.wire import Deadlines, Wire
from providers.vendors.vendor import Vendor
from tests.chaos.network import Copying, is_question
from tests.chaos.proxy import Kind, Proxy, proxied
from tests.chaos.rig import PAINTED, body_for, quoted
from tests.support.fake_vendor import until
from tests.support.unclear import ELSEWHERE

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("vendor", VENDORS, ids=lambda one: one.name),
]
KINDS = cast(tuple[Kind, ...], get_args(Kind))
TOXICS: list[Kind] = [kind for kind in KINDS if kind != "clean"]
WHOLE: tuple[Kind, ...] = ("latency", "bandwidth", "slow_close", "slicer")
"""Toxics through which everything still arrives."""
QUICK = Deadlines(connect=2.0, safe=2.0, create=2.0)


@dataclass(frozen=True)
class Vendors:
    """The emulators over HTTP, in a thread."""

    engine: Copying
    port: int


@pytest.fixture(scope="module")
def vendors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vendors]:
    """Served until the last test of this file."""
    PAINTED.mkdir(exist_ok=True)
    engine = Copying(Clock(0.0), tmp_path_factory.mktemp("vendors"))
    engine.painted = PAINTED
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(sandbox_app(VENDORS, engine), log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield Vendors(engine, int(listening.getsockname()[1]))
    server.should_exit = True
    thread.join()
    engine.close()


@asynccontextmanager
async def studio_behind(proxy: Proxy, vendor: Vendor, folder: Path) -> AsyncGenerator[Studio]:
    """A studio whose every call goes through the proxy."""
    studio = Studio(Settings(data_dir=folder, sandbox_speed=0), credentials=Credentials({}))
    address = f"http://127.0.0.1:{proxy.port}/{vendor.name}{urlsplit(vendor.base_url).path}"
    wire = Wire(
        label=vendor.label,
        base_url=address,
        key=SecretStr(SANDBOX_KEY),
        headers=vendor.headers,
        deadlines=QUICK,
        sleep=_soon,
    )
    studio.connections[vendor.name] = replace(
        connect_sandbox(vendor, studio.sandbox, address),
        provider=vendor.provider(wire),
        downloads=Downloads(friendly_hosts={"127.0.0.1"}, first_byte=2.0, sleep=_soon),
    )
    async with studio.running():
        yield studio


async def _soon(_: float) -> None:
    await asyncio.sleep(0)


def is_create(request: bytes) -> bool:
    """Whether these bytes are a create call."""
    head, _, body = request.partition(b"\r\n\r\n")
    is_json = head.startswith(b"POST ") and b"application/json" in head.lower()
    return is_json and not is_question(body)


def is_file(request: bytes) -> bool:
    """Whether these bytes ask for a file."""
    return b"/files/" in request.partition(b"\r\n")[0]


def is_look(request: bytes) -> bool:
    """Whether these bytes are anything else."""
    return not is_create(request) and not is_file(request)


async def run_one(studio: Studio, vendor: Vendor, prompt: str) -> Job:
    """Press, and wait for the end."""
    job = studio.submission.submit(read_request(body_for(vendor, prompt)), owner="local")
    return await until(studio, job, "done", "unsure", "rejected", "failed", "expired")


def bought(vendors: Vendors, prompt: str) -> int:
    """How many tasks the vendor made of this prompt."""
    texts = [one.model_dump_json() for one in vendors.engine.book]
    return sum(quoted(prompt) in text for text in texts)


@pytest.mark.fault("F1", "F3", "F4", "F7", "F8")
async def test_toxics_on_create_calls_buy_once_and_hide_nothing(
    tmp_path: Path, vendors: Vendors, vendor: Vendor
) -> None:
    async with proxied(vendors.port) as proxy, studio_behind(proxy, vendor, tmp_path) as studio:
        for toxic in TOXICS:
            proxy.set(toxic, is_create)
            prompt = f"create {vendor.name} {toxic}"
            if toxic == "down":
                job = await refused_at_first(proxy, studio, vendor, prompt)
            else:
                job = await run_one(studio, vendor, prompt)
            arrived = toxic == "down" or proxy.struck == 1
            known = toxic in (*WHOLE, "down") or vendor.find_looks > 0
            assert bought(vendors, prompt) == int(arrived), toxic
            assert job.state == ("done" if arrived and known else "unsure"), toxic


@pytest.mark.fault("F94")
async def test_answers_that_break_their_reader_do_not_buy_again(
    tmp_path: Path, vendors: Vendors, vendor: Vendor
) -> None:
    async with proxied(vendors.port) as proxy, studio_behind(proxy, vendor, tmp_path) as studio:
        for number, answer in enumerate(breaking()):
            proxy.set(answer, is_create, times=9)
            prompt = f"breaking {vendor.name} {number}"
            job = await run_one(studio, vendor, prompt)
            assert (bought(vendors, prompt), proxy.struck) == (1, 1), answer[:200]
            assert job.state == ("done" if vendor.find_looks else "unsure"), answer[:200]
            told = str(studio.live.events(job.id, "local"))
            assert "nothing was sent" not in told, answer[:200]


def breaking() -> list[bytes]:
    """Raw answers: elsewhere, with every status and address, and such as no client may read."""
    places = [place for place in ELSEWHERE.values() if place is not None and b"\0" not in place]
    elsewhere = [
        b"HTTP/1.1 %d Elsewhere\r\nLocation: %s\r\nContent-Length: 2\r\n\r\n{}" % (status, place)
        for place, status in zip(places, itertools.cycle((301, 302, 303, 307, 308)), strict=False)
    ]
    lines = (
        b"HTTP/1.1 302 \xff\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 303 See Other\r\nLocation: a\r\nLocation: http://[b\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 999 What\r\n\r\n{}",
        b"HTTP/1.1 -1 What\r\n\r\n{}",
        b"HTTP/9.9 200 OK\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=\xff; Domain=[; Expires=never\r\n\r\n[]",
        b"HTTP/1.1 200 OK\r\nContent-Type: x; charset=\xff\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n%s\r\n{}" % (b"X: y\r\n" * 40_000),
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"\0\0\0\0",
        b"",
    )
    return [*elsewhere, *lines]


async def refused_at_first(proxy: Proxy, studio: Studio, vendor: Vendor, prompt: str) -> Job:
    """Press while nobody listens, and let somebody listen then."""
    await proxy.stop()
    with studio.live.watch("local") as queue:
        job = studio.submission.submit(read_request(body_for(vendor, prompt)), owner="local")
        while "Trying again" not in (await queue.get()).detail:
            pass
    proxy.set("clean", is_create)
    await proxy.start()
    return await until(studio, job, "done")


@pytest.mark.fault("F32")
async def test_toxics_on_looks_change_nothing(
    tmp_path: Path, vendors: Vendors, vendor: Vendor
) -> None:
    async with proxied(vendors.port) as proxy, studio_behind(proxy, vendor, tmp_path) as studio:
        for toxic in shared_out(vendor):
            proxy.set(toxic, is_look, times=1 if toxic in ("timeout", "drip") else 5)
            prompt = f"look {vendor.name} {toxic}"
            job = await run_one(studio, vendor, prompt)
            assert (job.state, bought(vendors, prompt)) == ("done", 1), toxic


@pytest.mark.fault("F42", "F43", "F44")
async def test_toxics_on_files_still_bring_them_whole(
    tmp_path: Path, vendors: Vendors, vendor: Vendor
) -> None:
    async with proxied(vendors.port) as proxy, studio_behind(proxy, vendor, tmp_path) as studio:
        for toxic in shared_out(vendor):
            if toxic == "drip":
                # A slow file is still a file: the minimum rate is tried where time is ours.
                continue
            proxy.set(toxic, is_file, times=1 if toxic == "timeout" else 3)
            prompt = f"file {vendor.name} {toxic}"
            job = await run_one(studio, vendor, prompt)
            assert (job.state, bought(vendors, prompt)) == ("done", 1), toxic
            content = studio.files.path(job.artifacts[0]).read_bytes()
            assert len(content) == job.artifacts[0].bytes


def shared_out(vendor: Vendor) -> list[Kind]:
    """A vendor's part of the toxics: how answers that may be asked again are read is one code for all."""
    return TOXICS[VENDORS.index(vendor) :: len(VENDORS)]
