"""Our own transport: it knows whether a request has left, and takes large bodies in large pieces.

What an exception is called tells nothing about when it came. So the sockets themselves note the first
byte of a request that they are given; what was shaken hands about before is no part of it.
"""

import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass

import httpcore
import httpx

PIECE = 1 << 20
"""Bytes that a large body is taken in at the most: httpcore asks a socket for 64 KB at a time, so that a
large file costs four times as many turns of the event loop, and a copy of what is left over at each."""


class Unsent(Exception):
    """No byte of the request was written, and who would have written it knows that; its cause says why."""


@dataclass(slots=True)
class _Departure:
    begun: bool = False


# Of the request that is on its way out: httpcore writes in the task that asked it to.
_departing: ContextVar[_Departure | None] = ContextVar("departing", default=None)


class Sockets(httpx.AsyncHTTPTransport):
    """httpx's own transport without proxies and with `limits`. Raises Unsent where nothing was written, for
    whatever reason, and httpx's or anybody's exceptions once something may have been.

    `piece` is in bytes: how much is asked of a socket at the least.
    """

    def __init__(self, context: ssl.SSLContext, limits: httpx.Limits, *, piece: int = 0) -> None:
        super().__init__(verify=context, trust_env=False, limits=limits)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(piece),
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, and wait for the head of the answer."""
        departure = _Departure()
        mark = _departing.set(departure)
        try:
            return await super().handle_async_request(request)
        except Exception as error:
            if not departure.begun:
                raise Unsent from error
            raise
        finally:
            _departing.reset(mark)


class _Backend(httpcore.AsyncNetworkBackend):
    def __init__(self, piece: int) -> None:
        self._piece = piece
        # Its stand-in, where anyio is missing, is no backend; Gradio brings anyio.
        self._sockets: httpcore.AsyncNetworkBackend = (
            httpcore.AnyIOBackend()  # pyright: ignore[reportAttributeAccessIssue]
        )

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._sockets.connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._piece)

    async def sleep(self, seconds: float) -> None:
        await self._sockets.sleep(seconds)


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream, piece: int) -> None:
        self._stream = stream
        self._piece = piece

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max(max_bytes, self._piece), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        departure = _departing.get()
        if departure is not None:
            departure.begun = True
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        stream = await self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _Stream(stream, self._piece)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
