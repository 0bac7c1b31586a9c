"""Fixtures that every test may ask for: the event loop's name, a studio in a process; where Chromium is."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import StudioServer

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NO_CHROMIUM = (
    "There is no Chromium on this machine, so the page cannot be tried. "
    "Install it (Debian: apt-get install chromium) or set CHROMIUM to its path."
)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Asynchronous tests run on asyncio, as the server does."""
    return "asyncio"


@pytest.fixture
def studio_server(tmp_path: Path) -> Iterator[StudioServer]:
    """The studio in a process of its own, sandbox at once, fresh data folder."""
    server = StudioServer(tmp_path / "data")
    yield server.start()
    server.close()


def chromium() -> Path | None:
    """Where Chromium is, if it is."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    return Path(found) if Path(found).exists() else None
