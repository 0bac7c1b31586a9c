"""The road to one vendor: authenticated calls, and exactly what may be said about how they ended.

Safe calls are repeated a little. A create call is sent at most once, and whatever leaves it open
whether the vendor took the job is `Unclear`. Artifacts come another way: see `downloads.py`.
"""

import asyncio
import json
import logging
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import JsonValue, SecretStr

from providers.errors import Busy, Gone, NotSent, Refused, StoreProblem, Unclear, VendorError
from providers.vendors.answer import Answer, json_or_none, read_wait, shown
from providers.vendors.downloads import Downloaded, Downloads, plain

__all__ = ["Answer", "Deadlines", "Downloaded", "Downloads", "ReadError", "Wire"]

# At INFO these two write whole addresses, and an artifact's address is as good as the artifact.
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)

CREATE_CAP = 4 << 20
SAFE_CAP = 16 << 20
PAUSES = (0.5, 2.0)
LONGEST_PAUSE = 5.0
"""A vendor that asks for more patience than this gets it from the runner, not from here."""

NEVER_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol,
    httpx.LocalProtocolError, httpx.InvalidURL,
)  # fmt: skip
# ValueError: an answer that cannot be unpacked, or is larger than anything a vendor would say.
LOST = (httpx.HTTPError, httpx.StreamError, OSError, TimeoutError, ValueError)

ReadError = Callable[[Answer], VendorError | None]
"""How one vendor's refusals are read. None leaves the answer to the wire's own, cautious reading."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds for a whole call, whatever its bytes do in between."""

    connect: float = 15.0
    safe: float = 30.0
    create: float = 120.0


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    headers: httpx.Headers
    content: bytes


