"""Fixtures that every test may ask for: the event loop's name, a studio in a process; where Chromium is."""

import os
import shutil
import tempfile
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
MEMORY = Path("/dev/shm")
ROOM = 8 << 30
"""Bytes: several times what the tests keep, because their browsers need some as well."""


def pytest_configure() -> None:
    """Make all folders of tests in memory where there is room, unless `TMPDIR` says where.

    The studio syncs each step of a job, and a disk takes milliseconds for it; memory is asked for
    the same and waits for nothing.
    """
    if "TMPDIR" not in os.environ and has_room(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def has_room(memory: Path) -> bool:
    """Whether a file system of memory may be filled by tests, and programs may run there."""
    if not memory.is_dir() or os.statvfs(memory).f_flag & os.ST_NOEXEC:
        return False
    known = dict(line.split()[:2] for line in Path("/proc/meminfo").read_text("utf-8").splitlines())
    available = int(known.get("MemAvailable:", 0)) << 10
    return min(available, shutil.disk_usage(memory).free) >= ROOM


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
