"""What a bad network and a bad server do to one request: the eight toxics, and lies."""

import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import cast

import httpx
from pydantic import JsonValue

Forward = Callable[[httpx.Request], Awaitable[httpx.Response]]
Toxic = Callable[[httpx.Request, Forward], Awaitable[httpx.Response]]
HTML = b"<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"


class Body(httpx.AsyncByteStream):
    """A body in pieces, which may end in an error or after a word to whoever waits."""

    def __init__(self, *pieces: bytes | Exception | Callable[[], Awaitable[None]]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
            elif isinstance(piece, Exception):
                raise piece
            else:
                await piece()


# What happens before the vendor sees anything


def down(reason: str = "Connection refused") -> Toxic:
    """Nobody listens, or the name leads nowhere."""
    return _raises(httpx.ConnectError(reason), forward=False)


def bad_certificate() -> Toxic:
    """The handshake fails."""
    error = httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED]")
    error.__cause__ = ssl.SSLCertVerificationError("certificate has expired")
    return _raises(error, forward=False)


# Whether the vendor saw it, the caller cannot tell


def timeout(*, taken: bool) -> Toxic:
    """No answer in time."""
    return _raises(httpx.ReadTimeout("timed out"), forward=taken)


def reset_peer(*, taken: bool) -> Toxic:
    """The connection is reset."""
    return _raises(httpx.ReadError("Connection reset by peer"), forward=taken)


def drop(*, taken: bool) -> Toxic:
    """The connection is closed without a word."""
    return _raises(httpx.RemoteProtocolError("Server disconnected"), forward=taken)


def says(
    status: int,
    content: bytes | JsonValue = b"",
    *,
    taken: bool,
    headers: Mapping[str, str] | None = None,
) -> Toxic:
    """Another answer than the vendor's."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        if taken:
            await (await forward(request)).aread()
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        sent = {"content-type": "application/json", **(headers or {})}
        return httpx.Response(status, content=body, headers=sent, request=request)

    return toxic


def mutated(change: Callable[[JsonValue], JsonValue]) -> Toxic:
    """The vendor's own answer, changed on the way."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = await forward(request)
        body = cast(JsonValue, json.loads(await answer.aread()))
        return httpx.Response(answer.status_code, json=change(body), request=request)

    return toxic


# Toxics of the connection


def latency(wait: Callable[[], Awaitable[None]]) -> Toxic:
    """A late answer."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = await forward(request)
        await wait()
        return answer

    return toxic


def slicer(size: int = 7) -> Toxic:
    """The whole body in small pieces."""
    return _rebodied(lambda body: [body[at : at + size] for at in range(0, len(body), size)])


def slow_close(wait: Callable[[], Awaitable[None]]) -> Toxic:
    """The whole body, and then nothing for a while."""
    return _rebodied(lambda body: [body, wait])


def limit_data(keep: float = 0.5, *, noticed: bool = True) -> Toxic:
    """The connection ends inside the body; unnoticed where only the end tells the length."""
    cut = httpx.RemoteProtocolError("peer closed connection without sending complete message body")
    return _rebodied(
        lambda body: [body[: int(len(body) * keep)], *([cut] if noticed else [])],
        without=() if noticed else ("content-length",),
    )


def with_headers(headers: Mapping[str, str]) -> Toxic:
    """The vendor's answer under headers that lie."""
    return _rebodied(lambda body: [body], headers=headers)


def clean() -> Toxic:
    """Nothing at all."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        return await forward(request)

    return toxic


def _raises(error: Exception, *, forward: bool) -> Toxic:
    async def toxic(request: httpx.Request, on: Forward) -> httpx.Response:
        if forward:
            await (await on(request)).aread()
        raise error

    return toxic


def _rebodied(
    pieces: Callable[[bytes], list[bytes | Exception | Callable[[], Awaitable[None]]]],
    *,
    headers: Mapping[str, str] | None = None,
    without: tuple[str, ...] = (),
) -> Toxic:
    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = await forward(request)
        body = await answer.aread()
        kept = {name: text for name, text in answer.headers.items() if name not in without}
        return httpx.Response(
            answer.status_code, headers={**kept, **(headers or {})}, stream=Body(*pieces(body))
        )

    return toxic


def headed(headers: dict[str, str], *, cut: float = 1.0, without: str = "") -> Toxic:
    """The file under other headers, perhaps without its end."""

    async def toxic(request: httpx.Request, forward: Forward) -> httpx.Response:
        answer = await forward(request)
        body = await answer.aread()
        kept = {name: text for name, text in answer.headers.items() if name != without}
        piece = body[: int(len(body) * cut)]
        return httpx.Response(200, headers={**kept, **headers}, stream=Body(piece))

    return toxic