class Wire:
    """An authenticated road to one vendor. The key goes to `base_url`'s host and to no other."""

    def __init__(
        self,
        *,
        label: str,
        base_url: str,
        key: SecretStr,
        headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
        deadlines: Deadlines | None = None,
    ) -> None:
        self.label = label
        self.base_url = base_url.rstrip("/")
        self.read_error: ReadError = _no_reading
        self._key = key
        self._headers = {"User-Agent": "multishot-studio", **(headers or {})}
        self._sleep = sleep
        self._now = now
        self._deadlines = deadlines or Deadlines()
        shared = httpx.create_ssl_context(trust_env=False) if transport is None else False
        self._safe = self._client(transport, shared, keep=8)
        # A connection kept alive may be half closed, and a reset on it would tell us nothing.
        self._creating = self._client(transport, shared, keep=0)

    async def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, private: bool = False
    ) -> JsonValue:
        """The JSON at a path, or at a whole address of the same host.

        `private` keeps even the vendor's error text out of messages: the body may hold passwords.
        """
        return await self._repeat(
            lambda: self._request("GET", path, params=params), private=private
        )

    async def delete(self, path: str) -> JsonValue:
        """Delete; None where the answer has no body."""
        return await self._repeat(lambda: self._request("DELETE", path))

    async def upload(
        self,
        path: str,
        *,
        params: Mapping[str, str | int],
        content: bytes | Path,
        media_type: str,
    ) -> JsonValue:
        """POST a file's bytes as they are. Repeated on failure: a duplicate there does no harm."""
        length = await asyncio.to_thread(_size, content)

        def request() -> httpx.Request:
            return self._request(
                "POST",
                path,
                params=params,
                content=_read(content) if isinstance(content, Path) else content,
                headers={"Content-Type": media_type, "Content-Length": str(length)},
            )

        return await self._repeat(request, deadline=60 + length / 50_000)

    async def ask(self, path: str, body: JsonValue) -> JsonValue:
        """POST a question: a call that changes nothing, or nothing that matters, and may be repeated."""
        content, headers = _packed(body)
        deadline = self._deadlines.safe + len(content) / 50_000
        return await self._repeat(
            lambda: self._request("POST", path, content=content, headers=headers),
            deadline=deadline,
        )

    async def deposit(
        self, url: str, *, content: bytes | Path, media_type: str, method: str = "PUT"
    ) -> None:
        """Send a file's bytes to an address that the vendor signed for it, without the key.

        Repeated on failure. Refused: the address is not safe to send to.
        """
        length = await asyncio.to_thread(_size, content)
        target = self._strange(url)

        def request() -> httpx.Request:
            headers = {"Content-Type": media_type, "Content-Length": str(length)}
            body = _read(content) if isinstance(content, Path) else content
            return httpx.Request(method, target, content=body, headers=headers)

        await self._repeat(request, deadline=60 + length / 50_000, strange=True)

    async def create(
        self,
        path: str,
        body: Mapping[str, JsonValue] | Sequence[JsonValue],
        *,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, JsonValue]:
        """The create call: sent at most once, never redirected, never repeated.

        Raises NotSent where nothing left this machine, what `read_error` makes of a refusal, Busy
        for 429, and Unclear for everything else that is not a JSON object.
        """
        content, own = _packed(dict(body) if isinstance(body, Mapping) else list(body))
        request = self._request("POST", path, content=content, headers={**own, **(headers or {})})
        try:
            async with asyncio.timeout(self._deadlines.create):
                reply = await _exchange(self._creating, request, CREATE_CAP)
        except NEVER_SENT as error:
            raise self._not_sent(error) from None
        except LOST:
            raise self._unclear("its answer was lost") from None
        body_read = json_or_none(reply.content)
        if 200 <= reply.status < 300:
            if isinstance(body_read, dict):
                return body_read
            raise self._unclear("its answer could not be read", reply.status)
        answer = self._answer(reply, body_read)
        refusal = self.read_error(answer)
        if refusal is None and answer.status == 429:
            refusal = self._busy(answer)
        raise refusal or self._unclear(f"it answered {reply.status}", reply.status, answer.text)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._safe.aclose()
        await self._creating.aclose()

    def _client(
        self, transport: httpx.AsyncBaseTransport | None, verify: ssl.SSLContext | bool, keep: int
    ) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=transport,
            verify=verify,
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(
                self._deadlines.create,
                connect=self._deadlines.connect,
                pool=self._deadlines.connect,
            ),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=keep),
        )

    def _request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        content: bytes | AsyncIterator[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Request:
        key = self._key.get_secret_value()
        if not (key.isascii() and key.isprintable()) or not key or " " in key:
            # Let through, it would fail inside httpx with the key in the error's text.
            raise Refused(
                f"The key for {self.label} is empty or holds characters that no key has. "
                "Copy it again, whole and alone.",
                code="key",
            )
        sent = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Authorization": f"Bearer {key}",
            **self._headers,
            **(headers or {}),
        }
        url = self._url(path)
        return httpx.Request(method, url, params=params or None, content=content, headers=sent)

    def _url(self, path: str) -> httpx.URL:
        whole = path.lower().startswith(("http://", "https://"))
        try:
            own, url = httpx.URL(self.base_url), httpx.URL(path if whole else self.base_url + path)
        except httpx.InvalidURL:
            raise NotSent(
                f"The address for {self.label} cannot be used. Correct the base URL."
            ) from None
        origin, aim = ((one.scheme, one.userinfo, one.netloc) for one in (own, url))
        if origin != aim:
            raise NotSent(f"An answer points away from {self.label}; the key was not sent there.")
        return url

    def _strange(self, url: str) -> httpx.URL:
        try:
            own, target = httpx.URL(self.base_url), httpx.URL(url)
        except httpx.InvalidURL:
            target = own = httpx.URL("")
        safe = target.scheme == "https" or (target.scheme, target.netloc) == (
            own.scheme,
            own.netloc,
        )
        if not target.host or not safe or target.userinfo:
            message = f"{self.label} names an unsafe address for a file; it was not sent there."
            raise Refused(message, code="vendor")
        return target

    async def _repeat(
        self,
        request: Callable[[], httpx.Request],
        *,
        deadline: float | None = None,
        private: bool = False,
        strange: bool = False,
    ) -> JsonValue:
        for pause in PAUSES:
            try:
                return await self._once(
                    request(), deadline or self._deadlines.safe, private, strange
                )
            except (Refused, Gone, Unclear):
                raise
            except VendorError as error:
                wait = error.wait if isinstance(error, Busy) else None
                if wait is not None and wait > LONGEST_PAUSE:
                    raise
            await self._sleep(max(pause, wait or 0.0))
        return await self._once(request(), deadline or self._deadlines.safe, private, strange)

    async def _once(
        self, request: httpx.Request, deadline: float, private: bool, strange: bool
    ) -> JsonValue:
        try:
            async with asyncio.timeout(deadline):
                reply = await _exchange(self._safe, request, SAFE_CAP)
        except NEVER_SENT as error:
            raise self._not_sent(error) from None
        except LOST:
            raise VendorError(
                f"{self.label} did not answer to the end. It will be asked again."
            ) from None
        body = json_or_none(reply.content)
        if 200 <= reply.status < 300:
            if not strange and body is None and reply.content.strip() not in (b"", b"null"):
                raise VendorError(
                    f"{self.label} gave an answer that cannot be read. It will be asked again.",
                    status=reply.status,
                )
            return body
        if strange:
            message = f"The store of {self.label} did not take a file. It is handed over again."
            raise VendorError(message, status=reply.status)
        answer = self._answer(reply, None if private else body, quiet=private)
        raise self.read_error(answer) or self._plain_error(answer)

    def _answer(self, reply: _Reply, body: JsonValue, *, quiet: bool = False) -> Answer:
        text = "" if quiet else reply.content[:8000].decode("utf-8", "replace")
        return Answer(
            status=reply.status,
            body=body,
            text=shown(text, secret=self._key.get_secret_value()),
            wait=read_wait(reply.headers.get("retry-after"), body, self._now()),
        )

    def _plain_error(self, answer: Answer) -> VendorError:
        if answer.status == 401:
            message = f"{self.label} does not accept the key. Check it in the environment."
            return Refused(message, code="key", status=401, vendor_text=answer.text)
        if answer.status in (404, 410):
            message = f"{self.label} does not know this any more."
            return Gone(message, status=answer.status, vendor_text=answer.text)
        if answer.status == 429 or (answer.status == 503 and answer.wait is not None):
            return self._busy(answer)
        return VendorError(
            f"{self.label} answered {answer.status}. It will be asked again.",
            status=answer.status,
            vendor_text=answer.text,
        )

    def _busy(self, answer: Answer) -> Busy:
        return Busy(
            f"{self.label} is busy. The job waits for its turn.",
            status=answer.status,
            vendor_text=answer.text,
            wait=answer.wait,
        )

    def _not_sent(self, error: Exception) -> NotSent:
        if _is_handshake(error):
            host = httpx.URL(self.base_url).host
            return NotSent(
                f"No safe connection to {host} came about, so nothing was sent. "
                "Check the clock and the network of this machine."
            )
        return NotSent(
            f"{self.label} cannot be reached, so nothing was sent. Check the network connection."
        )

    def _unclear(self, what: str, status: int | None = None, text: str = "") -> Unclear:
        return Unclear(
            f"{self.label} may have taken the job: {what}. "
            "Look there before you send it again, or it may be charged twice.",
            status=status,
            vendor_text=text,
        )


async def _exchange(client: httpx.AsyncClient, request: httpx.Request, cap: int) -> _Reply:
    response = await client.send(request, stream=True)
    try:
        content = bytearray()
        async with aclosing(plain(response)) as pieces:
            async for piece in pieces:
                content += piece
                if len(content) > cap:
                    raise ValueError("too long an answer")
    finally:
        await response.aclose()
    return _Reply(response.status_code, response.headers, bytes(content))


def _packed(body: JsonValue) -> tuple[bytes, dict[str, str]]:
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return content, {"Content-Type": "application/json"}


def _is_handshake(error: BaseException) -> bool:
    cause = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLError) or (cause is not None and _is_handshake(cause))


def _size(content: bytes | Path) -> int:
    try:
        return content.stat().st_size if isinstance(content, Path) else len(content)
    except OSError:
        raise StoreProblem("A stored reference cannot be read. Add the file again.") from None


async def _read(path: Path) -> AsyncIterator[bytes]:
    with await asyncio.to_thread(path.open, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, 1 << 18):
            yield chunk


def _no_reading(_answer: Answer) -> VendorError | None:
    return None
