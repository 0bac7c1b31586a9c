"""A disk that takes 0.5 s or 2 s for every sync: start, press, page and `/healthz`, of the studio as a process.

The syncs are made late in the process itself, those of SQLite's own code too, by a library that a C compiler
makes here (`slow_disk.c`). Where there is no compiler, nothing is measured.

When all writes stood in the event loop, and everything in one pool of threads, it was, with 0.5 s / 2 s:
first start 26 / 91 s, next start 9.8 / 19.5 s, press 0.65 / 3 s (slowest 2.6 / 7), `/healthz` at its slowest
1.5 / 4 s, page 2.3 / 8.8 s (slowest 3.4 / 11.8); and no create call left beside six stuck operations.
While the page was searched for garbage and drawn for each visit, `/healthz` took 0.12 to 0.22 s at its slowest,
page 0.13 to 0.16 s, on any disk.

Who asks must not be what is slow: connections are kept, since a new client reads all certificates first, and
nothing is collected while times are taken.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from providers.vendors.all import VENDORS
from tests.bench import rig
from tests.bench.figures import Figure, median
from tests.chaos.rig import body_for
from tests.support.fake_vendor import png

SCRIPT = "tests/bench/slow_disk.py"
SOURCE = Path(__file__).with_suffix(".c")
DELAYS = (0.0, 0.5, 2.0)
"""Seconds that each sync takes more than this machine's disk."""
WINDOW = 12.0
"""Seconds for which presses come and jobs run."""
PRESS_EVERY = 1.0
SLOWEST = 240.0
"""Seconds after which a start or an answer is given up."""
SPEED = 0.3
STUCK = min(32, (os.cpu_count() or 1) + 4)
"""File operations that do not come back: as many as Python's own pool of threads has by default."""
GIVEN_UP = 15.0
"""Seconds for which a create call beside them is waited for."""


def measure() -> Iterator[Figure]:
    """A slower disk each time, then operations that do not come back at all."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        library = compiled(Path(name))
        if library is None:
            print("No C compiler (cc) is here, and only with one are syncs made late: left out.")
            return
        for delay in DELAYS:
            yield from with_delay(Path(name) / str(delay), library, delay)
        yield from beside_stuck(Path(name) / "stuck", library)


def compiled(folder: Path) -> Path | None:
    """The library that makes syncs late. None where nothing can compile it."""
    compiler, library = shutil.which("cc"), folder / "slow_disk.so"
    if compiler is None or sys.platform != "linux":
        return None
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return library


def with_delay(folder: Path, library: Path, delay: float) -> Iterator[Figure]:
    """One start in an empty folder, presses and jobs, and a start with what they left."""
    folder.mkdir()
    slow = {"LD_PRELOAD": str(library), "SLOW_SYNC": str(delay)}
    disk = f"Each sync {delay:g} s late" if delay else "No sync late"
    is_aimed = delay <= 0.5
    with emulators(folder, "127.0.0.1") as (_, addresses):
        began = time.perf_counter()
        with rig.studio(folder, SLOWEST, **slow, **addresses) as (address, _):
            first = time.perf_counter() - began
            health, page = Probe(f"{address}/healthz", 0.01), Probe(f"{address}/", 0.25)
            with rig.nothing_collected(), health.running(), page.running():
                presses = press_for(address, WINDOW)
        began = time.perf_counter()
        with rig.studio(folder, SLOWEST, **slow, **addresses):
            second = time.perf_counter() - began
    start = 5 if is_aimed else None
    yield Figure(f"{disk}, first start until ready", first, "s", start, SCRIPT)
    yield Figure(f"{disk}, next start until ready", second, "s", start, SCRIPT)
    yield Figure(f"{disk}, press answered, median", median(presses), "ms", None, SCRIPT)
    yield Figure(f"{disk}, press answered, slowest", max(presses), "ms", None, SCRIPT)
    yield Figure(f"{disk}, `/healthz` beside them, slowest", max(health.times), "ms", 100, SCRIPT)
    yield Figure(f"{disk}, page beside them, median", median(page.times), "ms", 100, SCRIPT)
    yield Figure(f"{disk}, page beside them, slowest", max(page.times), "ms", None, SCRIPT)


def beside_stuck(folder: Path, library: Path) -> Iterator[Figure]:
    """From a press to the vendor's book while files that were handed in never reach the disk."""
    folder.mkdir()
    gate = folder / "gate"
    stuck = {"LD_PRELOAD": str(library), "SLOW_GATE": str(gate), "SLOW_WORDS": "/part/"}
    # By its name: looking it up is a part of the call that may stand in the same queue.
    with (
        emulators(folder, "localhost") as (book, addresses),
        rig.studio(folder, **stuck, **addresses) as (address, _),
        ThreadPoolExecutor(STUCK) as uploads,
        httpx.Client(base_url=address, timeout=SLOWEST) as client,
    ):
        gate.touch()
        try:
            for number in range(STUCK):
                uploads.submit(hand_in, address, number)
            rig.until(lambda: len(list((folder / "data" / "part").iterdir())) >= STUCK)
            time.sleep(1.0)
            began = time.perf_counter()
            answered = press(client, 0)
            rig.until(lambda: bool(httpx.get(book, timeout=5).json()), GIVEN_UP)
            booked = time.perf_counter() - began
        finally:
            gate.unlink()
    beside = f"Beside {STUCK} stuck file operations"
    yield Figure(f"{beside}, press answered", answered, "ms", 100, SCRIPT)
    yield Figure(f"{beside}, create call at the vendor", booked, "s", 1, SCRIPT)


