"""The wire to a vendor: what every way of ending a call means, and where the key never goes."""

import asyncio
import gzip
import json
import ssl
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from providers.errors import Busy, Gone, NotSent, Refused, StoreProblem, Unclear, VendorError
from providers.library.outgoing import Outgoing
from providers.vendors.transport.answer import Answer
from providers.vendors.transport.wire import CREATE_CAP, Deadlines
from tests.support.scripted import (
    KEY,
    Reply,
    Serve,
    Sleeps,
    http,
    loopback,
    request_of,
    says,
    server,
    wired,
)

pytestmark = pytest.mark.anyio


async def create_against(serve: Serve, deadlines: Deadlines | None = None) -> VendorError:
    async with server(serve) as base_url:
        wire = loopback(base_url, deadlines)
        with pytest.raises(VendorError) as caught:
            await wire.create("/create", {"a": 1})
        await wire.aclose()
    return caught.value


# --- create: what an ending means ---

NEVER_LEFT = (
    httpx.ConnectError("refused"),
    httpx.ConnectError("[Errno -2] Name or service not known"),
    httpx.ConnectTimeout("slow"),
)
LOST = (
    httpx.PoolTimeout("full"),
    httpx.UnsupportedProtocol("ftp"),
    httpx.LocalProtocolError("ours"),
    httpx.InvalidURL("theirs"),
    RuntimeError("anything"),
    KeyError("anything"),
    httpx.ReadTimeout("silent"),
    httpx.WriteTimeout("stuck"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.CloseError("close"),
    httpx.RemoteProtocolError("theirs"),
    httpx.DecodingError("packed"),
    ConnectionResetError("reset"),
)


@pytest.mark.parametrize("error", NEVER_LEFT, ids=repr)
async def test_a_create_that_found_no_connection_was_not_sent(error: Exception) -> None:
    async with wired(error) as (wire, vendor):
        with pytest.raises(NotSent, match="nothing was sent"):
            await wire.create("/create", {})
    assert len(vendor.seen) == 1


@pytest.mark.parametrize("error", LOST, ids=repr)
async def test_a_create_whose_answer_is_lost_is_unclear_and_not_repeated(error: Exception) -> None:
    async with wired(error) as (wire, vendor):
        with pytest.raises(Unclear, match="charged twice"):
            await wire.create("/create", {})
    assert len(vendor.seen) == 1


@pytest.mark.parametrize(
    "status", [301, 302, 303, 307, 308, 408, 409, 425, 499, 500, 502, 503, 504]
)
async def test_a_create_with_an_ambiguous_status_is_unclear_and_not_repeated(status: int) -> None:
    reply = httpx.Response(
        status, json={"error": "x"}, headers={"Location": "https://api.example.com/v1/other"}
    )
    async with wired(reply) as (wire, vendor):
        with pytest.raises(Unclear) as caught:
            await wire.create("/create", {})
    assert caught.value.status == status
    assert len(vendor.seen) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html>ok</html>",
        b'{"taskId": "user:1-',
        b'["taskId"]',
        b'"taskId"',
        b"null",
        b"7",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"a": "' + b"x" * CREATE_CAP + b'"}',
    ],
    ids=lambda content: repr(content[:12]),
)
async def test_a_create_answered_with_something_else_than_an_object_is_unclear(
    content: bytes,
) -> None:
    reply = httpx.Response(200, content=content, headers={"Content-Type": "application/json"})
    async with wired(reply) as (wire, _):
        with pytest.raises(Unclear):
            await wire.create("/create", {})


async def test_a_create_that_is_answered_gives_its_object_even_with_half_an_emoji() -> None:
    reply = httpx.Response(201, content=b'\xef\xbb\xbf{"id": "t1", "name": "cut \\ud83d"}')
    async with wired(reply) as (wire, _):
        assert await wire.create("/create", {}) == {"id": "t1", "name": "cut ?"}


