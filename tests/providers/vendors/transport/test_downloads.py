"""Fetching finished files: whole or not at all, without the key, never from inside this network."""

import asyncio
import gzip
import hashlib
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from providers.errors import Busy, Gone, NotSent, Refused, StoreProblem, VendorError
from providers.vendors.transport.downloads import is_public
from providers.vendors.transport.wire import Downloads
from tests.support.scripted import Reply, Serve, Sleeps, Vendor, http, request_of, says, server

pytestmark = pytest.mark.anyio

MP4 = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 20_000
PUBLIC = "93.184.216.34"


async def public(_host: str, _port: int) -> list[str]:
    return [PUBLIC]


def ticking(*steps: float) -> Callable[[], float]:
    """A clock that goes on by these steps, the last of them for ever."""

    def times() -> Iterator[float]:
        now = 0.0
        yield now
        for step in steps:
            now += step
            yield now
        while True:
            now += steps[-1] if steps else 0.0
            yield now

    clock = times()
    return lambda: next(clock)


async def fetch_from(
    serve: Serve, into: Path, *, most_bytes: int = 1 << 30, clock: Callable[[], float] | None = None
) -> tuple[VendorError | StoreProblem | None, list[float]]:
    """What fetching from a raw server ends with, and the pauses between the tries."""
    sleep = Sleeps()
    async with server(serve) as base:
        downloads = Downloads(
            friendly_hosts=["127.0.0.1"], sleep=sleep, clock=clock or ticking(0.001)
        )
        try:
            await downloads.fetch(f"{base}/clip.mp4", into, most_bytes=most_bytes)
        except (VendorError, StoreProblem) as error:
            assert not await asyncio.to_thread(into.exists)
            return error, sleep.taken
        finally:
            await downloads.aclose()
    return None, sleep.taken


async def test_a_file_arrives_whole_hashed_and_without_the_key(tmp_path: Path) -> None:
    heads: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await request_of(reader))[0])
        writer.write(http(MP4, "Content-Type: video/mp4; x=y"))
        await writer.drain()

    async with server(serve) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"])
        done = await downloads.fetch(f"{base}/clip.mp4?_jwt=s", tmp_path / "part")
        await downloads.aclose()
    assert (tmp_path / "part").read_bytes() == MP4
    assert done.bytes == len(MP4)
    assert done.sha256 == hashlib.sha256(MP4).hexdigest()
    assert done.media_type == "video/mp4"
    assert "authorization" not in heads[0].lower()
    assert "accept-encoding: identity" in heads[0].lower()


@pytest.mark.fault("F44")
async def test_a_cut_download_is_tried_again_from_the_start(tmp_path: Path) -> None:
    tries = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal tries
        tries += 1
        await request_of(reader)
        writer.write(http(MP4[:1000] if tries == 1 else MP4, length=len(MP4)))
        await writer.drain()

    error, pauses = await fetch_from(serve, tmp_path / "part")
    assert error is None
    assert pauses == [0.5]
    assert (tmp_path / "part").read_bytes() == MP4


