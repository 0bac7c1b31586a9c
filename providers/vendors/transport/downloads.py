"""Fetching finished files: without any key, from public addresses only, whole or not at all."""

import asyncio
import hashlib
import ipaddress
import re
import shutil
import time
from collections.abc import Awaitable, Callable, Collection
from contextlib import aclosing
from pathlib import Path

import httpx

from providers.catalogue.rules import Frozen
from providers.errors import Busy, Gone, NotSent, Refused, StoreProblem, VendorError
from providers.pools import FILES
from providers.vendors.transport.answer import read_wait
from providers.vendors.transport.bulk import PIECE, Unsent
from providers.vendors.transport.exchange import Channel, plain
from providers.vendors.transport.names import resolve
from providers.vendors.transport.network import Network
from providers.vendors.transport.parts import PartFile

PAUSES = (0.5, 2.0, 5.0)
MOST_REDIRECTS = 5
MOST_BYTES = 4 << 30
SLOWEST = 10_000
"""Bytes a second that a server must keep up over every `WINDOW` seconds."""
WINDOW = 30.0
KEPT_FREE = 8 << 20
"""Bytes that a file may not take from the disk, so that the history can still be written."""
TRIED_ADDRESSES = 3
HEADERS = {"User-Agent": "multishot-studio", "Accept": "*/*", "Accept-Encoding": "identity"}
_RANGE = re.compile(r"bytes 0-(\d{1,18})/(\d{1,18}|\*)")
BROKEN = (httpx.HTTPError, httpx.StreamError, TimeoutError, OSError, ValueError)
"""What a file's way here ends with when it ends too early."""
# Addresses that carry an IPv4 address inside would smuggle a private one past the check.
_CARRIERS = [ipaddress.ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")]

Resolve = Callable[[str, int], Awaitable[list[str]]]


def free_beside(path: Path) -> int:
    """Free bytes on the disk where `path` is to lie."""
    return shutil.disk_usage(path.parent).free


class Downloaded(Frozen):
    """What was fetched; `media_type` is what the server claims, not what the bytes are."""

    bytes: int
    sha256: str
    media_type: str
    is_complete: bool
    """Whether its server told how long it is, and as many bytes came: then nothing is missing."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the open internet, and not to this machine or its network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        elif ip.teredo is not None or ip.is_site_local or any(ip in net for net in _CARRIERS):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


class Downloads:
    """Fetches artifacts. `friendly_hosts` (an emulator's) may lie inside this network.

    `first_byte` is in seconds; `clock` is monotonic seconds.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        friendly_hosts: Collection[str] = (),
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        resolve: Resolve = resolve,
        first_byte: float = 30.0,
        free: Callable[[Path], int] = free_beside,
        network: Network | None = None,
    ) -> None:
        self._friendly = frozenset(host.lower() for host in friendly_hosts)
        self._sleep = sleep
        self._clock = clock
        self._resolve = resolve
        self._first_byte = first_byte
        self._free = free
        # Connections are pooled by address: one that was opened for another host on the same
        # machine would be used without this host's certificate ever being looked at.
        limits = httpx.Limits(max_keepalive_connections=0)
        timeout = httpx.Timeout(first_byte, connect=15)
        self._network = network or Network()
        self._line = Channel(
            transport, timeout=timeout, limits=limits, piece=PIECE, network=self._network
        )

    async def fetch(self, url: str, into: Path, *, most_bytes: int = MOST_BYTES) -> Downloaded:
        """Stream a file to `into`. When this raises, a part is left there only if it can be resumed.

        The next call with the same file's link goes on from it, also after a kill; see `parts`.
        Gone: the link is dead, ask the vendor for a new one. Refused: it will never be fetched (an
        address inside this network, too large). NotSent, Busy, VendorError: later, perhaps.
        StoreProblem: the disk does not take it.
        """
        for pause in PAUSES:
            try:
                return await self._attempt(url, into, most_bytes)
            except (Refused, Gone):
                raise
            except VendorError as error:
                if isinstance(error, Busy) and (error.wait or 0) > max(PAUSES):
                    raise
            await self._sleep(pause)
        return await self._attempt(url, into, most_bytes)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._line.aclose()

    async def _attempt(self, url: str, into: Path, most_bytes: int) -> Downloaded:
        began = self._clock()
        part = PartFile(into, _source(url))
        await FILES.run(part.find)
        try:
            response = await self._open(url, part)
            try:
                await self._save(response, part, most_bytes, began)
                done = await FILES.run(part.finish)
            except BROKEN:
                raise _cut() from None
            finally:
                await response.aclose()
        except (Refused, StoreProblem):
            part.spoil()
            raise
        finally:
            await FILES.run(part.leave)
        return Downloaded(
            bytes=done[0],
            sha256=done[1],
            media_type=_media_type(response),
            is_complete=_tells_all(response),
        )

    async def _open(self, url: str, part: PartFile) -> httpx.Response:
        target = _address(url)
        for _ in range(MOST_REDIRECTS + 1):
            response = await self._ask(target, part)
            status = response.status_code
            if status in (200, 206):
                return response
            await response.aclose()
            if status == 416:
                # What is here is no part of what the server has now.
                part.spoil()
            if status not in (301, 302, 303, 307, 308):
                raise _answered(response)
            try:
                target = _address(str(target.join(response.headers["location"])))
            except (httpx.InvalidURL, KeyError, ValueError):
                raise VendorError("The file's link leads nowhere.") from None
        raise _unusable("The file's link redirects too many times.")

    async def _ask(self, url: httpx.URL, part: PartFile) -> httpx.Response:
        for request in await self._requests(url):
            if part.received:
                # Without the same ETag the server sends the whole file, and never a wrong half.
                request.headers["Range"] = f"bytes={part.received}-"
                request.headers["If-Range"] = part.etag
            try:
                async with asyncio.timeout(self._first_byte):
                    return await self._line.send(request)
            except Unsent:
                continue
            except BROKEN:
                raise _cut() from None
        raise NotSent(f"The file's server ({url.host}) can't be reached.")

    async def _requests(self, url: httpx.URL) -> list[httpx.Request]:
        if url.host.lower() in self._friendly:
            return [httpx.Request("GET", url, headers=HEADERS)]
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = await self._resolve(url.host, port)
        except (OSError, UnicodeError):
            addresses = []
        is_proxied = self._network.proxy_for(url) is not None
        if not addresses and not is_proxied:
            raise NotSent(f"The file's server ({url.host}) has no address.")
        if not all(is_public(address) for address in addresses):
            raise _refused_address()
        if is_proxied:
            # It looks the name up by itself: where it leads is its own to watch, too.
            return [httpx.Request("GET", url, headers=HEADERS)]
        # The checked address is the one that is called: a second lookup could answer differently.
        return [
            httpx.Request(
                "GET",
                url.copy_with(host=address),
                headers={**HEADERS, "Host": url.netloc.decode("ascii")},
                extensions={"sni_hostname": url.raw_host.decode("ascii")},
            )
            for address in addresses[:TRIED_ADDRESSES]
        ]

    async def _save(
        self, response: httpx.Response, part: PartFile, most_bytes: int, began: float
    ) -> None:
        length = await _place(response, part)
        if length is not None and part.received + length > most_bytes:
            raise _too_large(most_bytes)
        if length is not None:
            # In a thread: a disk that stands still does not answer that either.
            free = await FILES.run(self._free, part.path)
            if length + KEPT_FREE > free:
                raise _no_room(length, free)
        watch = _Watch(self._clock, began, length or 0)
        # One batch is written while the next one comes.
        writing = asyncio.ensure_future(asyncio.sleep(0))
        try:
            async with aclosing(plain(response, watch.saw)) as pieces:
                async for piece in pieces:
                    if part.received + len(piece) > most_bytes:
                        raise _too_large(most_bytes)
                    if part.take(piece):
                        await writing
                        writing = asyncio.ensure_future(FILES.run(part.flush))
            await writing
        finally:
            await asyncio.gather(writing, return_exceptions=True)
        if (length is not None and watch.seen != length) or part.is_short:
            raise ValueError("shorter than it said")
        if not part.received or part.is_page:
            part.spoil()
            raise ValueError("empty, or a web page")


class _Watch:
    """Gives up on a server that sends too slowly to be honest."""

    def __init__(self, clock: Callable[[], float], began: float, expected: int) -> None:
        self._clock = clock
        self._began = began
        self._expected = expected
        self._window = (began, 0)
        self.seen = 0

    def saw(self, count: int) -> None:
        """Note bytes. Raises TimeoutError past the deadline or below the minimum rate."""
        self.seen += count
        now = self._clock()
        if now - self._began > 60 + max(self._expected, self.seen) / 50_000:
            raise TimeoutError
        start, before = self._window
        if now - start >= WINDOW:
            if self.seen - before < SLOWEST * (now - start):
                raise TimeoutError
            self._window = (now, self.seen)


def _address(url: str) -> httpx.URL:
    try:
        found = httpx.URL(url)
        # Its name is made readable only when it is asked for, and may be none.
        _ = found.host
    except (httpx.InvalidURL, ValueError):
        raise _unusable("The file's link can't be read.") from None
    plain_port = found.port is None or 0 < found.port < 65536
    if found.scheme not in ("http", "https") or not found.host or found.userinfo or not plain_port:
        raise _unusable("The file's link is not a normal web address.")
    return found


def _answered(response: httpx.Response) -> VendorError:
    status = response.status_code
    if status in (401, 403, 404, 410):
        return Gone("The link to the file has expired.", status=status)
    wait = read_wait(response.headers.get("retry-after"), None, time.time())
    if status in (429, 503):
        return Busy("The file's server is busy.", status=status, wait=wait)
    return VendorError(f"The file's server returned error {status}.", status=status)


def _length(response: httpx.Response) -> int | None:
    told = response.headers.get("content-length", "")
    return int(told) if told.isdecimal() and len(told) < 20 else None


async def _place(response: httpx.Response, part: PartFile) -> int | None:
    """Make the part ready for the body that comes; how many bytes it will have, where it is told."""
    length = _length(response)
    headers = response.headers
    if response.status_code == 206 and part.received:
        fits = part.goes_on(headers.get("etag", ""), headers.get("content-range", ""))
        if not fits or "content-encoding" in headers:
            part.spoil()
            raise ValueError("another part than the one that was asked for")
        return length
    await FILES.run(part.restart)
    whole = length
    if response.status_code == 206:
        whole = _whole_of_range(headers.get("content-range", ""), length)
    if headers.get("content-encoding", "identity") != "identity":
        # What is told is of the packed bytes, which may even be more.
        part.begin(None, None)
    else:
        part.begin(headers.get("etag"), whole)
    return length


def _whole_of_range(told: str, length: int | None) -> int | None:
    """Bytes of the file of which an answer holds the beginning, though nobody asked for a part of it.

    None where that is not told. ValueError: it is another part.
    """
    found = _RANGE.fullmatch(told.strip().lower())
    if found is None or length not in (None, int(found[1]) + 1):
        raise ValueError("another part than the whole")
    return None if found[2] == "*" else int(found[2])


def _tells_all(response: httpx.Response) -> bool:
    """Whether an answer says how long the file is."""
    told = response.headers.get("content-range", "").strip()
    if response.status_code == 206:
        return not told.endswith("*")
    return _length(response) is not None


def _source(url: str) -> str:
    # The signature of a link changes when it is renewed; what it leads to does not.
    found = _address(url)
    return hashlib.sha256(f"{found.host}:{found.port}{found.path}".encode()).hexdigest()


def _media_type(response: httpx.Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower()[:100]


def _cut() -> VendorError:
    return VendorError("The file didn't arrive complete.")


def _too_large(most_bytes: int) -> Refused:
    message = f"The file is larger than {most_bytes / 1e9:.1f} GB."
    return Refused(message, code="too_large", says_what_to_do=False)


def _no_room(needed: int, free: int) -> StoreProblem:
    return StoreProblem(
        f"The file needs {needed / 1e6:.0f} MB, but only {free / 1e6:.0f} MB are free. Free "
        "some space."
    )


def _refused_address() -> Refused:
    return _unusable("The file's link leads to an address inside this network.")


def _unusable(message: str) -> Refused:
    return Refused(message, code="vendor", names_vendor=False, says_what_to_do=False)
