"""Following a task: the studio beside the official client of a vendor that has one, on the same emulator.

Polls for each job, and seconds from "done at the vendor" to "file on the disk", after a few jobs have
taught the studio how long the model takes.
"""

import asyncio
import random
import socket
import tempfile
import threading
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from providers.catalogue.requests import read_request
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock
from providers.vendors.vendor import Vendor
from tests.bench.figures import Figure, median
from tests.chaos.rig import body_for
from tests.chaos.road import Copying

SCRIPT = "tests/bench/patience.py"
VENDOR = "runway"
KEY = f"key_{'0' * 32}"
TOGETHER = 5
"""Jobs in flight at once on each side."""
BATCHES = 3
SECONDS_AT_ONE = 3.0
"""How long a picture takes at scale 1: queue and work."""


@dataclass
class Counting:
    """An application that counts how often each task was read."""

    app: ASGIApp
    reads: Counter[str] = field(default_factory=Counter[str])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] == "http" and scope["method"] == "GET" and "/tasks/" in scope["path"]:
            self.reads[scope["path"].rpartition("/")[2]] += 1
        await self.app(scope, receive, send)


@dataclass
class Followed:
    """One job: the vendor's task, and when its file lay on the disk."""

    task: str
    at: float


def measure() -> Iterator[Figure]:
    """Both sides at once, batch after batch; nothing where the vendor is not here."""
    vendor = next((one for one in VENDORS if one.name == VENDOR), None)
    if vendor is None:
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        engine = Copying(Clock(1.0), folder / "emulator")
        engine.painted = folder
        counting = Counting(sandbox_app(VENDORS, engine))
        with served(counting) as port:
            sides = asyncio.run(both(folder, vendor, port, engine))
        ends = {one.task: one.at + SECONDS_AT_ONE * sides.scales[one.task] for one in engine.book}
        engine.close()
    for who, jobs in (("official client", sides.theirs), ("studio", sides.ours)):
        polls = sum(counting.reads[job.task] for job in jobs) / len(jobs)
        lags = [job.at - ends[job.task] for job in jobs]
        yield Figure(f"Polls for each job, {who}", polls, "", None, SCRIPT)
        yield Figure(
            f"Done there to file here, {who}, mean", sum(lags) / len(lags), "s", None, SCRIPT
        )
        yield Figure(f"Done there to file here, {who}, median", median(lags), "s", None, SCRIPT)


@dataclass
class Sides:
    """What was followed, by whom, and at which scale each task ran."""

    ours: list[Followed] = field(default_factory=list[Followed])
    theirs: list[Followed] = field(default_factory=list[Followed])
    scales: dict[str, float] = field(default_factory=dict[str, float])


async def both(folder: Path, vendor: Vendor, port: int, engine: Copying) -> Sides:
    """Batches whose tasks take between 24 and 36 seconds; the first one only teaches."""
    chance, sides = random.Random(1), Sides()
    quick = replace(vendor, pace=replace(vendor.pace, slots=TOGETHER))
    path = urlsplit(vendor.base_url).path
    credentials = Credentials(
        {
            vendor.key_variable: KEY,
            f"STUDIO_{vendor.name.upper()}_BASE_URL": f"http://127.0.0.1:{port}/{vendor.name}{path}",
        }
    )
    studio = Studio(Settings(data_dir=folder / "data"), credentials=credentials, vendors=[quick])
    async with studio.running():
        for batch in range(BATCHES + 1):
            engine.clock.scale = chance.uniform(8.0, 12.0)
            known = len(engine.book)
            asked = [ours(studio, quick, f"{batch}-{number}") for number in range(TOGETHER)]
            client = [theirs(folder, port, vendor.name) for _ in range(TOGETHER if batch else 0)]
            followed = await asyncio.gather(*asked, *client)
            sides.scales |= dict.fromkeys(
                (one.task for one in engine.book[known:]), engine.clock.scale
            )
            if batch:
                sides.ours += followed[:TOGETHER]
                sides.theirs += followed[TOGETHER:]
    return sides


async def ours(studio: Studio, vendor: Vendor, mark: str) -> Followed:
    """One job of the studio."""
    with studio.watch("local") as queue:
        request = read_request(body_for(vendor, f"A lighthouse, take {mark}"))
        job: Job = studio.submit(request, owner="local")
        while job.is_open:
            changed = await queue.get()
            job = changed if changed.id == job.id else job
    assert job.ticket is not None, job.error
    assert job.finished is not None
    return Followed(job.ticket.task, job.finished)


async def theirs(folder: Path, port: int, name: str) -> Followed:
    """One task of the official client, and its file fetched plainly."""
    from runwayml import AsyncRunwayML

    client = AsyncRunwayML(api_key=KEY, base_url=f"http://127.0.0.1:{port}/{name}", max_retries=0)
    task = await client.text_to_image.create(
        model="gen4_image", prompt_text=f"A lighthouse {random.random()}", ratio="1360:768"
    )
    done = await task.wait_for_task_output()
    links = cast(list[str], getattr(done, "output", None) or [""])
    async with httpx.AsyncClient(trust_env=False) as plain:
        content = (await plain.get(links[0])).raise_for_status().content
    (folder / f"{task.id}.png").write_bytes(content)
    await client.close()
    return Followed(task.id, Clock().now())


@contextmanager
def served(app: ASGIApp) -> Generator[int]:
    """The emulators over HTTP in a thread: their port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    for figure in measure():
        print(f"{figure.what}: {figure.value:.2f} {figure.unit}")
