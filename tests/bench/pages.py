"""What 200 open pages cost while 5 jobs change: processor time of the server, bytes for each page."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.bench import rig
from tests.bench.figures import Figure

SCRIPT = "tests/bench/pages.py"
PAGES = 200
JOBS = 5
SECONDS = 30.0
KEY = "user:1-bench"


def measure() -> Iterator[Figure]:
    """At the pace of a vendor (a look every 15 s), then at the sandbox's (several looks a second)."""
    yield from at_pace("a vendor's pace", USEAPI_TOKEN=KEY)
    yield from at_pace("the sandbox's pace")


def at_pace(pace: str, **environment: str) -> Iterator[Figure]:
    """Serve, open the pages, start the jobs, count."""
    port = rig.free_port()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        rig.emulator(Path(name), 60) as there,
    ):
        folder = Path(name)
        command = ("-m", "tests.bench.serve", str(port), str(folder / "data"), str(JOBS))
        address = {"STUDIO_USEAPI_BASE_URL": f"{there}/useapi/v1/runwayml"}
        with rig.process(*command, folder=folder, **address, **environment) as server:
            url = f"http://127.0.0.1:{port}"
            rig.wait_for(f"{url}/healthz")
            idle, idle_bytes = asyncio.run(count(url, server.pid))
            start_jobs(url)
            busy, busy_bytes = asyncio.run(count(url, server.pid))
    per_page = f"{PAGES} pages, {JOBS} jobs at {pace}"
    is_real = bool(environment)
    if is_real:
        yield Figure(f"{PAGES} pages, no job", idle * 100, "% of a core", None, SCRIPT)
        yield Figure(f"{PAGES} pages, no job", idle_bytes, "B/s a page", None, SCRIPT)
    yield Figure(per_page, busy * 100, "% of a core", 5 if is_real else None, SCRIPT)
    yield Figure(per_page, busy_bytes, "B/s a page", 300 if is_real else None, SCRIPT)


def start_jobs(url: str) -> None:
    """Videos, because they take long."""
    for number in range(JOBS):
        body = {
            "kind": "video",
            "model": "useapi:video/veo-3.1",
            "prompt": f"A drone rises over a cliff road at golden hour, take {number}",
            "client_request_id": f"bench-{number}",
        }
        httpx.post(f"{url}/jobs", json=body, timeout=30).raise_for_status()


async def count(url: str, pid: int) -> tuple[float, float]:
    """Share of a core, and bytes a second for each page, over some seconds with all pages open."""
    address = url.replace("http", "ws", 1) + "/live"
    received = [0] * PAGES
    sockets = [await connect(address, compression=None, max_size=None) for _ in range(PAGES)]
    readers = [
        asyncio.create_task(read(socket, received, place)) for place, socket in enumerate(sockets)
    ]
    await asyncio.sleep(3)
    used, held = rig.processor_seconds(pid), sum(received)
    await asyncio.sleep(SECONDS)
    used, held = rig.processor_seconds(pid) - used, sum(received) - held
    for socket in sockets:
        await socket.close()
    await asyncio.gather(*readers)
    return used / SECONDS, held / SECONDS / PAGES


async def read(socket: ClientConnection, received: list[int], place: int) -> None:
    """Take what comes, as a page does."""
    async for message in socket:
        received[place] += len(message)
