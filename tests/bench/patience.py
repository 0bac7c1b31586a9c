"""Following a task: the studio beside the official client of a vendor that has one, on the same emulator.

Polls for each job, and seconds from "done at the vendor" to "file on the disk", after a few jobs have
taught the studio how long the model takes.
"""

import asyncio
import bisect
import json
import random
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from providers.catalogue.requests import read_request
from providers.jobs.job import Job
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import QUEUE_SECONDS, Clock, Stage
from providers.vendors.vendor import Vendor
from tests.bench.figures import Figure, median
from tests.chaos.network import Copying
from tests.chaos.rig import body_for

SCRIPT = "tests/bench/patience.py"
VENDOR = "runway"
KEY = f"key_{'0' * 32}"
KEYS = {"useapi": "user:1-soak", VENDOR: KEY}
CLIENT = "official client"
TOGETHER = 8
"""Jobs in flight at once on each side, where two sides are measured."""
LESSONS, ROUNDS = 1, 3
"""Jobs of each place that only teach, and jobs that count."""
SCALE = 10.0
SPREAD = 0.25
"""By which part of its work a task takes more or less than another."""


class Varied(Copying):
    """An engine whose tasks take each its own time; it notes when they end."""

    def __init__(self, clock: Clock, folder: Path) -> None:
        super().__init__(clock, folder)
        self.ends: dict[float, float] = {}

    def stage(self, at: float, work: float, words: tuple[str, ...] = ()) -> Stage:
        """How far a task is."""
        work *= random.Random(at).uniform(1 - SPREAD, 1 + SPREAD)
        self.ends[at] = at + self.clock.scale * (QUEUE_SECONDS + work)
        return super().stage(at, work, words)

    def end_of(self, task: str) -> float:
        """When a task was done. Seconds since the epoch."""
        booked = next(one.at for one in self.book if one.task == task)
        # A task is entered into the book right after it began.
        begun = sorted(self.ends)
        return self.ends[begun[bisect.bisect_right(begun, booked) - 1]]


@dataclass
class Counting:
    """An application that counts how often each task was read."""

    app: ASGIApp
    reads: Counter[str] = field(default_factory=Counter[str])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on."""

        async def listened() -> Message:
            message = await receive()
            if scope["method"] == "POST" and b'"getResponse"' in message.get("body", b""):
                self.reads[json.loads(message["body"])[0]["taskUUID"]] += 1
            return message

        if scope["type"] == "http" and scope["method"] == "GET":
            self.reads[scope["path"].rpartition("/")[2]] += 1
        await self.app(scope, listened, send)


@dataclass(frozen=True)
class Followed:
    """One job: the vendor's task, when it was seen to be done, and when its file lay on the disk."""

    who: str
    task: str
    seen: float
    at: float


def measure() -> Iterator[Figure]:
    """All sides at once, round after round; no client where its vendor is not here."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        engine = Varied(Clock(SCALE), folder / "emulator")
        engine.painted = folder
        counting = Counting(sandbox_app(VENDORS, engine))
        with served(counting) as port:
            jobs = asyncio.run(all_sides(folder, port))
        for who in dict.fromkeys(job.who for job in jobs):
            yield from _figures(who, [one for one in jobs if one.who == who], engine, counting)
        engine.close()


def _figures(
    who: str, jobs: Sequence[Followed], engine: Varied, counting: Counting
) -> Iterator[Figure]:
    polls = sum(counting.reads[job.task] for job in jobs) / len(jobs)
    lags = [job.at - engine.end_of(job.task) for job in jobs]
    rows = (
        ("looks for each job", polls, ""),
        ("done there to file here, mean", sum(lags) / len(lags), "s"),
        ("done there to file here, median", median(lags), "s"),
        ("seen to be done to file here, median", median([one.at - one.seen for one in jobs]), "s"),
    )
    for what, value, unit in rows:
        yield Figure(f"Following pictures, {what}", value, unit, None, SCRIPT, who)


async def all_sides(folder: Path, port: int) -> list[Followed]:
    """The studio with every vendor, and beside it the client of one."""
    vendors = [_wide(vendor) if vendor.name == VENDOR else vendor for vendor in VENDORS]
    variables = {one.key_variable: KEYS.get(one.name, "0" * 32) for one in vendors}
    for one in vendors:
        path = urlsplit(one.base_url).path
        variables[f"STUDIO_{one.name.upper()}_BASE_URL"] = (
            f"http://127.0.0.1:{port}/{one.name}{path}"
        )
    studio = Studio(
        Settings(data_dir=folder / "data"), credentials=Credentials(variables), vendors=vendors
    )
    async with studio.running():
        places = [
            place(lambda one=vendor: ours(studio, one))
            for vendor in vendors
            for _ in range(vendor.pace.slots)
        ]
        if any(vendor.name == VENDOR for vendor in vendors):
            places += [place(lambda: theirs(folder, port)) for _ in range(TOGETHER)]
        return [one for done in await asyncio.gather(*places) for one in done]


def _wide(vendor: Vendor) -> Vendor:
    return replace(vendor, pace=replace(vendor.pace, slots=TOGETHER))


async def place(follow: Callable[[], Awaitable[Followed]]) -> list[Followed]:
    """One job after the other, beginning at any moment of the others' beat."""
    await asyncio.sleep(random.uniform(0.0, 6.0))
    return [await follow() for _ in range(LESSONS + ROUNDS)][LESSONS:]


async def ours(studio: Studio, vendor: Vendor) -> Followed:
    """One job of the studio."""
    with studio.live.watch("local") as queue:
        request = read_request(body_for(vendor, f"A lighthouse, take {random.random()}"))
        job: Job = studio.submission.submit(request, owner="local")
        seen = 0.0
        while job.is_open:
            changed = await queue.get()
            job = changed if changed.id == job.id else job
            seen = seen or (job.updated if job.state == "saving" else 0.0)
    assert job.ticket is not None, job.error
    assert job.finished is not None
    return Followed(vendor.label, job.ticket.task, seen, job.finished)


async def theirs(folder: Path, port: int) -> Followed:
    """One task of the official client, and its file fetched plainly."""
    from runwayml import AsyncRunwayML

    client = AsyncRunwayML(api_key=KEY, base_url=f"http://127.0.0.1:{port}/{VENDOR}", max_retries=0)
    task = await client.text_to_image.create(
        model="gen4_image", prompt_text=f"A lighthouse {random.random()}", ratio="1360:768"
    )
    done = await task.wait_for_task_output()
    seen = time.time()
    links = cast(list[str], getattr(done, "output", None) or [""])
    async with httpx.AsyncClient(trust_env=False) as plain:
        content = (await plain.get(links[0])).raise_for_status().content
    (folder / f"{task.id}.png").write_bytes(content)
    await client.close()
    return Followed(CLIENT, task.id, seen, time.time())


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
