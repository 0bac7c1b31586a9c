"""Nothing private leaves: what reaches a vendor holds no place, maker or number, whatever was handed in."""

import base64
import re
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from pydantic import SecretStr

from providers.library.media_types import kind_of, sniff_file
from providers.vendors.all import VENDORS
from providers.vendors.sandbox.app import sandbox_app
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Media, Vendor
from tests.support.phones import PHOTOS, SECRETS, clip
from tests.support.scripted import Sleeps

pytestmark = pytest.mark.anyio
NAMES = [vendor.name for vendor in VENDORS]
FILMED = ("useapi", "runway")
"""Vendors that take videos."""


class Opened(httpx.ASGITransport):
    """The transport to the emulator, with every body that went through."""

    def __init__(self, vendor: Vendor, engine: Engine) -> None:
        super().__init__(app=sandbox_app([vendor], engine))
        self.bodies: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Look, and let pass."""
        body = await request.aread()
        self.bodies += [body, *unpacked(body)]
        return await super().handle_async_request(request)


def unpacked(body: bytes) -> list[bytes]:
    """Files that are written out in a text."""
    return [*map(base64.b64decode, re.findall(rb"base64,([A-Za-z0-9+/=]+)", body))]


async def uploaded(name: str, folder: Path, content: bytes) -> list[bytes]:
    """All that reaches this vendor when a file is handed over."""
    path = folder / "in"
    path.write_bytes(content)
    media_type = sniff_file(path) or ""
    vendor = next(one for one in VENDORS if one.name == name)
    engine = Engine(Clock(0, lambda: 1_790_000_000.0), folder)
    transport = Opened(vendor, engine)
    root = f"http://sandbox/{vendor.name}{urlsplit(vendor.base_url).path}"
    wire = Wire(
        label=vendor.label, base_url=root, key=SecretStr("user:0-sandbox"), headers=vendor.headers,
        transport=transport, sleep=Sleeps(),
    )  # fmt: skip
    provider = vendor.provider(wire)
    media = Media("a", path, "a" * 64, media_type, kind_of(media_type), len(content))
    # What is small goes within the request, by what stands for it.
    transport.bodies += unpacked((await provider.upload(media)).encode())
    await provider.aclose()
    engine.close()
    assert sum(map(len, transport.bodies)) > 50
    return transport.bodies


@pytest.mark.parametrize("form", PHOTOS)
@pytest.mark.parametrize("name", NAMES)
async def test_no_photo_tells_a_vendor_where_and_by_what_it_was_taken(
    tmp_path: Path, name: str, form: str
) -> None:
    content = PHOTOS[form]()
    assert any(secret in content for secret in SECRETS)
    for body in await uploaded(name, tmp_path, content):
        assert not [secret for secret in SECRETS if secret in body]


@pytest.mark.parametrize("form", ["mp4", "mov"])
@pytest.mark.parametrize("name", FILMED)
async def test_no_video_tells_a_vendor_where_and_by_what_it_was_filmed(
    tmp_path: Path, name: str, form: str
) -> None:
    content = clip(tmp_path, form)
    assert all(secret in content for secret in SECRETS)
    for body in await uploaded(name, tmp_path, content):
        assert not [secret for secret in SECRETS if secret in body]
