"""A vendor's key: where it goes, and the many places where it must not be seen."""

import asyncio
import logging
from pathlib import Path

import httpx
import pytest

from providers.errors import NotSent, Refused, VendorError
from providers.vendors.transport.wire import Downloads
from tests.support.scripted import KEY, http, loopback, request_of, says, server, wired

pytestmark = pytest.mark.anyio


async def test_the_key_goes_to_its_own_host_alone() -> None:
    async with wired(httpx.Response(200, json={})) as (wire, vendor):
        assert await wire.get("https://api.example.com/v2/account") == {}
        for other in (
            "https://evil.example/v2/account",
            "http://api.example.com/v2/account",
            "https://api.example.com:8443/v2/account",
            "https://api.example.com@evil.example/",
            "HTTPS://evil.example/",
        ):
            with pytest.raises(NotSent, match="key was not sent"):
                await wire.get(other)
    assert [str(request.url) for request in vendor.seen] == ["https://api.example.com/v2/account"]


async def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[str] = []

    async def trap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caught.append((await request_of(reader))[0])
        writer.write(http(b"{}"))

    async with server(trap) as proxy, server(says(http(b'{"direct": true}'))) as base:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        wire = loopback(base)
        assert await wire.create("/create", {}) == {"direct": True}
        await wire.aclose()
    assert not caught


@pytest.mark.parametrize("key", ["", "a b", "line\nbreak", "schlüssel", "nul\0", "tab\t"])
async def test_a_key_that_no_header_can_carry_is_refused_without_being_told(key: str) -> None:
    async with wired(httpx.Response(200, json={}), key=key) as (wire, vendor):
        with pytest.raises(Refused, match="Copy the whole key again") as caught:
            await wire.create("/create", {})
    assert caught.value.code == "key"
    assert not key or key not in str(caught.value)
    assert not vendor.seen


@pytest.mark.fault("F92")
async def test_nothing_that_is_raised_or_logged_holds_key_or_signature(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    text = f"bad key {KEY} for acct@example.com at https://x.example/f?_jwt=abc\x1b[31m\u202e"
    async with wired(httpx.Response(500, content=text.encode())) as (wire, _):
        for call in (wire.create("/create", {}), wire.get("/tasks/")):
            with pytest.raises(VendorError) as caught:
                await call
            told = f"{caught.value!r} {caught.value} {caught.value.vendor_text} {wire!r}"
            assert "bad key [key] for a…t@e….com at https://x.example/f?…" in told
            for secret in (KEY, "acct", "_jwt", "\x1b", "\u202e"):
                assert secret not in told
    async with server(says(http(b"x"))) as base:
        downloads = Downloads(friendly_hosts=["127.0.0.1"])
        await downloads.fetch(f"{base}/f.png?_jwt=signed", tmp_path / "f")
        await downloads.aclose()
    assert "signed" not in caplog.text
    assert KEY not in caplog.text
