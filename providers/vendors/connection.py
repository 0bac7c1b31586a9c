"""Connection: a vendor with a key, or its sandbox; and the sandbox as a place in this process."""

import asyncio
import hashlib
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol
from urllib.parse import urlsplit

import httpx
from pydantic import SecretStr

from providers.errors import Refused, VendorError
from providers.pools import SANDBOX
from providers.settings import Credentials, Settings
from providers.vendors.accounts import LinkedAccount, account_mark
from providers.vendors.pace import Pace
from providers.vendors.transport.downloads import MOST_BYTES, Downloaded, Downloads
from providers.vendors.transport.network import Network
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import AccountChooser, KeyCheck, Provider, Vendor

if TYPE_CHECKING:
    from providers.vendors.sandbox.engine import Engine

Sleep = Callable[[float], Awaitable[None]]
KeySource = Literal["environment", "page", "none"]
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

    async def fetch(self, url: str, into: Path, *, most_bytes: int = MOST_BYTES) -> Downloaded:
        """Stream the file to `into`. Gone when the link is dead, VendorError otherwise."""
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class Sandbox(httpx.AsyncBaseTransport):
    """Every vendor's emulator in this process, and the way there: real requests without a network.

    The emulators are built at the first request, because opening a page needs none of them.
    """

    def __init__(
        self,
        vendors: Iterable[Vendor],
        folder: Path,
        *,
        speed: float,
        callback_secrets: Mapping[str, Sequence[SecretStr]] | None = None,
    ) -> None:
        self._vendors = tuple(vendors)
        self._folder = folder
        self._speed = speed
        self._callback_secrets = callback_secrets or {}
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
                self._engine.callback_secrets = {
                    name: secrets[0].get_secret_value()
                    for name, secrets in self._callback_secrets.items()
                }
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
    enabled: frozenset[str] = frozenset()
    """Rows that only some accounts have, and that the vendor lists for this one."""
    linked: tuple[LinkedAccount, ...] = ()
    """The accounts of the key, as the vendor told last."""
    unoffered: frozenset[str] = frozenset()
    """Rows of which the vendor said last, to whoever asked, that it does not have the model."""

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
        # A look buys nothing, wherever it leads.
        self.silence = f"{error.free} Nothing is lost. Jobs continue when it responds."
        self.names_vendor = self.names_vendor if self.refusal else error.names_vendor

    def accepted(self) -> None:
        """A create call was accepted."""
        self.refusal = self.silence = ""

    def offers(self, model: str) -> None:
        """A task with this row is the vendor's."""
        self.unoffered -= {model}

    def checked(self, told: KeyCheck) -> None:
        """Somebody asked what the vendor says about the key."""
        self.refusal, self.silence = "" if told.ok else told.sentence, ""
        self.names_vendor = told.names_vendor
        self.listed(told)

    def listed(self, told: KeyCheck) -> None:
        """The vendor told what the account has; a key that is refused tells nothing of it."""
        if told.ok:
            self.enabled, self.linked = frozenset(told.enabled), told.linked


@dataclass(slots=True)
class Calls:
    """Whether a vendor's calls find their way here. Written on the server's loop alone."""

    arrive: bool = False
    """One has come, and no task has ended since of which none told."""


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
    key: SecretStr | None = field(default=None, repr=False, compare=False)
    base_url_changed: bool = False
    health: Health = field(default_factory=Health, compare=False)
    called_at: str = ""
    """Where its vendor can call the studio; empty: nowhere."""
    calls: Calls = field(default_factory=Calls, compare=False)

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

    @property
    def withheld(self) -> tuple[str, ...]:
        """Rows that only some accounts have, as long as the vendor doesn't list them for this one."""
        if self.is_sandbox:
            return ()
        rows = (spec.id for spec in self.vendor.models if spec.by_account)
        return tuple(model for model in rows if model not in self.health.enabled)

    @property
    def unoffered(self) -> tuple[str, ...]:
        """Rows of which the vendor said last that it does not have the model."""
        return () if self.is_sandbox else tuple(sorted(self.health.unoffered))

    @property
    def accounts(self) -> tuple[LinkedAccount, ...]:
        """The accounts of the key, where there are several to choose from."""
        return self.health.linked if len(self.health.linked) > 1 else ()

    def files_of(self, account: str) -> str:
        """Where files are known that were handed to this account of the key; empty: the key is one."""
        return f"{self.account}/{account_mark(account)}" if account else self.account

    def refused(self, model: str, error: Refused) -> None:
        """A request with this row was refused."""
        self.health.refused(error)
        if error.no_such_model:
            self.health.unoffered |= {model}

    @property
    def has_offer(self) -> bool:
        """Whether something depends on what the vendor says of the account."""
        return not self.is_sandbox and (
            isinstance(self.provider, AccountChooser)
            or any(spec.by_account for spec in self.vendor.models)
        )

    async def ask_offer(self) -> bool:
        """Ask what the account has; whether the vendor answered. No answer changes nothing."""
        with suppress(VendorError):
            self.health.listed(await self.provider.check())
            return True
        return False

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
    pasted: SecretStr | None = None,
    sleep: Sleep = asyncio.sleep,
    now: Callable[[], float] = time.time,
) -> Connection:
    """The connection that settings and keys ask for: live with a key, else the sandbox.

    A key in the environment comes before a `pasted` one. Another address without a key is taken for an
    emulator that runs elsewhere.
    """
    own, address = credentials.key(vendor.key_variable), credentials.base_url(vendor.name)
    key = own or pasted
    if settings.sandbox or key is None:
        elsewhere = address if not settings.sandbox else None
        made = connect_sandbox(vendor, sandbox, elsewhere, sleep=sleep, now=now)
        return replace(made, called_at=_called_at(vendor, settings, is_elsewhere=True))
    base_url, network = address or vendor.base_url, Network.of(settings)
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
                network=network,
            )
        ),
        downloads=Downloads(friendly_hosts=_host(address), sleep=sleep, network=network),
        account=f"{vendor.name}:{_mark(key, base_url)}",
        key_source="environment" if own else "page",
        key=key,
        base_url_changed=address is not None,
        called_at=_called_at(vendor, settings, is_elsewhere=address is not None),
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


def callback_secrets(
    vendors: Iterable[Vendor], credentials: Credentials
) -> dict[str, list[SecretStr]]:
    """What the calls of vendors are signed with, by the vendor's name, where that is known here."""
    signing = {one.name: one.callbacks.secret_variable for one in vendors if one.callbacks}
    found = {name: credentials.secrets(variable) for name, variable in signing.items()}
    return {name: secrets for name, secrets in found.items() if secrets}


def _called_at(vendor: Vendor, settings: Settings, *, is_elsewhere: bool) -> str:
    """`is_elsewhere`: what answers is not the vendor itself, which calls by HTTPS alone."""
    is_known = vendor.callbacks is not None and (
        is_elsewhere or settings.public_url.startswith("https://")
    )
    return settings.public_url if is_known else ""


def _mark(key: SecretStr, address: str) -> str:
    """A short mark of a key at an address. It is written down beside jobs, so guessing the key is made slow."""
    place = str(httpx.URL(address)).rstrip("/")
    secret = key.get_secret_value().encode()
    return hashlib.pbkdf2_hmac("sha256", secret, place.encode(), MARK_ROUNDS, dklen=6).hex()


def _host(address: str | None) -> set[str]:
    host = urlsplit(address).hostname if address else None
    return {host} if host else set()
