"""Calls through a real proxy: nobody repeats a create call, and what was surely not sent is known."""

from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from app import kept_secret
from providers.errors import NotSent, Refused, Unclear
from providers.settings import Credentials, Settings
from providers.vendors.transport.downloads import Downloads
from providers.vendors.transport.network import Network
from providers.vendors.transport.wire import Wire
from tests.support.proxies import NAME, Far, Gate

pytestmark = pytest.mark.anyio


@pytest.fixture
async def far(tmp_path: Path) -> AsyncIterator[Far]:
    """The vendor, which only a proxy finds."""
    async with Far(tmp_path).serving() as vendor:
        yield vendor


def way(far: Far, proxy: str, **said: object) -> Network:
    """What settings make of a proxy and the vendor's authority."""
    settings = Settings.model_validate({"proxy": proxy, "ca_file": far.certificates, **said})
    return Network.of(settings)


def wire(network: Network) -> Wire:
    """The way to the vendor."""
    key = SecretStr("a-key")
    return Wire(label="Vendor", base_url=f"https://{NAME}", key=key, network=network)


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
async def test_a_create_call_goes_through_the_proxy_once(far: Far, scheme: str) -> None:
    async with Gate(far).serving() as gate:
        line = wire(way(far, f"{scheme}://127.0.0.1:{gate.port}"))
        assert await line.create("/tasks", {"prompt": "a fox"}) == {"id": "task-1"}
        assert len(far.requests) == 1
        assert len(gate.asked) == 1
        assert NAME.encode() in gate.asked[0]
        assert b"a-key" not in gate.asked[0]
        await line.aclose()


async def test_a_proxy_that_dies_after_it_passed_the_request_on_leaves_it_open(far: Far) -> None:
    async with Gate(far, dies=True).serving() as gate:
        line = wire(way(far, f"http://127.0.0.1:{gate.port}"))
        with pytest.raises(Unclear):
            await line.create("/tasks", {"prompt": "a fox"})
        assert len(far.requests) == 1
        await line.aclose()


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (b"403 Forbidden", "doesn't let the studio reach Vendor"),
        (b"502 Bad Gateway", "doesn't let the studio reach Vendor"),
        (b"504 Gateway Timeout", "doesn't let the studio reach Vendor"),
        (b"407 Proxy Authentication Required", "name and password"),
    ],
)
async def test_what_a_proxy_refuses_was_surely_not_sent(
    far: Far, refusal: bytes, sentence: str
) -> None:
    async with Gate(far, refusal=refusal).serving() as gate:
        line = wire(way(far, f"http://127.0.0.1:{gate.port}"))
        with pytest.raises(NotSent, match=sentence):
            await line.create("/tasks", {"prompt": "a fox"})
        assert (len(gate.asked), far.requests) == (1, [])
        await line.aclose()


async def test_a_name_and_a_password_reach_the_proxy_alone(
    far: Far, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    secret = "s3cret:canary"
    auth = b64encode(f"me:{secret}".encode())
    async with Gate(far, auth=auth).serving() as gate:
        address = f"http://me:s3cret%3Acanary@127.0.0.1:{gate.port}"
        settings = Settings.model_validate({"proxy": address, "ca_file": far.certificates})
        line = wire(Network.of(settings))
        assert await line.create("/tasks", {}) == {"id": "task-1"}
        assert auth not in far.requests[0]
        assert "canary" not in repr(settings) + repr(Network.of(settings)) + caplog.text
        kept = [one.get_secret_value() for one in kept_secret(settings, Credentials({}))]
        assert secret in kept
        await line.aclose()
        wrong = wire(way(far, f"http://me:canary-2@127.0.0.1:{gate.port}"))
        with pytest.raises(NotSent) as caught:
            await wrong.create("/tasks", {})
        assert "canary" not in str(caught.value)
        await wrong.aclose()


async def test_a_certificate_that_nobody_trusts_sends_nothing(far: Far) -> None:
    async with Gate(far).serving() as gate:
        line = wire(way(far, f"http://127.0.0.1:{gate.port}", ca_file=None))
        with pytest.raises(NotSent, match="secure connection"):
            await line.create("/tasks", {"prompt": "a fox"})
        assert far.requests == []
        await line.aclose()


async def test_other_programs_name_for_certificates_is_heard(
    far: Far, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(far.certificates))
    async with Gate(far).serving() as gate:
        line = wire(way(far, f"http://127.0.0.1:{gate.port}", ca_file=None))
        assert await line.create("/tasks", {}) == {"id": "task-1"}
        await line.aclose()


def test_the_environment_is_asked_only_where_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "inside.test")
    said = Network.of(Settings(data_dir=tmp_path, proxy="environment"))
    told = said.proxy_for(httpx.URL("https://vendor.test/"))
    assert told is not None
    assert told.url == "http://proxy.test:3128"
    for url in ("https://inside.test/", "https://127.0.0.1/", "https://localhost/"):
        assert said.proxy_for(httpx.URL(url)) is None
    unsaid = Network.of(Settings(data_dir=tmp_path))
    assert unsaid.proxy_for(httpx.URL("https://vendor.test/")) is None


@pytest.mark.parametrize(
    "address", ["proxy:3128", "ftp://proxy", "http://:1", "socks4://x", "http://a:b:c"]
)
def test_what_is_no_proxy_is_refused_without_being_told(address: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(proxy=address)
    assert "must be an address such as" in str(caught.value)
    assert address not in str(caught.value)


def test_certificates_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    (tmp_path / "not.pem").write_text("nothing")
    for path in (tmp_path / "not.pem", tmp_path / "gone.pem"):
        with pytest.raises(ValidationError, match="a file of certificates"):
            Settings(ca_file=path)


async def test_a_download_into_this_network_is_refused_before_the_proxy_is_asked(
    far: Far, tmp_path: Path
) -> None:
    async def inside(_host: str, _port: int) -> list[str]:
        return ["10.0.0.1"]

    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError

    async with Gate(far).serving() as gate:
        network = way(far, f"http://127.0.0.1:{gate.port}")
        refused = Downloads(network=network, resolve=inside)
        with pytest.raises(Refused, match="inside this network"):
            await refused.fetch(f"https://{NAME}/a.png", tmp_path / "a")
        assert gate.asked == []
        # A machine that looks no names up leaves it to the proxy.
        asked = Downloads(network=network, resolve=nowhere)
        await asked.fetch(f"https://{NAME}/a.png", tmp_path / "b")
        assert len(gate.asked) == 1
        await refused.aclose()
        await asked.aclose()
