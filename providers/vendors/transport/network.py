"""How calls leave this machine: through which proxy, and whose certificates are believed."""

import ipaddress
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import getproxies_environment, proxy_bypass

import httpx
from pydantic import SecretStr

from providers.settings import FROM_ENVIRONMENT, Settings


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy's address without a name and password, which are a secret."""

    url: str
    auth: tuple[bytes, bytes] | None = field(default=None, repr=False)

    @classmethod
    def read(cls, address: str) -> "Proxy":
        """From an address that the settings have looked at."""
        told = httpx.Proxy(address)
        name, password = told.auth or ("", "")
        auth = (name.encode(), password.encode()) if told.auth else None
        return cls(str(told.url).replace("socks5h://", "socks5://"), auth)

    @property
    def is_socks(self) -> bool:
        """Whether it speaks SOCKS5; it looks names up itself."""
        return self.url.startswith("socks5://")

    @property
    def is_secure(self) -> bool:
        """Whether the way to it is encrypted."""
        return self.url.startswith("https://")


@dataclass(frozen=True, slots=True)
class Network:
    """The way out. What lies on this machine is reached without a proxy."""

    proxies: dict[str, Proxy] = field(default_factory=dict[str, Proxy])
    """By scheme of what is called; `all` stands for the rest."""
    no_proxy: dict[str, str] = field(default_factory=dict[str, str])
    certificates: tuple[Path, ...] = ()
    """Files of authorities that are believed beside the usual ones."""

    @classmethod
    def of(cls, settings: Settings) -> "Network":
        """What is set."""
        named = (settings.ca_file, settings.ssl_cert_file)
        certificates = tuple(path for path in named if path is not None)
        if settings.proxy != FROM_ENVIRONMENT:
            proxies = {"all": Proxy.read(settings.proxy)} if settings.proxy else {}
            return cls(proxies, certificates=certificates)
        found = getproxies_environment()
        no_proxy = {"no": found.pop("no", "")}
        proxies = {scheme: Proxy.read(address) for scheme, address in found.items()}
        return cls(proxies, no_proxy, certificates)

    def proxy_for(self, url: httpx.URL) -> Proxy | None:
        """Through which proxy an address is called; None: through none."""
        if not self.proxies or is_here(url.host):
            return None
        if self.no_proxy.get("no") and proxy_bypass(url.host, self.no_proxy):
            return None
        return self.proxies.get(url.scheme) or self.proxies.get("all")

    def secrets(self) -> list[SecretStr]:
        """What stands in the proxies' addresses and is nobody's to know."""
        pairs = (proxy.auth for proxy in self.proxies.values() if proxy.auth is not None)
        return [SecretStr(password.decode()) for _, password in pairs if password]

    def context(self) -> ssl.SSLContext:
        """What decides whether a server is who it says it is."""
        context = httpx.create_ssl_context(trust_env=False)
        for path in self.certificates:
            context.load_verify_locations(path)
        return context


def is_here(host: str) -> bool:
    """Whether a host is this machine by its name or address alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def proxy_refusal(error: BaseException) -> str | None:
    """Why a proxy let nothing through, for people; None where it was no proxy. What it says is not repeated."""
    cause = error.__cause__
    if not isinstance(error, httpx.ProxyError):
        return proxy_refusal(cause) if cause is not None else None
    if str(error).startswith("407") or "uthentication" in str(error):
        return (
            "The proxy doesn't accept the studio's name and password, so nothing was sent to {label}. "
            "Check STUDIO_PROXY."
        )
    return (
        "The proxy doesn't let the studio reach {label}, so nothing was sent. Check STUDIO_PROXY."
    )