@pytest.mark.fault("F42", "F43", "F44", "F51")
@pytest.mark.parametrize(
    "answer",
    [
        http(MP4[:99], length=1000),
        http(b""),
        http(b"<!DOCTYPE html><p>sorry", "Content-Type: video/mp4"),
        http(b"x", status="500 No"),
        http(b"x", status="206 Partial"),
        http(MP4, "Content-Encoding: br"),
        http(gzip.compress(MP4)[:-40], "Content-Encoding: gzip"),
        http(b"not gzip", "Content-Encoding: gzip"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"nonsense\r\n\r\n",
        b"",
    ],
    ids=lambda answer: repr(answer[:60]),
)
async def test_a_file_that_is_not_whole_leaves_nothing_behind(
    answer: bytes, tmp_path: Path
) -> None:
    error, pauses = await fetch_from(says(answer), tmp_path / "part")
    assert type(error) is VendorError
    assert pauses == [0.5, 2.0, 5.0]


@pytest.mark.fault("F41")
@pytest.mark.parametrize("status", [401, 403, 404, 410])
async def test_a_dead_link_is_gone_at_once(status: int, tmp_path: Path) -> None:
    error, pauses = await fetch_from(says(http(b"", status=f"{status} No")), tmp_path / "part")
    assert isinstance(error, Gone)
    assert not pauses


async def test_no_connection_is_used_for_a_second_file(tmp_path: Path) -> None:
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await request_of(reader)
        writer.write(http(MP4))
        # Left open: only the client ends it.
        await reader.read()

    async with server(serve) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"])
        for name in ("one", "two"):
            await downloads.fetch(f"{base}/{name}", tmp_path / name)
        await downloads.aclose()
    assert connections == 2


@pytest.mark.fault("F49")
async def test_a_packed_file_is_counted_unpacked(tmp_path: Path) -> None:
    packed = http(gzip.compress(MP4), "Content-Encoding: gzip")
    assert await fetch_from(says(packed), tmp_path / "part") == (None, [])
    assert (tmp_path / "part").read_bytes() == MP4
    error, pauses = await fetch_from(says(packed), tmp_path / "two", most_bytes=len(MP4) - 1)
    assert isinstance(error, Refused)
    assert (error.code, pauses) == ("too_large", [])


@pytest.mark.fault("F50")
async def test_a_file_that_is_too_large_is_refused_before_and_while_it_comes(
    tmp_path: Path,
) -> None:
    told = says(http(b"x", length=10 << 30))
    open_ended = says(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", MP4)
    for serve in (told, open_ended):
        error, _ = await fetch_from(serve, tmp_path / "part", most_bytes=1 << 20)
        assert isinstance(error, Refused)
        assert error.code == "too_large"


@pytest.mark.fault("F47")
async def test_a_server_that_drips_is_given_up(tmp_path: Path) -> None:
    parts = [http(MP4[:1], length=1000), *[bytes([number]) for number in range(100)]]

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0)

    error, _ = await fetch_from(drip, tmp_path / "part", clock=ticking(40.0))
    assert type(error) is VendorError


@pytest.mark.fault("F48")
@pytest.mark.parametrize("told", [b"", b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000])
async def test_headers_that_do_not_come_or_drip_are_given_up(tmp_path: Path, told: bytes) -> None:
    """A byte now and then keeps no connection open for ever."""

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        for letter in told:
            writer.write(bytes([letter]))
            await writer.drain()
            await asyncio.sleep(0.005)
        await reader.read()

    async with server(drip) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"], sleep=Sleeps(), first_byte=0.05)
        with pytest.raises(VendorError, match="complete"):
            await downloads.fetch(f"{base}/x", tmp_path / "part")
        await downloads.aclose()


async def test_a_disk_that_takes_nothing_is_a_problem_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "part").mkdir()
    async with server(says(http(MP4))) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"])
        with pytest.raises(StoreProblem, match="Free some"):
            await downloads.fetch(f"{base}/x", tmp_path / "part")
        await downloads.aclose()


@pytest.mark.fault("F106")
async def test_a_disk_that_stands_still_is_not_asked_for_its_room_on_the_loop(
    tmp_path: Path,
) -> None:
    asked = list[threading.Thread]()

    def free(_: Path) -> int:
        asked.append(threading.current_thread())
        return 1 << 40

    async with server(says(http(MP4))) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"], free=free)
        await downloads.fetch(f"{base}/x", tmp_path / "part")
        await downloads.aclose()
    assert [one is threading.main_thread() for one in asked] == [False]


@asynccontextmanager
async def fetcher(
    *replies: Reply, addresses: Callable[[str, int], Awaitable[list[str]]] = public
) -> AsyncGenerator[tuple[Downloads, Vendor]]:
    vendor = Vendor(list(replies))
    downloads = Downloads(httpx.MockTransport(vendor), sleep=Sleeps(), resolve=addresses)
    yield downloads, vendor
    await downloads.aclose()


async def test_the_address_that_was_checked_is_the_one_that_is_called(tmp_path: Path) -> None:
    async with fetcher(httpx.Response(200, content=b"ok")) as (downloads, vendor):
        await downloads.fetch("https://cdn.example:8443/a.png?_jwt=1", tmp_path / "part")
    (seen,) = vendor.seen
    assert str(seen.url) == f"https://{PUBLIC}:8443/a.png?_jwt=1"
    assert seen.headers["host"] == "cdn.example:8443"
    assert seen.extensions["sni_hostname"] == "cdn.example"


async def test_the_next_address_is_tried_where_the_first_is_dead(tmp_path: Path) -> None:
    async def two(_host: str, _port: int) -> list[str]:
        return ["2606:4700::1", PUBLIC]

    replies = (httpx.ConnectError("no IPv6"), httpx.Response(200, content=b"ok"))
    async with fetcher(*replies, addresses=two) as (downloads, vendor):
        await downloads.fetch("https://cdn.example/a.png", tmp_path / "part")
    assert [request.url.host for request in vendor.seen] == ["2606:4700::1", PUBLIC]


