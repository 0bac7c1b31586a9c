"""A vendor behind TLS and proxies before it, on this machine: real sockets, and what came over them."""

import asyncio
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import trustme

NAME = "vendor.test"
"""The vendor's name; nobody but the proxies can look it up."""


class Far:
    """A vendor that answers every request with `answer`, behind a certificate of an authority of its own."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.certificates = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.certificates)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # Its parameter's type is that of another package, too, which nobody needs here.
        authority.issue_cert(NAME).configure_cert(  # pyright: ignore[reportUnknownMemberType]
            self._context
        )
        self.requests: list[bytes] = []
        self.port = 0
        self.on_request: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator["Far"]:
        """Listen on this machine."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head)
            self.on_request()
            body = b'{"id": "task-1"}'
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
            )
            await writer.drain()
            writer.close()


class Gate:
    """A proxy. `refusal` answers every CONNECT; `dies` cuts it once the vendor has the request."""

    def __init__(
        self, far: Far, *, refusal: bytes = b"", dies: bool = False, auth: bytes = b""
    ) -> None:
        self._far = far
        self._refusal = refusal
        self._dies = dies
        self._auth = auth
        self.asked: list[bytes] = []
        self.port = 0

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator["Gate"]:
        """Listen on this machine."""
        server = await asyncio.start_server(self._meet, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            first = await reader.readexactly(1)
            if first == b"\x05":
                await self._greet_socks(reader, writer)
            elif not await self._greet(first + await reader.readuntil(b"\r\n\r\n"), writer):
                return
            await self._pass_on(reader, writer)

    async def _greet(self, head: bytes, writer: asyncio.StreamWriter) -> bool:
        self.asked.append(head)
        refusal = self._refusal
        if self._auth and b"Proxy-Authorization: Basic " + self._auth not in head:
            refusal = b"407 Proxy Authentication Required"
        told = b"%s\r\nContent-Length: 0" % refusal if refusal else b"200 Connection established"
        writer.write(b"HTTP/1.1 %s\r\n\r\n" % told)
        await writer.drain()
        if refusal:
            writer.close()
        return not refusal

    async def _greet_socks(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readexactly((await reader.readexactly(1))[0])
        writer.write(b"\x05\x00")
        head = await reader.readexactly(5)
        name = await reader.readexactly(head[4])
        await reader.readexactly(2)
        self.asked.append(name)
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        await writer.drain()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection("127.0.0.1", self._far.port)
        if self._dies:
            self._far.on_request = writer.transport.abort
        await asyncio.gather(_copy(reader, outer), _copy(inner, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(1 << 16):
            writer.write(piece)
            await writer.drain()
    writer.close()
