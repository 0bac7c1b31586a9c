"""Fetching one large file: the studio's own way beside plain httpx streaming, and whether memory stays flat.

`python -m tests.bench.download [--megabytes 2048]`: the file is made on the fly by a process of its own,
and each fetch is a process too, so that its peak of memory is its own.
"""

import argparse
import asyncio
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from providers.vendors.transport.downloads import Downloads
from tests.bench import rig
from tests.bench.figures import Figure, median

SCRIPT = "tests/bench/download.py"
USUAL = {512: 7, 2048: 3}
"""Sizes in megabytes, and how often each is fetched by both."""
PIECE = 1 << 20
PLAIN, OWN = "plain httpx", "studio"


@dataclass(frozen=True)
class Turn:
    """One fetch: megabytes a second, and megabytes of memory at the peak above the beginning."""

    rate: float
    grown: float


def measure(sizes: Mapping[int, int] = USUAL) -> Iterator[Figure]:
    """Alternate the two, so that whatever else the machine does hits both."""
    port = rig.free_port()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(port,), daemon=True)
    server.start()
    rig.wait_for(f"http://127.0.0.1:{port}/0")
    try:
        for megabytes, turns in sizes.items():
            found = [
                (one_turn(PLAIN, port, megabytes), one_turn(OWN, port, megabytes))
                for _ in range(turns)
            ]
            yield from _figures(megabytes, found)
    finally:
        server.kill()
        server.join()


def _figures(megabytes: int, turns: list[tuple[Turn, Turn]]) -> Iterator[Figure]:
    for place, who in enumerate((PLAIN, OWN)):
        rate = median([turn[place].rate for turn in turns])
        grown = max(turn[place].grown for turn in turns)
        yield Figure(f"Fetching {megabytes} MB to a file, {who}", rate, "MB/s", None, SCRIPT)
        aim = 32 if who == OWN else None
        what = f"Fetching {megabytes} MB to a file, {who}, peak of memory above the start"
        yield Figure(what, grown, "MB", aim, SCRIPT)
    slower = median([plain.rate / own.rate for plain, own in turns])
    what = f"Fetching {megabytes} MB to a file, {PLAIN} to {OWN}"
    yield Figure(what, slower, "times", 1.25, SCRIPT)


def one_turn(who: str, port: int, megabytes: int) -> Turn:
    """Run one fetch in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        # What the one before left to be written to the disk is not this one's.
        os.sync()
        command = [sys.executable, "-m", "tests.bench.download", "--one", who, str(port), folder]
        command += ["--megabytes", str(megabytes)]
        told = subprocess.run(
            command, cwd=rig.ROOT, env=rig.clean_environment(), capture_output=True, check=True
        )
    rate, grown = told.stdout.split()
    return Turn(float(rate), float(grown))


async def fetched(who: str, port: int, folder: Path, megabytes: int) -> Turn:
    """Fetch a little to be warm, and then all of it."""
    fetch: Callable[[str, Path], Awaitable[None]] = ours if who == OWN else plainly
    await fetch(f"http://127.0.0.1:{port}/8", folder / "warm")
    before, began = peak(), time.perf_counter()
    await fetch(f"http://127.0.0.1:{port}/{megabytes}", folder / "file")
    seconds = time.perf_counter() - began
    assert (folder / "file").stat().st_size == megabytes * PIECE
    return Turn(megabytes / seconds, peak() - before)


def peak() -> float:
    """The most megabytes that this process ever held; what its parent held does not count."""
    lines = Path("/proc/self/status").read_text().splitlines()
    held = next(line for line in lines if line.startswith("VmHWM:"))
    return int(held.split()[1]) * 1024 / 1e6


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


def serve(port: int) -> None:
    """`/<megabytes>` is so much noise over plain sockets, as fast as they take it."""
    asyncio.run(_serve(port))


async def _serve(port: int) -> None:
    noise = os.urandom(PIECE)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await reader.readuntil(b"\r\n\r\n")
        pieces = int(asked.split()[1].lstrip(b"/"))
        head = f'HTTP/1.1 200 OK\r\nETag: "{pieces}"\r\nContent-Length: {pieces * PIECE}'
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
    reader.add_argument("--megabytes", type=int, help="instead of the usual sizes")
    reader.add_argument("--one", nargs=3, metavar=("WHO", "PORT", "FOLDER"), help="one fetch")
    given = reader.parse_args()
    if given.one:
        who, port, folder = given.one
        turn = asyncio.run(fetched(who, int(port), Path(folder), given.megabytes))
        print(turn.rate, turn.grown)
        return
    for figure in measure({given.megabytes: 1} if given.megabytes else USUAL):
        print(f"{figure.what}: {figure.value:.2f} {figure.unit} {figure.verdict}")


if __name__ == "__main__":
    main()
