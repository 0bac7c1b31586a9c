"""Fetching one large file: the studio's own way beside plain httpx streaming, and whether memory stays flat.

`python -m tests.bench.download [--megabytes 2048]`: the file is served by a process of its own.
"""

import argparse
import asyncio
import multiprocessing
import os
import resource
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from providers.vendors.downloads import Downloads
from tests.bench import rig
from tests.bench.figures import Figure, median

SCRIPT = "tests/bench/download.py"
USUAL_MEGABYTES = 512
TURNS = 3
PIECE = 1 << 20


@dataclass
class Turn:
    """One fetch: megabytes a second, and megabytes of memory above the beginning."""

    rate: float
    grown: float


def measure(megabytes: int = USUAL_MEGABYTES) -> Iterator[Figure]:
    """Alternate the two, so that whatever else the machine does hits both."""
    port = rig.free_port()
    server = multiprocessing.get_context("spawn").Process(
        target=serve, args=(port, megabytes), daemon=True
    )
    server.start()
    rig.wait_for(f"http://127.0.0.1:{port}/")
    try:
        with tempfile.TemporaryDirectory(prefix="bench-") as name:
            turns = asyncio.run(both(Path(name), f"http://127.0.0.1:{port}/file", megabytes))
    finally:
        server.kill()
        server.join()
    plain, own = (median([turn[place].rate for turn in turns]) for place in (0, 1))
    grown = max(turn[1].grown for turn in turns)
    yield Figure(f"Plain httpx, {megabytes} MB to a file", plain, "MB/s", None, SCRIPT)
    yield Figure(f"Studio, {megabytes} MB to a file with its hash", own, "MB/s", None, SCRIPT)
    yield Figure("Plain httpx to studio", plain / own, "times", 1.25, SCRIPT)
    yield Figure(f"Studio, memory while it fetches {megabytes} MB", grown, "MB", 32, SCRIPT)


async def both(folder: Path, url: str, megabytes: int) -> list[tuple[Turn, Turn]]:
    """Several turns of each; the first one is for warming up."""
    turns: list[tuple[Turn, Turn]] = []
    for number in range(TURNS + 1):
        target = folder / f"{number}"
        one = await timed(lambda to=target: plainly(url, to), megabytes)
        target.unlink()
        two = await timed(lambda to=target: ours(url, to), megabytes)
        target.unlink()
        turns += [(one, two)] if number else []
    return turns


async def timed(fetch: Callable[[], Awaitable[None]], megabytes: int) -> Turn:
    """Run one fetch and watch what it takes."""
    watch = Memory()
    began = time.perf_counter()
    with watch:
        await fetch()
    return Turn(megabytes / (time.perf_counter() - began), watch.most - watch.before)


async def plainly(url: str, target: Path) -> None:
    """What httpx's documentation shows, written to disk."""
    async with httpx.AsyncClient(trust_env=False) as client, client.stream("GET", url) as answer:
        with target.open("wb") as file:
            async for piece in answer.aiter_bytes():
                file.write(piece)


async def ours(url: str, target: Path) -> None:
    """What the studio does."""
    downloads = Downloads(friendly_hosts={"127.0.0.1"})
    try:
        await downloads.fetch(url, target)
    finally:
        await downloads.aclose()


class Memory:
    """The most memory that this process held inside the block, looked at from a thread. MB."""

    def __init__(self) -> None:
        self.before = self.most = resident()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, resident())


def resident() -> float:
    """Megabytes that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def serve(port: int, megabytes: int) -> None:
    """A file of noise over plain sockets, as fast as they take it."""
    asyncio.run(_serve(port, megabytes))


async def _serve(port: int, megabytes: int) -> None:
    noise = os.urandom(PIECE)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        pieces = megabytes if b" /file " in asked else 0
        head = f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {pieces * PIECE}"
        writer.write(head.encode() + b"\r\nConnection: close\r\n\r\n")
        for _ in range(pieces):
            writer.write(noise)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """Read the command line, measure and print."""
    reader = argparse.ArgumentParser(prog="python -m tests.bench.download")
    reader.add_argument("--megabytes", type=int, default=USUAL_MEGABYTES)
    for figure in measure(reader.parse_args().megabytes):
        print(f"{figure.what}: {figure.value:.2f} {figure.unit} {figure.verdict}")


if __name__ == "__main__":
    main()
