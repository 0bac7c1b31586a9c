"""`python -m tests.bench.soak --kills 200`: real kills of a real process, and what the vendors' book says."""

import argparse
import asyncio
import hashlib
import itertools
import json
import multiprocessing
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn

from providers.catalogue.requests import read_request
from providers.jobs.job import OPEN, Job
from providers.settings import Credentials, Settings
from providers.studio import Studio
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Created
from tests.bench import rig
from tests.bench.figures import Figure, table
from tests.chaos.rig import body_for, quoted
from tests.chaos.road import Copying

SCRIPT = "tests/bench/soak.py"
USUAL_KILLS = 20
SPEED = 0.1
MOST_OPEN = 6
"""Jobs on their way at once; the worker presses again as soon as one is over."""
LONGEST_LIFE = 0.6
"""Seconds that a process lives at most, once it works."""
FATES = ("", "", "", "sandbox:lost-answer", "sandbox:lost-request", "sandbox:throttled",
         "sandbox:cut-download", "sandbox:expired-link")  # fmt: skip
UNRESOLVED = OPEN | {"unsure"}


@dataclass
class Outcome:
    """What became of all jobs, counted at the end."""

    kills: int
    jobs: int = 0
    bought: int = 0
    double: int = 0
    """Purchases beyond the first for one press."""
    lost: int = 0
    """Purchases that no job shows, and files that are not what their row says."""
    unsure: int = 0
    unsure_bought: int = 0
    states: Counter[str] = field(default_factory=Counter[str])

    def figures(self) -> Iterator[Figure]:
        """The same, to be printed."""
        yield Figure("Soak, kills of the process", self.kills, "", None, SCRIPT)
        yield Figure("Soak, jobs", self.jobs, "", None, SCRIPT)
        yield Figure("Soak, tasks in the vendors' book", self.bought, "", None, SCRIPT)
        yield Figure("Soak, double purchases", self.double, "", 0, SCRIPT)
        yield Figure("Soak, lost results", self.lost, "", 0, SCRIPT)
        yield Figure("Soak, jobs done", self.states["done"], "", None, SCRIPT)
        yield Figure("Soak, unsure jobs shown", self.unsure, "", None, SCRIPT)
        yield Figure("Soak, unsure and in truth bought", self.unsure_bought, "", None, SCRIPT)


def measure() -> Iterator[Figure]:
    """Twenty kills."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        yield from soak(Path(name), USUAL_KILLS).figures()


def soak(folder: Path, kills: int, *, seed: int = 0) -> Outcome:
    """Kill a working studio so often, let the last one come to rest, and count."""
    context = multiprocessing.get_context("forkserver")
    # Imported once: what is tried is the work, and not the loading of modules.
    context.set_forkserver_preload(["tests.bench.soak"])
    chance, port = random.Random(seed), rig.free_port()
    vendors = context.Process(target=serve, args=(port, folder / "vendors"), daemon=True)
    vendors.start()
    rig.wait_for(f"http://127.0.0.1:{port}/book")
    try:
        for life in range(kills + 1):
            is_last = life == kills
            here, there = context.Pipe(duplex=False)
            args = (folder / "data", port, there, not is_last, seed + life)
            studio = context.Process(target=work, args=args, daemon=True)
            studio.start()
            there.close()
            if not here.poll(60):
                raise TimeoutError("The studio did not begin to work.")
            studio.join(None if is_last else chance.uniform(0.0, LONGEST_LIFE))
            studio.kill()
            studio.join()
            here.close()
    finally:
        vendors.kill()
        vendors.join()
    return count(folder, kills)


# In processes of their own


def serve(port: int, folder: Path) -> None:
    """The emulators over HTTP, which paint one picture and hand out copies."""
    engine = Copying(Clock(SPEED), folder)
    engine.painted = folder
    # Downloads that break off are among the fates, and the server calls each one an error.
    app = sandbox_app(VENDORS, engine)
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")


def work(data: Path, port: int, ready: Pipe, presses: bool, seed: int) -> None:
    """A studio that presses Generate again and again until it is killed; else until all is at rest."""
    asyncio.run(_work(data, port, ready, presses, random.Random(seed)))


async def _work(data: Path, port: int, ready: Pipe, presses: bool, chance: random.Random) -> None:
    addresses: dict[str, str | None] = {
        f"STUDIO_{vendor.name.upper()}_BASE_URL": (
            f"http://127.0.0.1:{port}/{vendor.name}{urlsplit(vendor.base_url).path}"
        )
        for vendor in VENDORS
    }
    settings = Settings(data_dir=data, sandbox_speed=SPEED)
    studio = Studio(settings, credentials=Credentials(addresses))
    async with studio.running():
        with studio.watch("local") as queue:
            ready.send(True)
            for turn in itertools.count():
                while presses and studio.open_jobs < MOST_OPEN:
                    _press(studio, turn, chance)
                if not presses and not studio.open_jobs:
                    return
                await queue.get()


def _press(studio: Studio, turn: int, chance: random.Random) -> None:
    vendor = chance.choice(VENDORS)
    mark = f"{turn}-{chance.getrandbits(64):x}"
    fate = chance.choice(FATES)
    body = body_for(vendor, f"A lighthouse, take {mark} {fate}".strip())
    studio.submit(read_request(body), owner="local", client_request_id=mark)


# Counting


def count(folder: Path, kills: int) -> Outcome:
    """Compare the journal with the vendors' book, both as they lie on the disk."""
    outcome = Outcome(kills)
    with closing(sqlite3.connect(folder / "data" / "jobs.db")) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        rows: list[tuple[str]] = database.execute("select doc from job").fetchall()
    jobs = [Job.model_validate_json(row[0]) for row in rows]
    lines = (folder / "vendors" / "book.jsonl").read_text(encoding="utf-8").splitlines()
    book = [Created.model_validate_json(line) for line in lines]
    bodies = [json.dumps(one.body, ensure_ascii=False) for one in book]
    held = {job.ticket.task for job in jobs if job.ticket is not None}
    outcome.jobs, outcome.bought = len(jobs), len(book)
    accounted: set[int] = set()
    for job in jobs:
        outcome.states[job.state] += 1
        mine = [n for n, body in enumerate(bodies) if quoted(job.request.prompt) in body]
        outcome.double += max(0, len(mine) - 1)
        is_unsure = job.state == "unsure"
        outcome.unsure += is_unsure
        outcome.unsure_bought += is_unsure and bool(mine)
        accounted |= {n for n in mine if job.state in UNRESOLVED or book[n].task in held}
        outcome.lost += sum(not _whole(folder / "data", job, n) for n in range(len(job.artifacts)))
        outcome.lost += job.state == "done" and not job.artifacts
    outcome.lost += len(book) - len(accounted)
    return outcome


def _whole(data: Path, job: Job, place: int) -> bool:
    artifact = job.artifacts[place]
    found = list(data.glob(f"*/**/{artifact.sha256}*"))
    return bool(found) and hashlib.sha256(found[0].read_bytes()).hexdigest() == artifact.sha256


def main() -> None:
    """Read the command line, soak, and print."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench.soak")
    reader.add_argument("--kills", type=int, default=200)
    reader.add_argument("--seed", type=int, default=0)
    given = reader.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        outcome = soak(Path(name), given.kills, seed=given.seed)
    print(table(list(outcome.figures())), flush=True)
    print(f"States: {dict(outcome.states)}")
    if outcome.double or outcome.lost:
        raise SystemExit("Something was bought twice or lost.")


if __name__ == "__main__":
    main()
