"""Connections: a key makes them live, everything else leads to a sandbox, and pace follows its time."""

from dataclasses import replace
from pathlib import Path

import pytest

from providers.settings import Credentials, Settings
from providers.vendors.connection import Connection, Sandbox, connect
from providers.vendors.transport.wire import Wire
from providers.vendors.vendor import Provider, Vendor
from providers.vendors.views import ConnectionView
from tests.support.fake_vendor import PACE, FakeVendor
from tests.support.told import told_of

LIVE = "https://fake.invalid/v1"


def _connect(
    tmp_path: Path, environment: dict[str, str | None], *, sandbox: bool = False
) -> tuple[Connection, str]:
    addresses: list[str] = []

    def provider(wire: Wire) -> Provider:
        addresses.append(wire.base_url)
        return FakeVendor()

    vendor: Vendor = replace(FakeVendor().vendor(), provider=provider)
    settings = Settings(data_dir=tmp_path, sandbox=sandbox)
    place = Sandbox([vendor], tmp_path / "sandbox", speed=1)
    return connect(vendor, settings, Credentials(environment), place), addresses[0]


KEY: dict[str, str | None] = {"FAKE_KEY": " key-1 "}
ADDRESS: dict[str, str | None] = {"STUDIO_FAKE_BASE_URL": "http://127.0.0.1:8790/fake/v1/"}


@pytest.mark.parametrize(
    ("environment", "sandbox", "is_sandbox", "address"),
    [
        ({}, False, True, "http://sandbox/fake/v1"),
        ({"FAKE_KEY": "  "}, False, True, "http://sandbox/fake/v1"),
        (KEY, False, False, LIVE),
        (KEY, True, True, "http://sandbox/fake/v1"),
        (ADDRESS, False, True, "http://127.0.0.1:8790/fake/v1"),
        ({**KEY, **ADDRESS}, False, False, "http://127.0.0.1:8790/fake/v1"),
        ({**KEY, **ADDRESS}, True, True, "http://sandbox/fake/v1"),
    ],
)
def test_a_connection_is_live_only_with_a_key(
    tmp_path: Path,
    environment: dict[str, str | None],
    sandbox: bool,
    is_sandbox: bool,
    address: str,
) -> None:
    connection, reached = _connect(tmp_path, environment, sandbox=sandbox)
    assert (connection.is_sandbox, reached) == (is_sandbox, address)
    told = told_of(ConnectionView.of(connection))
    assert told["sandbox"] == is_sandbox
    assert told["key_source"] == ("none" if is_sandbox else "environment")
    assert told["base_url_changed"] == (address not in (LIVE, "http://sandbox/fake/v1"))


def test_no_key_can_be_read_from_a_connection(tmp_path: Path) -> None:
    connection, _ = _connect(tmp_path, KEY)
    assert "key-1" not in f"{connection!r} {ConnectionView.of(connection)} {connection.account}"


@pytest.mark.fault("F96")
def test_an_account_is_known_by_its_key_and_its_address_however_that_is_written(
    tmp_path: Path,
) -> None:
    def account(key: str, address: str = "") -> str:
        told: dict[str, str | None] = {"FAKE_KEY": key, "STUDIO_FAKE_BASE_URL": address}
        return _connect(tmp_path, told)[0].account

    same = (
        "",
        LIVE,
        f"{LIVE}/",
        LIVE.upper().replace("/V1", "/v1"),
        LIVE.replace("/v1", ":443/v1"),
    )
    assert len({account("key-1", one) for one in same}) == 1
    others = {account("key-1"), account("key-2"), account("key-1", "https://other.invalid/v1")}
    assert len(others) == 3
    assert account("") == account("", "http://127.0.0.1:9/v1")


def test_a_sandbox_is_looked_at_as_fast_as_its_time_runs(tmp_path: Path) -> None:
    connection, _ = _connect(tmp_path, {})
    assert connection.sandbox is not None
    beats: list[float] = []
    for speed in (1, 0.1, 0, 10):
        connection.sandbox.speed = speed
        beats.append(round(connection.pace.image_every, 3))
    assert beats == [0.4, 0.04, 0.02, 4]
    assert connection.pace.slots == PACE.slots
    live, _ = _connect(tmp_path, KEY)
    assert live.pace == PACE


def test_nothing_of_the_sandbox_is_built_before_it_is_needed(tmp_path: Path) -> None:
    _connect(tmp_path, {})
    assert list(tmp_path.iterdir()) == []
