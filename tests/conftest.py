"""Fixtures that every test may ask for: the event loop's name and guarded pages in Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    WebSocket,
    sync_playwright,
)

from tests.servers import StudioServer

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

PAGES = frozenset({"page", "new_page"})


def pytest_configure(config: pytest.Config) -> None:
    """Name our own marks, because an unknown mark is an error."""
    config.addinivalue_line(
        "markers",
        "allows_console(*texts): console errors with one of these texts are part of the test",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests run last: Playwright's loop stays open in this thread and no other can start."""
    items.sort(key=_needs_browser)
    for item in items:
        if isinstance(item, pytest.Function) and _needs_browser(item):
            item.add_marker(pytest.mark.browser)
            # Made last, so closed first: a page never asks a server that its test has ended already.
            item.fixturenames.sort(key=PAGES.__contains__)


def _needs_browser(item: pytest.Item) -> bool:
    return isinstance(item, pytest.Function) and "browser" in item.fixturenames


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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield started
        started.close()


@pytest.fixture
def new_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[], Page]]:
    """Makes pages, each in a fresh context; what goes wrong in any of them fails the test."""
    allowed = [
        text
        for mark in request.node.iter_markers("allows_console")
        for text in mark.args
        if isinstance(text, str)
    ]
    troubles: list[str] = []
    made: list[Page] = []

    def make() -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        page = context.new_page()
        _watch(page, troubles, allowed)
        made.append(page)
        return page

    yield make
    for page in made:
        page.context.close()
    assert not troubles, "The page went wrong: " + " | ".join(troubles)


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """A page in a fresh context that may ask nobody but this machine."""
    return new_page()


def _watch(page: Page, troubles: list[str], allowed: list[str]) -> None:
    def crashed(error: Error) -> None:
        troubles.append(f"page error: {error.message}")

    def said(message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not any(part in text for part in allowed):
            troubles.append(f"console: {text}")

    def asked(request: Request | WebSocket) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            troubles.append(f"request to another host: {address.hostname}")

    page.on("pageerror", crashed)
    page.on("console", said)
    page.on("request", asked)
    page.on("websocket", asked)
