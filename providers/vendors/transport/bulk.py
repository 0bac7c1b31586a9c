"""Our own transport: it knows whether a request has left, and takes large bodies in large pieces.

What an exception is called tells nothing about when it came. So the sockets themselves note the first
byte of a request that they are given; what was shaken hands about before is no part of it.
"""

import asyncio
import ssl
from collections.abc import Callable, Coroutine, Iterable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial

import httpcore
import httpx

from providers.pools import LOOK_UPS, VENDORS
from providers.vendors.transport.names import by_turns, resolve
from providers.vendors.transport.network import Proxy

PATIENCE = 0.25
"""Seconds that one of a host's addresses is waited for alone."""
PIECE = 1 << 20
"""Bytes that a large body is taken in at the most: httpcore asks a socket for 64 KB at a time, so that a
large file costs four times as many turns of the event loop, and a copy of what is left over at each."""


class Unsent(Exception):
    """No byte of the request was written, and who would have written it knows that; its cause says why."""


@dataclass(slots=True)
class _Departure:
    layers: int = 0
    """Of TLS that lie around the request: what is written below them is for a proxy, and no part of it."""
    begun: bool = False


# Of the request that is on its way out: httpcore writes in the task that asked it to.
_departing: ContextVar[_Departure | None] = ContextVar("departing", default=None)


class Sockets(httpx.AsyncHTTPTransport):
    """httpx's own transport with `limits`. Raises Unsent where nothing was written, for whatever reason, and
    httpx's or anybody's exceptions once something may have been.

    `piece` is in bytes: how much is asked of a socket at the least. `own` is the host whose name nobody has
    told: it is looked up beside all others. What a `proxy` is told before it lets a request through is no part
    of the request, unless a plain one follows it.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        limits: httpx.Limits,
        *,
        piece: int = 0,
        own: str = "",
        proxy: Proxy | None = None,
    ) -> None:
        super().__init__(verify=context, trust_env=False, limits=limits)
        self._proxy = proxy
        made: partial[httpcore.AsyncConnectionPool] = partial(httpcore.AsyncConnectionPool)
        if proxy is not None:
            kind = httpcore.AsyncSOCKSProxy if proxy.is_socks else httpcore.AsyncHTTPProxy
            made = partial(kind, proxy.url, proxy_auth=proxy.auth)
            own = httpx.URL(proxy.url).host
        if proxy is not None and proxy.is_secure:
            made.keywords["proxy_ssl_context"] = context
        self._pool = made(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(piece, own),
        )

    def _layers(self, request: httpx.Request) -> int:
        if self._proxy is None:
            return 0
        return int(request.url.scheme == "https") + int(self._proxy.is_secure)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it, and wait for the head of the answer."""
        departure = _Departure(self._layers(request))
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
    def __init__(self, piece: int, own: str) -> None:
        self._piece = piece
        self._own = own
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
        async def connect(address: str) -> httpcore.AsyncNetworkStream:
            return await self._sockets.connect_tcp(
                address, port, timeout, local_address, socket_options
            )

        try:
            async with asyncio.timeout(timeout):
                pool = VENDORS if host == self._own else LOOK_UPS
                addresses = by_turns(await resolve(host, port, pool))
                return _Stream(
                    await first_made([partial(connect, one) for one in addresses]), self._piece
                )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError from error

    async def sleep(self, seconds: float) -> None:
        await self._sockets.sleep(seconds)


async def first_made(
    ways: Sequence[Callable[[], Coroutine[None, None, httpcore.AsyncNetworkStream]]],
) -> httpcore.AsyncNetworkStream:
    """The first connection that comes about. The next way is tried once one fails or lets wait."""
    tried: list[asyncio.Task[httpcore.AsyncNetworkStream]] = []
    chosen = None
    try:
        while chosen is None and (len(tried) < len(ways) or not all(one.done() for one in tried)):
            if len(tried) < len(ways):
                tried.append(asyncio.create_task(ways[len(tried)]()))
            waits = [one for one in tried if not one.done()]
            patience = PATIENCE if len(tried) < len(ways) else None
            await asyncio.wait(waits, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            made = (one for one in tried if one.done() and one.exception() is None)
            chosen = next(made, None)
        return (chosen or tried[-1]).result()
    finally:
        others = [one for one in tried if one is not chosen]
        for one in others:
            one.cancel()
        for end in await asyncio.gather(*others, return_exceptions=True):
            if not isinstance(end, BaseException):
                await end.aclose()


class _Stream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream, piece: int, layers: int = 0) -> None:
        self._stream = stream
        self._piece = piece
        self._layers = layers

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max(max_bytes, self._piece), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        departure = _departing.get()
        if departure is not None and self._layers >= departure.layers:
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
        return _Stream(stream, self._piece, self._layers + 1)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
