"""A transport for large bodies: it takes what the system has received in one go, up to `PIECE` bytes.

httpcore asks a socket for 64 KB at a time, so that a large file costs four times as many turns of the
event loop, and a copy of what is left over at each.
"""

import ssl
from collections.abc import Iterable

import httpcore
import httpx

PIECE = 1 << 20


class BulkTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport without proxies and with `limits`, over sockets that are read in large pieces."""

    def __init__(self, context: ssl.SSLContext, limits: httpx.Limits) -> None:
        super().__init__(verify=context, trust_env=False, limits=limits)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_BulkBackend(),
        )


class _BulkBackend(httpcore.AsyncNetworkBackend):
    def __init__(self) -> None:
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
        return _BulkStream(
            await self._sockets.connect_tcp(host, port, timeout, local_address, socket_options)
        )

    async def sleep(self, seconds: float) -> None:
        await self._sockets.sleep(seconds)


class _BulkStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._stream.read(max(max_bytes, PIECE), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        return _BulkStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
