"""What to try adapters on: vendors that answer by a script, and raw servers on loopback."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from pydantic import SecretStr

from providers.vendors.transport.wire import Deadlines, Wire

KEY = "user:4711-verysecretkey"
NOW = 1_800_000_000.0
Reply = httpx.Response | Exception
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Vendor:
    """Answers with what it is given, in turn (the last one again and again), and keeps what it saw."""

    replies: list[Reply]
    seen: list[httpx.Request] = field(default_factory=list[httpx.Request])

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        reply = self.replies[min(len(self.seen), len(self.replies)) - 1]
        if isinstance(reply, Exception):
            raise reply
        return reply


@dataclass
class Sleeps:
    """Notes every pause and takes none."""

    taken: list[float] = field(default_factory=list[float])

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@asynccontextmanager
async def wired(
    *replies: Reply, key: str = KEY, sleep: Sleeps | None = None
) -> AsyncGenerator[tuple[Wire, Vendor]]:
    vendor = Vendor(list(replies))
    wire = Wire(
        label="Example",
        base_url="https://api.example.com/v1",
        key=SecretStr(key),
        transport=httpx.MockTransport(vendor),
        sleep=sleep or Sleeps(),
        now=lambda: NOW,
    )
    yield wire, vendor
    await wire.aclose()


@asynccontextmanager
async def server(serve: Serve) -> AsyncGenerator[str]:
    """A raw server on loopback; its base URL."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        listening.close()
        await listening.wait_closed()


async def request_of(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Head and body of one request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    lengths = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
    return head, await reader.readexactly(int(lengths[0].partition(":")[2]) if lengths else 0)


def says(*parts: bytes, reset: bool = False) -> Serve:
    """Reads a request and sends these bytes; then closes, or resets the connection."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        for part in parts:
            writer.write(part)
        await writer.drain()
        if reset:
            writer.transport.abort()

    return serve


def http(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def loopback(base_url: str, deadlines: Deadlines | None = None) -> Wire:
    return Wire(
        label="Example",
        base_url=base_url,
        key=SecretStr(KEY),
        sleep=Sleeps(),
        deadlines=deadlines,
    )