async def test_a_create_says_429_as_busy_and_takes_the_vendors_reading_of_the_rest() -> None:
    def read(answer: Answer) -> VendorError | None:
        return (
            Refused("No.", code="invalid", status=answer.status) if answer.status == 400 else None
        )

    busy = httpx.Response(429, content=b"slow down", headers={"Retry-After": "30"})
    async with wired(busy, httpx.Response(400, json={"error": "x"})) as (wire, _):
        wire.read_error = read
        with pytest.raises(Busy) as caught:
            await wire.create("/create", {})
        assert caught.value.wait == 30
        with pytest.raises(Refused, match="No"):
            await wire.create("/create", {})


async def test_a_create_carries_key_json_and_plain_encoding_to_the_base_url() -> None:
    async with wired(httpx.Response(200, json={})) as (wire, vendor):
        await wire.create("/create", {"text": "é\u202e😀"})
    (seen,) = vendor.seen
    assert str(seen.url) == "https://api.example.com/v1/create"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert seen.headers["accept-encoding"] == "identity"
    assert seen.headers["content-type"] == "application/json"
    assert json.loads(seen.content) == {"text": "é\u202e😀"}


async def test_a_reset_after_the_request_is_unclear() -> None:
    assert isinstance(await create_against(says(reset=True)), Unclear)


async def test_a_body_shorter_than_promised_is_unclear() -> None:
    assert isinstance(await create_against(says(http(b'{"taskId": "t"}', length=99))), Unclear)


async def test_a_chunked_body_that_stops_is_unclear() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert isinstance(await create_against(says(head, b'f\r\n{"taskId": "t"}\r\n')), Unclear)


async def test_a_body_that_ends_with_the_connection_is_judged_by_its_json() -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"
    assert isinstance(await create_against(says(head, b'{"taskId": "t", "x": [')), Unclear)


async def test_an_answer_that_never_comes_is_unclear_at_the_deadline() -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        await reader.read()

    assert isinstance(await create_against(silent, Deadlines(create=0.1)), Unclear)


async def test_an_answer_that_drips_for_ever_is_unclear_at_the_deadline() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        hung_up = asyncio.ensure_future(reader.read())
        while not (await asyncio.wait([hung_up], timeout=0.01))[0]:
            writer.write(b" ")
            await writer.drain()

    assert isinstance(await create_against(drip, Deadlines(create=0.1)), Unclear)


async def test_a_packed_answer_that_swells_is_unclear() -> None:
    bomb = gzip.compress(b" " * (CREATE_CAP + 10))
    assert len(bomb) < 10_000
    error = await create_against(says(http(bomb, "Content-Encoding: gzip")))
    assert isinstance(error, Unclear)


async def test_a_packed_answer_is_unpacked_though_nobody_asked_for_it() -> None:
    async with server(says(http(gzip.compress(b'{"id": 1}'), "Content-Encoding: gzip"))) as base:
        wire = loopback(base)
        assert await wire.create("/create", {}) == {"id": 1}
        await wire.aclose()


async def test_every_create_takes_a_new_connection() -> None:
    connections = 0

    async def twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        while not reader.at_eof():
            await request_of(reader)
            writer.write(http(b"{}"))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError):
            await twice(reader, writer)

    async with server(serve) as base:
        wire = loopback(base)
        await wire.create("/create", {})
        await wire.create("/create", {})
        assert connections == 2
        await wire.get("/one")
        await wire.get("/two")
        assert connections == 3
        await wire.aclose()


async def test_a_closed_port_and_an_unsafe_server_are_not_sent() -> None:
    async with server(says(b"")) as base:
        pass
    wire = loopback(base)
    with pytest.raises(NotSent):
        await wire.create("/create", {})
    await wire.aclose()

    async def no_tls(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"this is not TLS")
        await writer.drain()

    async with server(no_tls) as base:
        wire = loopback(base.replace("http:", "https:"))
        with pytest.raises(NotSent, match=r"127\.0\.0\.1"):
            await wire.create("/create", {})
        await wire.aclose()


async def test_a_failed_handshake_names_the_host() -> None:
    error = httpx.ConnectError("handshake")
    error.__cause__ = ssl.SSLError(1, "wrong version")
    async with wired(error) as (wire, _):
        with pytest.raises(NotSent, match=r"api\.example\.com"):
            await wire.create("/create", {})


