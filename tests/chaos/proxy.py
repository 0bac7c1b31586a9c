"""A small proxy on loopback that does to bytes what a bad network does: the eight toxics, and lies."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

from tests.support.ports import HOME, Port

PIECE = 4096
Kind = Literal[
    "clean", "latency", "bandwidth", "slow_close", "timeout", "reset_peer", "slicer", "limit_data",
    "down", "drop", "page", "cut_json", "short_length", "long_length", "two_lengths", "no_headers",
    "drip", "bad_chunks",
]  # fmt: skip
PAGE = b"<!doctype html><h1>It works</h1>"
WHOLE: dict[Kind, bytes] = {
    "page": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(PAGE), PAGE),
    "cut_json": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"task": {"taskId": "us',
    "no_headers": b"\x16\x03\x01 this is not HTTP\r\n\r\n",
    "bad_chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
    "two_lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 7\r\n\r\n{}",
    "short_length": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{}",
    "long_length": b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{}",
}
"""Answers in place of the vendor's, which had the request all the same."""


@dataclass
class Proxy:
    """Passes connections on; each that begins with one of `words` goes through the toxic."""

    upstream: int
    port: int
    toxic: Kind | bytes = "clean"
    """Or the whole answer, byte for byte."""
    matches: Callable[[bytes], bool] = lambda _: True
    times: int = 1
    seconds: float = 0.05
    struck: int = 0
    """How often the toxic was applied."""
    _server: asyncio.Server | None = field(default=None, repr=False)
    _open: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]], repr=False)

    def set(self, toxic: Kind | bytes, matches: Callable[[bytes], bool], *, times: int = 1) -> None:
        """The toxic for the next requests of this sort."""
        self.toxic, self.matches, self.times, self.struck = toxic, matches, times, 0

    async def start(self) -> None:
        """Listen, at first or again."""
        self._server = await asyncio.start_server(self._accept, HOME, self.port)

    async def stop(self) -> None:
        """Refuse whoever comes."""
        if self._server is not None:
            self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        self._server = None

    async def _accept(self, down: asyncio.StreamReader, up: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._connection(down, up)
        finally:
            if task is not None:
                self._open.discard(task)
            up.close()

    async def _connection(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        while head := await client.readuntil(b"\r\n\r\n"):
            lowered = head.lower()
            length = lowered.partition(b"content-length:")[2].partition(b"\r")[0]
            request = head + await client.readexactly(int(length or b"0"))
            toxic = self._strike(request)
            answer = await self._ask(request)
            await self._answer(toxic, answer, back)
            if toxic not in ("clean", "latency"):
                return

    def _strike(self, request: bytes) -> Kind | bytes:
        if self.toxic == "clean" or self.times <= 0 or not self.matches(request):
            return "clean"
        self.times -= 1
        self.struck += 1
        return self.toxic

    async def _ask(self, request: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        first, _, rest = request.partition(b"\r\n")
        kept = [
            line
            for line in rest.partition(b"\r\n\r\n")[0].split(b"\r\n")
            if not line.lower().startswith(b"connection:")
        ]
        body = rest.partition(b"\r\n\r\n")[2]
        writer.write(b"\r\n".join([first, *kept, b"Connection: close", b"", body]))
        await writer.drain()
        answer = await reader.read()
        writer.close()
        return answer

    async def _answer(self, toxic: Kind | bytes, answer: bytes, back: asyncio.StreamWriter) -> None:
        match toxic:
            case "clean":
                back.write(answer)
            case "latency":
                await asyncio.sleep(self.seconds)
                back.write(answer)
            case "bandwidth" | "slicer" | "drip":
                await self._in_pieces(toxic, answer, back)
            case "slow_close":
                back.write(answer)
                await back.drain()
                await asyncio.sleep(self.seconds)
            case "limit_data":
                back.write(answer[: len(answer) * 2 // 3])
            case "timeout":
                await asyncio.sleep(60)
            case "reset_peer":
                back.transport.abort()
            case "down" | "drop":
                pass
            case bytes():
                back.write(toxic)
            case _:
                back.write(WHOLE[toxic])
        with contextlib.suppress(ConnectionError):
            await back.drain()

    async def _in_pieces(self, toxic: Kind, answer: bytes, back: asyncio.StreamWriter) -> None:
        size = {"bandwidth": max(1, len(answer) // 5), "slicer": 37, "drip": 3}[toxic]
        pause = {"bandwidth": self.seconds / 5, "slicer": 0.0, "drip": self.seconds}[toxic]
        for at in range(0, len(answer), size):
            back.write(answer[at : at + size])
            await back.drain()
            await asyncio.sleep(pause)


@asynccontextmanager
async def proxied(upstream: int) -> AsyncGenerator[Proxy]:
    """A proxy in front of a port, as long as it is needed."""
    port = Port()
    proxy = Proxy(upstream, port.number)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
        port.close()
