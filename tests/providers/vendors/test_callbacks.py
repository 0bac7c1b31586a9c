"""What create calls carry for a vendor to call back, and how the emulators call."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import httpx
import pytest
from pydantic import JsonValue

from providers.vendors.all import VENDORS
from providers.vendors.runflow.callbacks import is_signed
from providers.vendors.sandbox.calls import loopback
from providers.vendors.sandbox.engine import Clock, Engine
from providers.vendors.vendor import CallbackTaker, Succeeded, Vendor
from tests.support.calling import becomes
from tests.support.meeting import Meeting, Unpainted, meeting, request_of
from tests.support.runflow_adapter import call
from tests.support.scripted import http, server
from tests.support.scripted import request_of as read_request

pytestmark = pytest.mark.anyio

KEY = "user:0-sandbox"
TOKEN = "0123456789abcdef" * 2
ADDRESS = "https://studio.example.org/callbacks/0066/call-AbCdEfGhIjKlMnOpQrStUv"
FIELDS = {"useapi": "replyUrl", "runware": "webhookURL", "runflow": "callback_url"}
"""As the vendors' pages call it; Runway's has no such thing."""
CALLING = [vendor for vendor in VENDORS if vendor.name in FIELDS]
ROWS = {
    "useapi": "useapi:image/gen4",
    "runware": "runware:image/google:4@1",
    "runflow": "runflow:image/google/nano-banana-pro",
}
OPTIONS: dict[str, dict[str, JsonValue]] = {
    "useapi": {"ratio": "16:9", "seed": 5},
    "runware": {"ratio": "1:1", "count": 2},
    "runflow": {"ratio": "1:1", "seed": 5},
}


def test_only_vendors_whose_pages_tell_of_calls_are_asked_for_them() -> None:
    assert {vendor.name for vendor in VENDORS if vendor.callbacks is not None} == set(FIELDS)


async def sent(met: Meeting, vendor: Vendor, callback: str) -> dict[str, JsonValue]:
    """What the emulator has accepted of one create call."""
    provider, row = met.provider, ROWS[vendor.name]
    request = request_of(vendor, row, {"prompt": "A lighthouse", **OPTIONS[vendor.name]})
    assert isinstance(provider, CallbackTaker)
    if callback:
        await provider.submit_with_callback(request, {}, TOKEN, callback)
    else:
        await provider.submit(request, {}, TOKEN)
    body = met.engine.book[-1].body
    assert isinstance(body, dict)
    return dict(body)


@pytest.mark.parametrize("vendor", CALLING, ids=lambda vendor: vendor.name)
async def test_the_address_is_one_more_field_and_nothing_else_changes(
    vendor: Vendor, tmp_path: Path
) -> None:
    bodies: list[dict[str, JsonValue]] = []
    for number, callback in enumerate(("", ADDRESS)):
        async with meeting(vendor, Unpainted(Clock(0), tmp_path / str(number))) as met:
            bodies.append(await sent(met, vendor, callback))
    plain, called = bodies
    assert called.pop(FIELDS[vendor.name]) == ADDRESS
    assert called == plain
    assert FIELDS[vendor.name] not in plain


@dataclass
class Listener:
    """Whoever is called: it keeps what came, and answers as it is told, else with 204."""

    url: str = ""
    answers: list[str] = field(default_factory=list[str])
    heads: list[str] = field(default_factory=list[str])
    bodies: list[bytes] = field(default_factory=list[bytes])

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head, body = await read_request(reader)
        self.heads.append(head)
        self.bodies.append(body)
        writer.write(http(b"", status=self.answers.pop(0) if self.answers else "204 No Content"))
        await writer.drain()


@asynccontextmanager
async def listening() -> AsyncGenerator[Listener]:
    listener = Listener()
    async with server(listener) as root:
        listener.url = f"{root}/callbacks/0066/call-AbCdEfGhIjKlMnOpQrStUv"
        yield listener


@pytest.mark.parametrize("vendor", CALLING, ids=lambda vendor: vendor.name)
async def test_an_emulator_calls_once_a_task_has_ended_and_again_where_that_failed(
    vendor: Vendor, tmp_path: Path
) -> None:
    async with (
        listening() as listener,
        meeting(vendor, Engine(Clock(0), tmp_path)) as met,
    ):
        await sent(met, vendor, listener.url)
        results = 2 if vendor.name == "runware" else 1
        await becomes(lambda: len(listener.bodies) == results)
        assert all(head.startswith("POST /callbacks/0066/call-") for head in listener.heads)
        found = await met.provider.find(
            request_of(
                vendor, ROWS[vendor.name], {"prompt": "A lighthouse", **OPTIONS[vendor.name]}
            ),
            TOKEN,
            0.0,
        )
        assert found is not None
        assert isinstance(await met.provider.poll(found), Succeeded)
        told = [cast("dict[str, JsonValue]", json.loads(body)) for body in listener.bodies]
        check_shape(vendor.name, told)
        met.engine.callbacks.close()
    if vendor.name == "useapi":
        # Its pages promise no second try.
        return
    async with (
        listening() as listener,
        meeting(vendor, Engine(Clock(0), tmp_path / "again")) as met,
    ):
        listener.answers = ["500 Internal Server Error"]
        await sent(met, vendor, listener.url)
        await becomes(lambda: len(listener.bodies) == results + 1)
        assert listener.bodies[0] == listener.bodies[1]


def check_shape(vendor: str, told: list[dict[str, JsonValue]]) -> None:
    """As the vendor's pages describe a call."""
    first = told[0]
    match vendor:
        case "useapi":
            assert first["status"] == "SUCCEEDED"
            assert (first["code"], first["replyRef"]) == (200, TOKEN)
            assert str(first["replyUrl"]).startswith("http://127.0.0.1")
        case "runware":
            assert [list(one) for one in told] == [["data"], ["data"]]
            results = [cast("list[dict[str, JsonValue]]", one["data"]) for one in told]
            assert [len(one) for one in results] == [1, 1]
            assert len({str(one[0]["imageUUID"]) for one in results}) == 2
        case _:
            assert (first["event"], first["status"]) == ("run.completed", "succeeded")
            assert first["metadata"] == {"job": TOKEN}
            assert first["output"] is not None