# --- safe calls ---


@pytest.mark.parametrize(
    "first",
    [
        httpx.ConnectError("x"),
        httpx.ReadTimeout("x"),
        httpx.Response(500),
        httpx.Response(502, content=b"error code: 502"),
        httpx.Response(429, json={}),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(408),
    ],
    ids=repr,
)
async def test_safe_calls_are_repeated(first: Reply) -> None:
    sleep = Sleeps()
    async with wired(first, httpx.Response(200, json=[1]), sleep=sleep) as (wire, vendor):
        assert await wire.get("/tasks/") == [1]
    assert len(vendor.seen) == 2
    assert sleep.taken == [0.5]


@pytest.mark.parametrize("status", [401, 404, 410])
async def test_a_definite_no_is_not_repeated(status: int) -> None:
    async with wired(httpx.Response(status, json={})) as (wire, vendor):
        with pytest.raises(Refused if status == 401 else Gone):
            await wire.get("/tasks/")
    assert len(vendor.seen) == 1


async def test_safe_calls_give_up_after_three_tries() -> None:
    sleep = Sleeps()
    async with wired(httpx.Response(503, content=b"later"), sleep=sleep) as (wire, vendor):
        with pytest.raises(VendorError) as caught:
            await wire.get("/tasks/")
    assert (caught.value.status, caught.value.vendor_text) == (503, "later")
    assert len(vendor.seen) == 3
    assert sleep.taken == [0.5, 2.0]


async def test_a_short_wait_is_kept_and_a_long_one_is_left_to_the_caller() -> None:
    sleep = Sleeps()
    short = httpx.Response(429, headers={"Retry-After": "3"})
    long = httpx.Response(503, headers={"Retry-After": "31536000"})
    async with wired(short, long, sleep=sleep) as (wire, vendor):
        with pytest.raises(Busy) as caught:
            await wire.get("/tasks/")
    assert caught.value.wait == 900
    assert sleep.taken == [3.0]
    assert len(vendor.seen) == 2


async def test_redirects_are_not_followed() -> None:
    moved = httpx.Response(302, headers={"Location": "https://evil.example/"})
    async with wired(moved) as (wire, vendor):
        with pytest.raises(VendorError):
            await wire.get("/tasks/")
    assert {request.url.host for request in vendor.seen} == {"api.example.com"}


async def test_deleting_may_be_answered_with_nothing() -> None:
    async with wired(httpx.Response(204)) as (wire, vendor):
        assert await wire.delete("/tasks/user:1-a@b.c-task:1") is None
    assert vendor.seen[0].url.raw_path == b"/v1/tasks/user:1-a@b.c-task:1"


async def test_an_upload_streams_the_file_with_its_length_and_is_repeated_whole(
    tmp_path: Path,
) -> None:
    bodies: list[tuple[str, bytes]] = []
    path = tmp_path / "film.mp4"
    path.write_bytes(bytes(range(256)) * 3000)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        bodies.append(await request_of(reader))
        writer.write(http(b'{"assetId": "a"}', status="200 OK" if len(bodies) > 1 else "502 Bad"))
        await writer.drain()

    async with server(serve) as base:
        wire = loopback(base)
        params: dict[str, str | int] = {"name": "film.mp4", "email": "a+b@example.com"}
        answer = await wire.upload(
            "/assets/", params=params, content=Outgoing(path, None), media_type="video/mp4"
        )
        await wire.aclose()
    assert answer == {"assetId": "a"}
    for head, body in bodies:
        assert head.startswith("POST /assets/?name=film.mp4&email=a%2Bb%40example.com HTTP/1.1")
        assert "content-type: video/mp4" in head.lower()
        assert "transfer-encoding" not in head.lower()
        assert body == path.read_bytes()


async def test_an_upload_of_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    async with wired(httpx.Response(200, json={})) as (wire, vendor):
        with pytest.raises(StoreProblem):
            await wire.upload(
                "/", params={}, content=Outgoing(tmp_path / "no", None), media_type="image/png"
            )
    assert not vendor.seen