ADDRESSES_INSIDE = (
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "100.100.100.200", "198.18.0.1", "192.0.0.1", "192.0.2.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1",
    "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2001::1", "2001:db8::1", "100::1", "nonsense", "",
)  # fmt: skip


@pytest.mark.fault("F52")
@pytest.mark.parametrize("address", ADDRESSES_INSIDE)
async def test_an_address_inside_this_network_is_never_called(address: str, tmp_path: Path) -> None:
    assert not is_public(address)

    async def resolve(_host: str, _port: int) -> list[str]:
        return [PUBLIC, address]

    async with fetcher(httpx.Response(200, content=b"x"), addresses=resolve) as (downloads, vendor):
        with pytest.raises(Refused, match="inside this network"):
            await downloads.fetch("https://cdn.example/a.png", tmp_path / "part")
    assert not vendor.seen


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.fault("F52")
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "http://2130706433/x",
        "http://0177.0.0.1/x",
        "http://127.1/x",
        "http://[::1]/x",
        "http://localhost/x",
        "http://localhost./x",
        "http://[::ffff:7f00:1]/x",
    ],
)
async def test_every_spelling_of_this_machine_is_refused(url: str, tmp_path: Path) -> None:
    vendor = Vendor([httpx.Response(200, content=b"x")])
    downloads = Downloads(httpx.MockTransport(vendor), sleep=Sleeps())
    # NotSent: this machine's resolver does not know the spelling.
    with pytest.raises((Refused, NotSent)):
        await downloads.fetch(url, tmp_path / "part")
    await downloads.aclose()
    assert not vendor.seen


@pytest.mark.fault("F52")
@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://cdn.example/x",
        "//cdn.example/x",
        "/x",
        "",
        "https://user:pass@cdn.example/x",
        "https://",
        "javascript:alert(1)",
        "https://cdn.example:99999/x",
        "https://exa\0mple/",
        "https://xn--a/x",
    ],
)
async def test_a_link_that_is_no_plain_web_address_is_refused(url: str, tmp_path: Path) -> None:
    async with fetcher(httpx.Response(200, content=b"x")) as (downloads, vendor):
        with pytest.raises(Refused):
            await downloads.fetch(url, tmp_path / "part")
    assert not vendor.seen


@pytest.mark.fault("F52")
async def test_redirects_are_followed_by_hand_and_checked_each_time(tmp_path: Path) -> None:
    on = httpx.Response(302, headers={"Location": "/b?c=d"})
    async with fetcher(on, httpx.Response(200, content=b"ok")) as (downloads, vendor):
        await downloads.fetch("https://cdn.example/a", tmp_path / "part")
    assert [request.url.raw_path for request in vendor.seen] == [b"/a", b"/b?c=d"]

    async def resolve(host: str, _port: int) -> list[str]:
        return ["169.254.169.254"] if host == "metadata.example" else [PUBLIC]

    for location in ("http://metadata.example/", "file:///etc/passwd", "http://u:p@cdn.example/"):
        away = httpx.Response(307, headers={"Location": location})
        async with fetcher(away, addresses=resolve) as (downloads, vendor):
            with pytest.raises(Refused):
                await downloads.fetch("https://cdn.example/a", tmp_path / "part")
        assert len(vendor.seen) == 1


@pytest.mark.fault("F52")
async def test_redirects_end(tmp_path: Path) -> None:
    async with fetcher(httpx.Response(301, headers={"Location": "/again"})) as (downloads, vendor):
        with pytest.raises(Refused, match="too many times"):
            await downloads.fetch("https://cdn.example/a", tmp_path / "part")
    assert len(vendor.seen) == 6


async def test_a_host_without_an_address_may_be_tried_later(tmp_path: Path) -> None:
    async def nowhere(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    async with fetcher(httpx.Response(200), addresses=nowhere) as (downloads, _):
        with pytest.raises(NotSent, match=r"cdn\.example"):
            await downloads.fetch("https://cdn.example/a", tmp_path / "part")


async def test_a_busy_file_server_that_asks_for_patience_gets_it(tmp_path: Path) -> None:
    busy = httpx.Response(429, headers={"Retry-After": "120"})
    async with fetcher(busy) as (downloads, vendor):
        with pytest.raises(Busy) as caught:
            await downloads.fetch("https://cdn.example/a", tmp_path / "part")
    assert caught.value.wait == 120
    assert len(vendor.seen) == 1
