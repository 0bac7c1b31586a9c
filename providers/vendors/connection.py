"""Connection: a vendor with a key, or its sandbox; and the sandbox as a place in this process."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from providers.errors import Refused, VendorError
from providers.pools import SANDBOX
from providers.settings import Credentials, Settings
from providers.vendors.transport.downloads import Downloaded, Downloads
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import KeyCheck, Pace, Provider, Vendor

if TYPE_CHECKING:
    from providers.vendors.sandbox.engine import Engine

Sleep = Callable[[float], Awaitable[None]]
KeySource = Literal["environment", "none"]
NO_CONNECTION = "There is no such connection. Reload the page."
SANDBOX_KEY = "user:0-sandbox"
SANDBOX_BEAT = 0.4
"""Seconds between two looks at a sandbox task, at speed 1."""
QUICKEST_BEAT = 0.02
SLOWEST = 60.0
MARK_ROUNDS = 20_000
"""A few milliseconds for each key."""


class Fetcher(Protocol):
    """What brings a finished file here."""

    async def fetch(self, url: str, into: Path) -> Downloaded:
        """Stream the file to `into`. Gone when the link is dead, VendorError otherwise."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class Sandbox(httpx.AsyncBaseTransport):
    """Every vendor's emulator in this process, and the way there: real requests without a network.

    The emulators are built at the first request, because opening a page needs none of them.
    """

    def __init__(self, vendors: Iterable[Vendor], folder: Path, *, speed: float) -> None:
        self._vendors = tuple(vendors)
        self._folder = folder
        self._speed = speed
        self._engine: Engine | None = None
        self._connection: asyncio.Task[httpx.ASGITransport] | None = None
        self._lock = threading.Lock()

    @property
    def speed(self) -> float:
        """How long tasks take: 1 is a few seconds, 0 is at once. At most 60."""
        return self._speed

    @speed.setter
    def speed(self, scale: float) -> None:
        self._speed = min(SLOWEST, max(0.0, scale))
        if self._engine is not None:
            self._engine.clock.scale = self._speed

    @property
    def engine(self) -> "Engine":
        """The state that all emulators share."""
        with self._lock:
            if self._engine is None:
                from providers.vendors.sandbox.engine import Clock, Engine

                self._engine = Engine(Clock(self._speed), self._folder)
            return self._engine

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Let the emulators answer."""
        if self._connection is None:
            # In a thread, since painting and video code take a moment to load; as one task, since
            # a second set of emulators would not know the first one's tasks.
            self._connection = asyncio.create_task(SANDBOX.run(self._build))
        try:
            connection = await asyncio.shield(self._connection)
        except OSError:
            # A disk that was full for a moment must not close the sandbox for good.
            self._connection = None
            raise
        return await connection.handle_async_request(request)

    def close(self) -> None:
        """Let go of the emulators' files."""
        if self._engine is not None:
            self._engine.close()

    def _build(self) -> httpx.ASGITransport:
        from providers.vendors.sandbox.app import sandbox_app

        return httpx.ASGITransport(app=sandbox_app(self._vendors, self.engine))


ABOUT_THE_ACCOUNT = frozenset({"key", "subscription", "credits", "session"})
"""Refusals that the next request would meet too, whatever it asked for."""


@dataclass(slots=True)
class Health:
    """How the vendor took what came through a connection last. Written on the server's loop alone."""

    refusal: str = ""
    """Why the account is refused: until a create call is accepted or a check of the key succeeds."""
    silence: str = ""
    """Why its answers do not help: until one does."""
    names_vendor: bool = False
    """Whether what was said last begins with the vendor's name."""

    @property
    def problem(self) -> str:
        """What stands in the way of the next result, and what to do; "" where nothing does."""
        return self.refusal or self.silence

    def refused(self, error: Refused) -> None:
        """A call was refused; it counts where that is about the account and not about the call."""
        if error.code in ABOUT_THE_ACCOUNT:
            self.refusal, self.names_vendor = str(error), error.names_vendor

    def silent(self, error: VendorError) -> None:
        """Looking gives no answer that helps."""
        self.silence = f"{error} Nothing is lost. Jobs continue when it responds."
        self.names_vendor = self.names_vendor if self.refusal else error.names_vendor

    def accepted(self) -> None:
        """A create call was accepted."""
        self.refusal = self.silence = ""

    def checked(self, told: KeyCheck) -> None:
        """Somebody asked what the vendor says about the key."""
        self.refusal, self.silence = "" if told.ok else told.sentence, ""
        self.names_vendor = told.names_vendor


