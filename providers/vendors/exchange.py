"""One request and its whole answer over httpx, and the bytes that go into either."""

import asyncio
import json
import logging
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import httpx
from pydantic import JsonValue

from providers.errors import StoreProblem
from providers.vendors.downloads import plain

# At INFO these two write whole addresses, and an artifact's address is as good as the artifact.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

NEVER_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol,
    httpx.LocalProtocolError, httpx.InvalidURL,
)  # fmt: skip
"""Whatever is raised before the first byte of a request has left."""
# ValueError: an answer that cannot be unpacked, or is larger than anything a vendor would say.
LOST = (httpx.HTTPError, httpx.StreamError, OSError, TimeoutError, ValueError)
"""Whatever leaves open what became of a request."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with all of its bytes."""

    status: int
    headers: httpx.Headers
    content: bytes


def client(
    transport: httpx.AsyncBaseTransport | None,
    verify: ssl.SSLContext | bool,
    *,
    whole: float,
    connect: float,
    keep: int,
) -> httpx.AsyncClient:
    """A client that follows no redirect and asks no environment; `keep` connections stay open.

    `whole` and `connect` are seconds.
    """
    return httpx.AsyncClient(
        transport=transport,
        verify=verify,
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(whole, connect=connect, pool=connect),
        limits=httpx.Limits(max_connections=64, max_keepalive_connections=keep),
    )


async def exchange(over: httpx.AsyncClient, request: httpx.Request, cap: int) -> Reply:
    """Send a request and read its answer to the end. ValueError beyond `cap` bytes."""
    response = await over.send(request, stream=True)
    try:
        content = bytearray()
        async with aclosing(plain(response)) as pieces:
            async for piece in pieces:
                content += piece
                if len(content) > cap:
                    raise ValueError("too long an answer")
    finally:
        await response.aclose()
    return Reply(response.status_code, response.headers, bytes(content))


def packed(body: JsonValue) -> tuple[bytes, dict[str, str]]:
    """A JSON body as bytes, and the header that says so."""
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return content, {"Content-Type": "application/json"}


def size(content: bytes | Path) -> int:
    """How many bytes are to be sent. StoreProblem: the file cannot be read."""
    try:
        return content.stat().st_size if isinstance(content, Path) else len(content)
    except OSError:
        raise StoreProblem("A stored reference cannot be read. Add the file again.") from None


def stream(content: bytes | Path) -> bytes | AsyncIterator[bytes]:
    """The bytes as a request takes them; a file is read while it is sent."""
    return _read(content) if isinstance(content, Path) else content


def opened(content: bytes | Path) -> BinaryIO:
    """The bytes as a form takes them. StoreProblem: the file cannot be read."""
    try:
        return content.open("rb") if isinstance(content, Path) else BytesIO(content)
    except OSError:
        raise StoreProblem("A stored reference cannot be read. Add the file again.") from None


async def _read(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, 1 << 18):
            yield chunk


def is_handshake(error: BaseException) -> bool:
    """Whether a safe connection could not be agreed on."""
    cause = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLError) or (cause is not None and is_handshake(cause))
