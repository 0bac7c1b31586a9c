"""The way to one vendor over HTTP: authenticated calls, and exactly what may be said about how they ended.

Safe calls are repeated a little. A create call is sent at most once, and whatever leaves it open
whether the vendor took the job is `Unclear`. Artifacts come another way: see `downloads.py`.
"""

import asyncio
import json
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
from pydantic import JsonValue, SecretStr

from providers.errors import Busy, Gone, NotSent, Refused, Unclear, VendorError
from providers.pools import SENDING
from providers.vendors.heard import listener
from providers.vendors.transport.answer import (
    Answer,
    json_or_none,
    names_a_task,
    read_wait,
    shown,
    without_secrets,
)
from providers.vendors.transport.bulk import Unsent
from providers.vendors.transport.downloads import Downloaded, Downloads
from providers.vendors.transport.endings import (
    ReadError,
    busy,
    denied,
    not_sent,
    not_stored,
    plain_error,
    unclear,
)
from providers.vendors.transport.exchange import (
    Channel,
    Content,
    Reply,
    Unanswered,
    exchange,
    opened,
    packed,
    size,
    stream,
)
from providers.vendors.transport.network import Network
from providers.vendors.transport.offset import Offset

__all__ = ["Answer", "Deadlines", "Downloaded", "Downloads", "ReadError", "Wire", "shown"]

USER_AGENT = "multishot-studio"
CREATE_CAP = 4 << 20
SAFE_CAP = 16 << 20
PAUSES = (0.5, 2.0)
LONGEST_RAW = 64_000
LONGEST_PAUSE = 5.0
"""A vendor that asks for more patience than this gets it from the runner, not from here."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds for a whole call, whatever its bytes do in between."""

    connect: float = 15.0
    safe: float = 30.0
    create: float = 120.0