@pytest.mark.parametrize("vendor", CALLING, ids=lambda vendor: vendor.name)
async def test_a_task_that_fails_is_called_about_too(vendor: Vendor, tmp_path: Path) -> None:
    row = ROWS[vendor.name]
    request = request_of(vendor, row, {"prompt": "sandbox:fails", **OPTIONS[vendor.name]})
    async with listening() as listener, meeting(vendor, Engine(Clock(0), tmp_path)) as met:
        assert isinstance(met.provider, CallbackTaker)
        await met.provider.submit_with_callback(request, {}, TOKEN, listener.url)
        await becomes(lambda: len(listener.bodies) == (2 if vendor.name == "runware" else 1))


async def test_runflow_signs_with_the_secret_that_was_made_last(tmp_path: Path) -> None:
    vendor = next(vendor for vendor in CALLING if vendor.name == "runflow")
    engine = Engine(Clock(0), tmp_path)
    secrets: list[str] = []
    for label in ("old", "new"):
        made = await call(engine, "POST", "/callback-secrets", {"label": label}, KEY)
        assert made.status_code == 201
        secrets.append(str(made.json()["plain_secret"]))
    assert (await call(engine, "POST", "/callback-secrets", {}, KEY)).status_code == 422
    async with listening() as listener, meeting(vendor, engine) as met:
        await sent(met, vendor, listener.url)
        await becomes(lambda: len(listener.bodies) == 1)
        head, body = httpx.Headers(headers_in(listener.heads[0])), listener.bodies[0]
        assert head["runflow-request-id"]
        assert head["runflow-signature"] == signed(secrets[1], body)
        assert is_signed(head, body, secrets[1])
        assert not is_signed(head, body, secrets[0])
        assert not is_signed(head, body + b" ", secrets[1])


def headers_in(head: str) -> list[tuple[str, str]]:
    lines = (line.partition(": ") for line in head.split("\r\n")[1:] if line)
    return [(name, value) for name, _, value in lines]


def signed(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def test_a_signature_is_of_the_whole_secret_or_of_what_follows_its_prefix() -> None:
    body, secret = b'{"run_id": "1"}', "whsec_abc"
    for key, good in ((secret, True), ("abc", True), ("whsec_", False), ("", False), ("x", False)):
        assert is_signed({"runflow-signature": signed(key, body)}, body, secret) is good, key
    for told in ({}, {"runflow-signature": ""}, {"runflow-signature": "é"}):
        assert not is_signed(told, body, secret)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:7860/x", True),
        ("http://localhost/x", True),
        ("http://[::1]:7860/x", True),
        ("https://127.0.0.1/x", False),
        ("https://studio.example.org/x", False),
        ("http://studio.example.org/x", False),
        ("http://127.0.0.1.example.org/x", False),
        ("http://localhost@example.org/x", False),
        ("http://0.0.0.0/x", False),
        ("http://169.254.169.254/x", False),
        ("http://127.0.0.1:99999/x", False),
        ("http://[::1/x", False),
        ("file:///etc/hosts", False),
        ("", False),
        (None, False),
        ({"a": 1}, False),
    ],
)
def test_an_emulator_calls_this_machine_alone(url: JsonValue, here: bool) -> None:
    assert (loopback(url) is not None) is here
