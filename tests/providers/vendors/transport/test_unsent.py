"""What may be called not sent: only that of which the sockets know that no byte was written."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from providers.catalogue.requests import ArtifactId, Request
from providers.errors import NotSent, Unclear, VendorError
from providers.vendors.transport.wire import Deadlines
from providers.vendors.vendor import Ticket
from tests.support.fake_vendor import FakeVendor, press, running, until
from tests.support.scripted import http, loopback, request_of, says, server
from tests.support.unclear import ERRORS

pytestmark = pytest.mark.anyio


async def refusal_of(base_url: str, headers: Mapping[str, str] | None = None) -> VendorError:
    wire = loopback(base_url, Deadlines(connect=1.0, create=2.0))
    with pytest.raises(VendorError) as caught:
        await wire.create("/create", {"a": 1}, headers=headers)
    await wire.aclose()
    return caught.value


async def test_nobody_listens() -> None:
    async with server(says(b"")) as base:
        pass
    assert isinstance(await refusal_of(base), NotSent)


async def test_an_address_of_another_protocol_is_not_called() -> None:
    assert isinstance(await refusal_of("ftp://127.0.0.1"), NotSent)


async def test_a_header_that_cannot_be_written_is_found_before_the_first_byte() -> None:
    arrived: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        arrived.append(await reader.read())

    async with server(serve) as base:
        assert isinstance(await refusal_of(base, {"X-Mark": "a\nb"}), NotSent)
    assert b"".join(arrived) == b""


async def test_whoever_finds_no_free_connection_has_sent_nothing() -> None:
    arrived = 0
    full, released = asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal arrived
        await request_of(reader)
        arrived += 1
        if arrived == 64:
            full.set()
        await released.wait()
        writer.write(http(b"{}"))

    async with server(serve) as base:
        wire = loopback(base, Deadlines(connect=1.0, create=60.0))
        calls = [asyncio.create_task(wire.create("/create", {})) for _ in range(64)]
        await full.wait()
        with pytest.raises(NotSent):
            await wire.create("/create", {})
        released.set()
        assert await asyncio.gather(*calls) == [{}] * 64
        await wire.aclose()
    assert arrived == 64


async def test_a_connection_that_ends_while_the_request_goes_out_is_unclear() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with server(serve) as base:
        assert isinstance(await refusal_of(base), Unclear)


class Breaking(FakeVendor):
    """Takes every create call, and then its adapter breaks."""

    error: BaseException = RuntimeError()

    async def submit(
        self, request: Request, uploads: Mapping[ArtifactId, str], token: str
    ) -> Ticket:
        await super().submit(request, uploads, token)
        raise self.error


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one).__name__)
async def test_an_adapter_that_breaks_leaves_open_whether_the_job_was_taken(
    tmp_path: Path, error: BaseException
) -> None:
    fake = Breaking()
    fake.error = error
    async with running(tmp_path, fake) as studio:
        job = await until(studio, press(studio), "done", "unsure", "failed", "rejected")
        assert (job.state, fake.created()) == ("done", 1)