@dataclass(frozen=True, slots=True)
class Connection:
    """A way to a vendor, with what is needed to follow its tasks and fetch its files."""

    vendor: Vendor
    provider: Provider
    downloads: Fetcher
    account: str
    """Whose uploads are seen through this connection; no key can be read from it."""
    sandbox: Sandbox | None = None
    """Set when no credits are spent."""
    key_source: KeySource = "none"
    base_url_changed: bool = False
    health: Health = field(default_factory=Health, compare=False)

    @property
    def is_sandbox(self) -> bool:
        """Whether this leads to test cards instead of paid results."""
        return self.sandbox is not None

    @property
    def pace(self) -> Pace:
        """How often to look; a sandbox is looked at as fast as its time runs."""
        pace = self.vendor.pace
        if self.sandbox is None:
            return pace
        beat = max(QUICKEST_BEAT, SANDBOX_BEAT * self.sandbox.speed)
        return replace(
            pace, image_every=beat, video_every=beat, busy_wait=5 * beat, look_again=beat,
            missing_grace=2, max_backoff=5 * beat,
        )  # fmt: skip

    async def check(self) -> KeyCheck:
        """What the vendor says about the key, asked by a person. VendorError."""
        told = await self.provider.check()
        self.health.checked(told)
        return told

    async def aclose(self) -> None:
        """Close everything that is open towards the vendor."""
        await self.provider.aclose()
        await self.downloads.aclose()


def connect(
    vendor: Vendor,
    settings: Settings,
    credentials: Credentials,
    sandbox: Sandbox,
    *,
    sleep: Sleep = asyncio.sleep,
    now: Callable[[], float] = time.time,
) -> Connection:
    """The connection that settings and keys ask for: live with a key, else the sandbox.

    Another address without a key is taken for an emulator that runs elsewhere.
    """
    key, address = credentials.key(vendor.key_variable), credentials.base_url(vendor.name)
    if settings.sandbox or key is None:
        return connect_sandbox(
            vendor, sandbox, address if not settings.sandbox else None, sleep=sleep, now=now
        )
    base_url = address or vendor.base_url
    return Connection(
        vendor=vendor,
        provider=vendor.provider(
            Wire(
                label=vendor.label,
                base_url=base_url,
                key=key,
                headers=vendor.headers,
                sleep=sleep,
                now=now,
            )
        ),
        downloads=Downloads(friendly_hosts=_host(address), sleep=sleep),
        account=f"{vendor.name}:{_mark(key, base_url)}",
        key_source="environment",
        base_url_changed=address is not None,
    )


def connect_sandbox(
    vendor: Vendor,
    sandbox: Sandbox,
    address: str | None = None,
    *,
    sleep: Sleep = asyncio.sleep,
    now: Callable[[], float] = time.time,
) -> Connection:
    """The vendor's emulator: in this process, or at another address."""
    path = urlsplit(vendor.base_url).path
    base_url = address or f"http://sandbox/{vendor.name}{path}"
    transport = None if address else sandbox
    wire = Wire(
        label=f"{vendor.label} (sandbox)",
        base_url=base_url,
        key=SecretStr(SANDBOX_KEY),
        headers=vendor.headers,
        transport=transport,
        sleep=sleep,
        now=now,
    )
    return Connection(
        vendor=vendor,
        provider=vendor.provider(wire),
        downloads=Downloads(transport, friendly_hosts=_host(address) or {"sandbox"}, sleep=sleep),
        account=f"{vendor.name}:sandbox",
        sandbox=sandbox,
        base_url_changed=address is not None,
    )


def _mark(key: SecretStr, address: str) -> str:
    """A short mark of a key at an address. It is written down beside jobs, so guessing the key is made slow."""
    place = str(httpx.URL(address)).rstrip("/")
    secret = key.get_secret_value().encode()
    return hashlib.pbkdf2_hmac("sha256", secret, place.encode(), MARK_ROUNDS, dklen=6).hex()


def _host(address: str | None) -> set[str]:
    host = urlsplit(address).hostname if address else None
    return {host} if host else set()
