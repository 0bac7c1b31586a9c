"""Six large pictures whose thumbnails are asked for at once: memory, and how long others wait for theirs.

Beside it what it was before: the same six decoded by Pillow in four threads of one process.
"""

import io
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from PIL import Image

from providers.library.pixels import picture_of, shown
from tests.bench import rig
from tests.bench.figures import Figure
from tests.support.heavy import SIDE, children, held, lossless
from tests.support.odd import picture

SCRIPT = "tests/bench/decoding.py"
HOW_MANY = 6
BEFORE_THREADS = 4
BEFORE, NOW = "in threads, as before", "studio"
LOOKS = 0.01
"""Seconds between two looks at what is held."""


@dataclass(frozen=True)
class Rush:
    """What six at once cost: megabytes above the beginning, seconds until another's is there, and all."""

    grown: float
    another: float
    all: float


def measure() -> Iterator[Figure]:
    """The one, then the other, in one run."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        (folder / "large.webp").write_bytes(lossless())
        (folder / "small.png").write_bytes(picture(size=(1024, 768)))
        for who, rush in ((BEFORE, _before(folder)), (NOW, _now(folder))):
            what = f"{HOW_MANY} thumbnails of {SIDE} × {SIDE} at once, {who}"
            is_now = who == NOW
            aim = 300 if is_now else None
            yield Figure(f"{what}, memory above the start", rush.grown, "MB", aim, SCRIPT)
            aim = 1 if is_now else None
            yield Figure(f"{what}, another's poster", rush.another, "s", aim, SCRIPT)
            yield Figure(f"{what}, all of them", rush.all, "s", None, SCRIPT)


def _before(folder: Path) -> Rush:
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.decoding", str(folder)],
        cwd=rig.ROOT,
        env=rig.clean_environment(),
        capture_output=True,
        check=True,
    )
    return Rush(*map(float, told.stdout.split()))


def _in_threads(folder: Path) -> Rush:
    """What the studio did: decode all, then make it small."""

    def small(name: str) -> float:
        with picture_of(folder / name) as opened:
            made = shown(opened)
        made.thumbnail((480, 480))
        made.save(io.BytesIO(), "WEBP", quality=82, method=2)
        return time.perf_counter()

    Image.preinit()
    with ThreadPoolExecutor(BEFORE_THREADS) as pool, _watched(held_by_this) as most:
        before, began = held_by_this(), time.perf_counter()
        large = [pool.submit(small, "large.webp") for _ in range(HOW_MANY)]
        another = pool.submit(small, "small.png").result() - began
        all_of_them = max(one.result() for one in large) - began
    return Rush(most[0] - before, another, all_of_them)


def held_by_this() -> float:
    """Megabytes that this process holds."""
    with Path("/proc/self/status").open(encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) * 1024 / 1e6


def _now(folder: Path) -> Rush:
    with (
        rig.studio(folder) as (url, pid),
        httpx.Client(base_url=url, headers={"Origin": url}, timeout=600) as client,
    ):
        return _rush(client, pid, folder)


def _rush(client: httpx.Client, pid: int, folder: Path) -> Rush:
    def kept(name: str, more: bytes = b"") -> str:
        content = (folder / name).read_bytes() + more
        answer = client.post(f"/media?name={name}", content=content)
        answer.raise_for_status()
        return str(answer.json()["url"])

    def asked(path: str) -> float:
        client.get(path).raise_for_status()
        return time.perf_counter()

    def holds() -> float:
        return sum(held(one, "VmRSS") for one in (pid, *children(pid)))

    # What stands behind the end makes another file of each.
    large, small = [kept("large.webp", bytes([n])) for n in range(HOW_MANY)], kept("small.png")
    with ThreadPoolExecutor(HOW_MANY + 1) as pool, _watched(holds) as most:
        before, began = holds(), time.perf_counter()
        thumbs = [pool.submit(asked, f"/{one}/thumb") for one in large]
        another = pool.submit(asked, f"/{small}/poster").result() - began
        all_of_them = max(one.result() for one in thumbs) - began
    return Rush(most[0] - before, another, all_of_them)


@contextmanager
def _watched(holds: Callable[[], float]) -> Generator[list[float]]:
    """The most that this tells while the block lasts."""
    most, is_over = [0.0], threading.Event()

    def look() -> None:
        while not is_over.wait(LOOKS):
            most[0] = max(most[0], holds())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield most
    finally:
        is_over.set()
        watcher.join()


if __name__ == "__main__":
    found = _in_threads(Path(sys.argv[1]))
    print(found.grown, found.another, found.all)
