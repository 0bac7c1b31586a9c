"""Guarded pages in Chromium: what goes wrong in any of them fails its test."""

import os
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
    expect,
    sync_playwright,
)

from tests.conftest import CHROMIUM_FLAGS, NO_CHROMIUM, chromium
from tests.support.servers import StudioServer

expect.set_options(timeout=45_000)
"""Milliseconds within which anything must happen: 5,000, as it comes, are few on a busy machine."""
PAGES = frozenset({"page", "new_page"})


def pytest_configure(config: pytest.Config) -> None:
    """Name our own marks, because an unknown mark is an error."""
    config.addinivalue_line(
        "markers",
        "allows_console(*texts): console errors with one of these texts are part of the test",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the page, and close each page before the server that it asks.

    Where nobody sits before it, what fails once is tried once more, and the run names it at its end.
    """
    for item in items:
        if isinstance(item, pytest.Function) and "browser" in item.fixturenames:
            item.add_marker(pytest.mark.browser)
            if os.environ.get("CI"):
                item.add_marker(pytest.mark.flaky(reruns=1))
            # Made last, so closed first: a page never asks a server that its test has ended already.
            item.fixturenames.sort(key=PAGES.__contains__)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for this folder; its loop ends with it, and other tests can start their own."""
    path = chromium()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(NO_CHROMIUM)
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield started
        started.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioServer]:
    """A studio whose sandbox answers at once, shared by the tests of a file, which do not stop it."""
    made = StudioServer(tmp_path_factory.mktemp("studio") / "data").start()
    yield made
    made.close()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[StudioServer]:
    """A studio that nobody has used yet, for one test."""
    made = StudioServer(tmp_path / "data").start()
    yield made
    made.close()


@pytest.fixture
def new_page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[[], Page]]:
    """Makes pages, each in a fresh context; what goes wrong in any of them fails the test."""
    allowed = [
        text
        for mark in request.node.iter_markers("allows_console")
        for text in mark.args
        if isinstance(text, str)
    ]
    failures: list[str] = []
    made: list[Page] = []

    def make() -> Page:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        page = context.new_page()
        _watch(page, failures, allowed)
        made.append(page)
        return page

    yield make
    for page in made:
        page.context.close()
    assert not failures, "The page went wrong: " + " | ".join(failures)


@pytest.fixture
def page(new_page: Callable[[], Page]) -> Page:
    """A page in a fresh context that may ask nobody but this machine."""
    return new_page()


def _watch(page: Page, failures: list[str], allowed: list[str]) -> None:
    def crashed(error: Error) -> None:
        failures.append(f"page error: {error.message}")

    def said(message: ConsoleMessage) -> None:
        text = f"{message.text} ({message.location.get('url', '')})"
        if message.type == "error" and not any(part in text for part in allowed):
            failures.append(f"console: {text}")

    def asked(request: Request | WebSocket) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            failures.append(f"request to another host: {address.hostname}")

    page.on("pageerror", crashed)
    page.on("console", said)
    page.on("request", asked)
    page.on("websocket", asked)
