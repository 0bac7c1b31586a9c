"""What a thousand live jobs cost one process, against a hundred: processor time and memory."""

import asyncio
import gc
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from providers.catalogue.requests import ImageRequest
from providers.running.slots import MOST_PLACES
from providers.settings import Credentials, Settings
from providers.studio.studio import Studio
from providers.vendors.pace import Pace
from providers.vendors.vendor import Running, TaskUpdate, Ticket, Vendor
from tests.bench import rig
from tests.bench.figures import Figure
from tests.support.fake_vendor import MODEL, FakeVendor

SCRIPT = "tests/bench/live_jobs.py"
FEW, MANY = 100, 1000
SECONDS = 20.0
EVERY = 5.0
"""Seconds between two looks at a job."""


def measure() -> Iterator[Figure]:
    """One process for each number, so that neither inherits the other's memory."""
    of_one: dict[int, float] = {}
    for jobs in (FEW, MANY):
        command = [sys.executable, "-m", "tests.bench.live_jobs", str(jobs)]
        told = subprocess.run(
            command, cwd=rig.ROOT, env=rig.clean_environment(), capture_output=True, check=True
        )
        busy, grown, looks = (float(word) for word in told.stdout.split()[-3:])
        of_one[jobs] = busy / looks
        yield Figure(f"{jobs} live jobs", busy * 100, "% of a core", None, SCRIPT)
        yield Figure(f"{jobs} live jobs, looks", looks, "/s", None, SCRIPT)
        yield Figure(f"{jobs} live jobs, memory above none", grown, "MB", None, SCRIPT)
    what = "Processor time of one look among 1,000 live jobs to one among 100"
    yield Figure(what, of_one[MANY] / of_one[FEW], "times", 1.5, SCRIPT)


class Endless(FakeVendor):
    """A vendor whose tasks get on, and never end."""

    async def poll(self, ticket: Ticket) -> TaskUpdate:
        """A little more each time."""
        self.asked.append(ticket.task)
        return Running(progress=min(0.99, len(self.asked) % 1000 / 1000), detail="Working")


async def run(folder: Path, jobs: int) -> tuple[float, float, float]:
    """Share of a core, megabytes above the empty studio, and looks a second, with so many live jobs.

    The vendor answers at once and from memory: what is measured is the studio's own part.
    """
    endless = Endless()
    pace = Pace(image_every=EVERY, video_every=EVERY, slots=MOST_PLACES)
    vendors = [
        _called(endless.vendor(pace), f"fake{one}") for one in range(-(-jobs // MOST_PLACES))
    ]
    credentials = Credentials({"FAKE_KEY": "key"})
    studio = Studio(Settings(data_dir=folder), credentials=credentials, vendors=vendors)
    async with studio.running():
        gc.collect()
        before = memory()
        for number in range(jobs):
            model = vendors[number % len(vendors)].models[0].id
            request = ImageRequest(model=model, prompt=f"A lighthouse, take {number}")
            studio.submission.submit(request, owner="local")
        with studio.live.watch("local") as queue:
            while studio.live.counts("local")["state"].get("running", 0) < jobs:
                await queue.get()
        asked, used, began = len(endless.asked), time.process_time(), time.perf_counter()
        await asyncio.sleep(SECONDS)
        share = (time.process_time() - used) / (time.perf_counter() - began)
        looks = (len(endless.asked) - asked) / SECONDS
        if looks < jobs / EVERY / 2:
            raise AssertionError(f"{jobs} jobs were looked at {looks} times a second.")
        return share, memory() - before, looks


def _called(vendor: Vendor, name: str) -> Vendor:
    """One of several companies: a connection has so many places at most."""
    return replace(
        vendor, name=name, models=(MODEL.model_copy(update={"id": f"{name}:image/one"}),)
    )


def memory() -> float:
    """Megabytes that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        print(*asyncio.run(run(Path(name), int(sys.argv[1]))))