@contextmanager
def emulators(folder: Path, host: str) -> Generator[tuple[str, dict[str, str]]]:
    """All vendors over HTTP in a process with a quick disk: their book, and the settings that lead there."""
    with rig.emulator(folder, SPEED) as there:
        root = f"http://{host}:{urlsplit(there).port}"
        yield (
            f"{there}/book",
            {
                f"STUDIO_{one.name.upper()}_BASE_URL": f"{root}/{one.name}{urlsplit(one.base_url).path}"
                for one in VENDORS
            },
        )


class Probe:
    """Asks an address again and again from a thread of its own, and keeps how long each answer took."""

    def __init__(self, url: str, every: float) -> None:
        self.times: list[float] = []
        """Milliseconds."""
        self._url = url
        self._every = every
        self._over = threading.Event()

    @contextmanager
    def running(self) -> Generator[None]:
        """Ask until the block is over."""
        thread = threading.Thread(target=self._ask)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _ask(self) -> None:
        with httpx.Client(timeout=SLOWEST) as client:
            while not self._over.wait(self._every):
                self.times.append(timed(lambda: client.get(self._url)))


def press_for(address: str, seconds: float) -> list[float]:
    """Press, one after the other, for so long; milliseconds until each was answered."""
    until, times = time.perf_counter() + seconds, list[float]()
    with httpx.Client(base_url=address, timeout=SLOWEST) as client:
        while time.perf_counter() < until:
            times.append(press(client, len(times)))
            time.sleep(PRESS_EVERY)
    return times


def press(client: httpx.Client, number: int) -> float:
    """Press Generate once, each vendor in its turn; milliseconds until it was answered."""
    vendor = VENDORS[number % len(VENDORS)]
    body = {
        **body_for(vendor, f"A lighthouse, take {number}"),
        "client_request_id": uuid.uuid4().hex,
    }
    return timed(lambda: client.post("/jobs", json=body))


def hand_in(address: str, number: int) -> None:
    """One reference, as the page sends it."""
    httpx.post(f"{address}/media?name=in.png", content=png(number + 1), timeout=SLOWEST)


def timed(call: Callable[[], httpx.Response]) -> float:
    """Milliseconds that a call took which must succeed."""
    began = time.perf_counter()
    call().raise_for_status()
    return (time.perf_counter() - began) * 1000