class Wire:
    """An authenticated way to one vendor. The key goes to `base_url`'s host and to no other."""

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
        network: Network | None = None,
    ) -> None:
        self.label = label
        self.base_url = base_url.rstrip("/")
        self.read_error: ReadError = _no_reading
        self._key = key
        self._headers = {"User-Agent": USER_AGENT, **(headers or {})}
        self._sleep = sleep
        self._now = now
        self.offset = Offset(now)
        self._deadlines = deadlines or Deadlines()
        self._network = network or Network()
        shared = self._network.context() if transport is None else None
        self._safe = self._line(transport, shared, keep=8)
        # A connection kept alive may be half closed, and a reset on it would tell us nothing.
        self._creating = self._line(transport, shared, keep=0)

    async def get(
        self, path: str, params: Mapping[str, str | int] | None = None, *, private: bool = False
    ) -> JsonValue:
        """The JSON at a path, or at a whole address of the same host.

        `private` keeps even the vendor's error text out of messages: the body may hold passwords.
        """
        return await self._repeat(
            lambda: self._request("GET", path, params=params), private=private
        )

    async def look(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        *,
        body: JsonValue = None,
    ) -> JsonValue:
        """How a task is: GET, or POST where there is a body. Sent once, as often as the caller's pace
        allows: to repeat it here would be to ask faster than the vendor wants."""
        method, content, headers = "GET", None, None
        if body is not None:
            method, (content, headers) = "POST", packed(body)
        request = self._request(method, path, params=params, content=content, headers=headers)
        return await self._once(request, self._deadlines.safe)

    async def delete(self, path: str) -> JsonValue:
        """Delete; None where the answer has no body."""
        return await self._repeat(lambda: self._request("DELETE", path))

    async def upload(
        self,
        path: str,
        *,
        params: Mapping[str, str | int],
        content: Content,
        media_type: str,
    ) -> JsonValue:
        """POST a file's bytes as they are. Repeated on failure: a duplicate there does no harm."""
        length = await SENDING.run(size, content)

        def request() -> httpx.Request:
            return self._request(
                "POST",
                path,
                params=params,
                content=stream(content),
                headers={"Content-Type": media_type, "Content-Length": str(length)},
            )

        return await self._repeat(request, deadline=60 + length / 50_000)

    async def ask(self, path: str, body: JsonValue) -> JsonValue:
        """POST where asking twice does no harm: a question, a place for an upload, a report."""
        content, headers = packed(body)
        return await self._repeat(
            lambda: self._request("POST", path, content=content, headers=headers),
            deadline=self._deadlines.safe + len(content) / 50_000,
        )

    async def deposit(self, url: str, *, content: Content, media_type: str) -> None:
        """PUT a file at an address that the vendor signed for it, without the key.

        Repeated on failure. Refused: the address is not safe to send to.
        """
        length = await SENDING.run(size, content)
        target = self._signed(url)
        headers = {"Content-Type": media_type, "Content-Length": str(length)}

        def request() -> httpx.Request:
            return httpx.Request("PUT", target, content=stream(content), headers=headers)

        await self._repeat(request, deadline=60 + length / 50_000, signed=True)

    async def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        name: str,
        content: Content,
        media_type: str,
    ) -> None:
        """POST a form that the vendor signed, without the key; the file called `name` comes last.

        Sent once: such a form may hold for one file only. Raises VendorError where it did not get
        there, and a new form must then be asked for; Refused: the address is not safe to send to.
        """
        length = await SENDING.run(size, content)
        target = self._signed(url)
        with await SENDING.run(opened, content) as file:
            form = {"file": (name, file, media_type)}
            head = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
            request = httpx.Request("POST", target, data=dict(fields), files=form, headers=head)
            await self._once(request, 60 + length / 50_000, signed=True)

    async def create(
        self,
        path: str,
        body: Mapping[str, JsonValue] | Sequence[JsonValue],
        *,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, JsonValue]:
        """The create call: sent at most once, never redirected, never repeated.

        Raises NotSent where no byte of it left this machine, what `read_error` makes of a refusal,
        Busy for 429, and Unclear for everything else that is not a JSON object.
        """
        content, own = packed(dict(body) if isinstance(body, Mapping) else list(body))
        request = self._request("POST", path, content=content, headers={**own, **(headers or {})})
        listener().clear()
        try:
            reply = await exchange(self._creating, request, CREATE_CAP, self._deadlines.create)
        except Unsent as error:
            raise not_sent(self.label, self.base_url, error) from None
        except Unanswered:
            raise unclear(self.label, "its response was lost") from None
        self._hear(reply)
        body_read = json_or_none(reply.content)
        answer = self._answer(reply, body_read)
        if 200 <= reply.status < 300:
            if isinstance(body_read, dict):
                if (error := denied(self.label, answer, self.read_error)) is not None:
                    raise error
                return body_read
            raise unclear(
                self.label, "its response couldn't be read", reply.status, self._raw(reply)
            )
        # Below 400 nobody refuses: who sends us elsewhere may have taken it all the same, and so may who
        # names a task and no error.
        is_no = answer.status >= 400 and not names_a_task(body_read)
        refusal = self.read_error(answer) if is_no else None
        if refusal is None and is_no and answer.status == 429:
            refusal = busy(self.label, answer)
        what = f"it returned error {reply.status}"
        raise refusal or unclear(self.label, what, reply.status, answer.text)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._safe.aclose()
        await self._creating.aclose()

    def _line(
        self, transport: httpx.AsyncBaseTransport | None, context: ssl.SSLContext | None, keep: int
    ) -> Channel:
        whole, connect = self._deadlines.create, self._deadlines.connect
        return Channel(
            transport,
            timeout=httpx.Timeout(whole, connect=connect, pool=connect),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=keep),
            context=context,
            network=self._network,
            own=urlsplit(self.base_url).hostname or "",
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
                f"The key for {self.label} is empty or contains invalid characters. Copy the "
                "whole key again, and nothing else.",
                code="key",
                names_vendor=False,
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
            raise NotSent(f"The address for {self.label} is invalid. Fix the base URL.") from None
        origin, aim = ((one.scheme, one.userinfo, one.netloc) for one in (own, url))
        if origin != aim:
            raise NotSent(
                f"A response points away from {self.label}, so the key was not sent there.",
                names_vendor=False,
            )
        return url

    def _signed(self, url: str) -> httpx.URL:
        try:
            own, target = httpx.URL(self.base_url), httpx.URL(url)
            # Its name is made readable only when it is asked for, and may be none.
            _ = target.host
        except (httpx.InvalidURL, ValueError):
            target = own = httpx.URL("")
        safe = target.scheme == "https" or _place(target) == _place(own)
        if not target.host or not safe or target.userinfo:
            message = f"{self.label} gave an unsafe address for a file, so it was not sent there."
            raise Refused(message, code="vendor", says_what_to_do=False)
        return target

    async def _repeat(
        self,
        request: Callable[[], httpx.Request],
        *,
        deadline: float | None = None,
        private: bool = False,
        signed: bool = False,
    ) -> JsonValue:
        seconds = deadline or self._deadlines.safe
        for pause in PAUSES:
            try:
                return await self._once(request(), seconds, private=private, signed=signed)
            except (Refused, Gone, Unclear):
                raise
            except VendorError as error:
                wait = error.wait if isinstance(error, Busy) else None
                if wait is not None and wait > LONGEST_PAUSE:
                    raise
            await self._sleep(max(pause, wait or 0.0))
        return await self._once(request(), seconds, private=private, signed=signed)

    async def _once(
        self, request: httpx.Request, seconds: float, *, private: bool = False, signed: bool = False
    ) -> JsonValue:
        listener().clear()
        try:
            reply = await exchange(self._safe, request, SAFE_CAP, seconds)
        except Unsent as error:
            raise not_sent(self.label, self.base_url, error) from None
        except Unanswered:
            raise VendorError(
                f"{self.label}'s response broke off. The studio will ask again."
            ) from None
        if signed:
            refusal = not_stored(self.label, reply)
            if refusal is not None:
                raise refusal
            return None
        self._hear(reply, is_private=private)
        body = json_or_none(reply.content)
        if 200 <= reply.status < 300:
            if body is None and reply.content.strip() not in (b"", b"null"):
                raise VendorError(
                    f"{self.label}'s response can't be read. The studio will ask again.",
                    status=reply.status,
                )
            return body
        answer = self._answer(reply, None if private else body, quiet=private)
        raise self.read_error(answer) or plain_error(self.label, answer)

    def _hear(self, reply: Reply, *, is_private: bool = False) -> None:
        self.offset.hear(reply.status, reply.headers)
        if not is_private:
            listener().put(reply.status, reply.content, self._now(), self._key.get_secret_value())

    def _answer(self, reply: Reply, body: JsonValue, *, quiet: bool = False) -> Answer:
        text = "" if quiet else reply.content[:8000].decode("utf-8", "replace")
        plain = without_secrets(body)
        if text and plain != body:
            text = json.dumps(plain, ensure_ascii=False)
        return Answer(
            status=reply.status,
            body=body,
            text=shown(text, secret=self._key.get_secret_value()),
            wait=read_wait(reply.headers.get("retry-after"), body, self._now()),
        )

    def _raw(self, reply: Reply) -> str:
        # What nobody here understands is kept for whoever has to find out what became of the job.
        text = reply.content[: 2 * LONGEST_RAW].decode("utf-8", "replace")
        return shown(text, secret=self._key.get_secret_value(), longest=LONGEST_RAW)


def _place(url: httpx.URL) -> tuple[str, bytes]:
    return url.scheme, url.netloc


def _no_reading(_answer: Answer) -> VendorError | None:
    return None
