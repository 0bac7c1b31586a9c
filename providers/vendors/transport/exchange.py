"""One request and its whole answer over httpx, and the bytes that go into either."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import BinaryIO, Protocol

import httpx
from pydantic import JsonValue

from providers.errors import StoreProblem
from providers.pools import SENDING
from providers.vendors.transport.answer import Unpacked
from providers.vendors.transport.bulk import Sockets, Unsent
from providers.vendors.transport.network import Network, Proxy

# At INFO these two write whole addresses, and an artifact's address is as good as the artifact.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

NOBODY_THERE = (httpx.ConnectError, httpx.ConnectTimeout)
"""How a transport that has no sockets of ours says that it did not get anywhere."""
UNCLOSED = (httpx.HTTPError, httpx.StreamError, OSError, RuntimeError, ValueError)


class Unanswered(Exception):
    """It is open what became of a request: no whole answer came, for a reason that is the cause."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with all of its bytes."""

    status: int
    headers: httpx.Headers
    content: bytes


class Channel:
    """One way out. It follows no redirect and keeps no cookie: an answer is not looked into before whoever
    asked for it does, so that nothing in it can hide that a request was taken. `network` tells of proxies.

    A `transport` that is given takes the place of sockets of our own. `own` is the host that it leads to.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None,
        *,
        timeout: httpx.Timeout,
        limits: httpx.Limits,
        context: ssl.SSLContext | None = None,
        piece: int = 0,
        own: str = "",
        network: Network | None = None,
    ) -> None:
        self._timeout = timeout
        self._given = transport
        self._network = network or Network()
        self._made: dict[Proxy | None, Sockets] = {}
        if transport is None:
            context = context or self._network.context()
            self._make = partial(Sockets, context, limits, piece=piece, own=own)

    async def send(self, request: httpx.Request) -> httpx.Response:
        """The head of the answer, whose body can then be read and which must be closed.

        Unsent: no byte of the request was written. Whatever else is raised leaves that open.
        """
        request.extensions = {"timeout": self._timeout.as_dict(), **request.extensions}
        if self._given is None:
            return await self._sockets(request.url).handle_async_request(request)
        try:
            return await self._given.handle_async_request(request)
        except NOBODY_THERE as error:
            raise Unsent from error

    async def aclose(self) -> None:
        """Close the connections."""
        for transport in (self._given, *self._made.values()):
            if transport is not None:
                await transport.aclose()

    def _sockets(self, url: httpx.URL) -> Sockets:
        proxy = self._network.proxy_for(url)
        if proxy not in self._made:
            self._made[proxy] = self._make(proxy=proxy)
        return self._made[proxy]


async def plain(
    response: httpx.Response, saw: Callable[[int], None] = lambda _: None
) -> AsyncGenerator[bytes, None]:
    """The body in pieces, unpacked within bounds; `saw` is told of every byte that arrives.

    Raises ValueError for a packing that is unknown, damaged or cut.
    """
    if response.is_stream_consumed:
        # A transport that answers at once has read and unpacked it already.
        saw(len(response.content))
        yield response.content
        return
    unpacked = Unpacked(response.headers.get("content-encoding"))
    async for chunk in response.aiter_raw():
        saw(len(chunk))
        for piece in unpacked.pieces(chunk):
            yield piece
    if not unpacked.whole:
        raise ValueError("cut while packed")


async def exchange(line: Channel, request: httpx.Request, cap: int, seconds: float) -> Reply:
    """Send a request and read its answer of at most `cap` bytes to the end, within so many seconds.

    Unsent: no byte of it was written. Lost: everything else, whatever it was that broke.
    """
    try:
        async with asyncio.timeout(seconds):
            # As a task of its own, whose end is looked at: no class of exception decides anything here.
            [end] = await asyncio.gather(_whole(line, request, cap), return_exceptions=True)
    except TimeoutError as error:
        raise Unanswered from error
    if isinstance(end, Unsent):
        raise end
    if isinstance(end, BaseException):
        raise Unanswered from end
    return end


async def _whole(line: Channel, request: httpx.Request, cap: int) -> Reply:
    response = await line.send(request)
    content = bytearray()
    try:
        async with aclosing(plain(response)) as pieces:
            async for piece in pieces:
                content += piece
                if len(content) > cap:
                    raise ValueError("too long an answer")
    finally:
        # A connection that does not close takes nothing from an answer that came.
        with suppress(*UNCLOSED):
            await response.aclose()
    return Reply(response.status_code, response.headers, bytes(content))


def packed(body: JsonValue) -> tuple[bytes, dict[str, str]]:
    """A JSON body as bytes, and the header that says so."""
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return content, {"Content-Type": "application/json"}


class Readable(Protocol):
    """A file that is read while it is sent."""

    @property
    def size(self) -> int:
        """Bytes. OSError."""
        ...

    def open(self) -> BinaryIO:
        """From its beginning. OSError."""
        ...


Content = bytes | Readable


def size(content: Content) -> int:
    """How many bytes are to be sent. StoreProblem: the file cannot be read."""
    try:
        return len(content) if isinstance(content, bytes) else content.size
    except OSError:
        raise StoreProblem("A stored reference can't be read. Add the file again.") from None


def stream(content: Content) -> bytes | AsyncIterator[bytes]:
    """The bytes as a request takes them; a file is read while it is sent."""
    return content if isinstance(content, bytes) else _read(content)


def opened(content: Content) -> BinaryIO:
    """The bytes as a form takes them. StoreProblem: the file cannot be read."""
    try:
        return BytesIO(content) if isinstance(content, bytes) else content.open()
    except OSError:
        raise StoreProblem("A stored reference can't be read. Add the file again.") from None


async def _read(content: Readable) -> AsyncIterator[bytes]:
    with await SENDING.run(content.open) as file:
        while chunk := await SENDING.run(file.read, 1 << 18):
            yield chunk


def is_handshake(error: BaseException) -> bool:
    """Whether a safe connection could not be agreed on."""
    cause = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLError) or (cause is not None and is_handshake(cause))
